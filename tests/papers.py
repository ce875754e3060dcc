"""Steps of a candidate through a paper that is opened piece by piece."""

from datetime import datetime
from typing import Any

from exams.delivery import progress
from exams.delivery.journal import BatchResult, save_batch
from exams.delivery.queries import PaperView
from exams.models import Answer, Attempt, PaperItem
from proctor_site.kernel import clock

THREE = ("single_choice", "short_answer", "essay")


def items(attempt: Attempt) -> list[PaperItem]:
    return list(attempt.paper.order_by("position"))


def parts(attempt: Attempt) -> list[int]:
    return list(dict.fromkeys(item.section_id for item in items(attempt)))


def save(
    attempt: Attempt,
    sequence: int,
    item: PaperItem,
    value: Any,
    *,
    device: str = "device-1",
    at: datetime | None = None,
) -> BatchResult:
    change = {"client_sequence": sequence, "item": item.pk, "value": value}
    change["client_at"] = (at or clock.now()).isoformat()
    return save_batch(attempt, device=device, changes=[change])


def codes(result: BatchResult) -> list[str]:
    return [each.code for each in result.refused]


def answer_to(item: PaperItem) -> Any:
    found = Answer.objects.filter(item=item).first()
    return found and found.value


def leave(attempt: Attempt, item: PaperItem, device: str = "device-1") -> None:
    progress.leave_question(attempt, device=device, item_id=item.pk)


def accesses(view: PaperView) -> list[str]:
    return [item["access"] for section in view["sections"] for item in section["items"]]
