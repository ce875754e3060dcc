"""Tells other systems (webhooks) that an attempt has started or ended, and that results were released."""

from typing import Any

from django.dispatch import receiver

from accounts.webhooks.outbox import announce
from exams import states
from exams.models import Attempt, Sitting
from exams.signals import attempt_moved, results_released


@receiver(attempt_moved, dispatch_uid="exams.telling.attempt_moved")
def attempt_has_moved(
    sender: type[Attempt], *, attempt: Attempt, verb: str, before: str, **_more: Any
) -> None:
    """In the transaction of the move. Practice is nobody's business."""
    has_ended = attempt.state in states.ENDED and before not in states.ENDED
    if not (has_ended or verb == "start") or attempt.enrolment.sitting.is_practice:
        return
    facts = {
        "attempt": attempt.pk,
        "enrolment": attempt.enrolment_id,
        "sitting": attempt.enrolment.sitting_id,
        "state": attempt.state,
    }
    if has_ended:
        announce(attempt.institution, "attempt.ended", {**facts, "ended_by": attempt.ended_by})
    else:
        announce(attempt.institution, "attempt.started", facts)


@receiver(results_released, dispatch_uid="exams.telling.results_released")
def results_were_released(sender: type[Sitting], *, sitting: Sitting, **_more: Any) -> None:
    """In the transaction of the release."""
    announce(sitting.institution, "results.released", {"sitting": sitting.pk})
