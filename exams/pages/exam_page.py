"""What the exam page shows; who watches the exam wraps it and adds to it."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from exams.delivery import announced, queries
from exams.delivery.tools import tools_of
from exams.models import Attempt
from exams.pages.reasons import reason_of
from exams.pages.safe_browser import kept_out
from exams.pages.steps import PAGE_OF_STATE, Page, api_url_of, own_attempt, url_of

TEMPLATE = "exams/exam_page.html"


def exam_page_context(attempt: Attempt) -> dict[str, Any]:
    """Context of the exam page of a running attempt. Raises Conflict when it has not started."""
    return paper_context(attempt) | {
        "attempt": attempt,
        "exam": attempt.enrolment.sitting.exam,
        "sitting": attempt.enrolment.sitting,
        "snapshot": {**queries.attempt_view(attempt), "reason": reason_of(attempt)},
        "api_url": api_url_of(attempt),
        "questions_url": url_of(attempt, Page.QUESTIONS),
        "done_url": url_of(attempt, Page.DONE),
    }


def paper_context(attempt: Attempt) -> dict[str, Any]:
    """The part of the context that changes when the candidate goes on. Raises Conflict before the start."""
    paper = queries.paper_view(attempt)
    exam = attempt.enrolment.sitting.exam
    tools = tools_of(attempt)
    of_exam = {"language": exam.written_in, "spell_check": tools.spell_check}
    items = [item for section in paper["sections"] for item in section["items"]]
    sections = [
        {
            **section,
            "number": number,
            "points_total": sum((Decimal(item["points"]) for item in section["items"]), Decimal(0)),
            "items": [
                {**item, "points_number": Decimal(item["points"]), **of_exam} for item in section["items"]
            ],
        }
        for number, section in enumerate(paper["sections"], start=1)
    ]
    return {
        "sections": sections,
        "in_order": paper["in_order"],
        "next_section": next((each for each in sections if each["id"] == paper["next_section"]), None),
        "question_count": len(items),
        "announcements": announced.views_of(attempt),
        "language": exam.written_in,
        "tools": tools,
        "answers": {
            str(item["id"]): {
                "value": item["answer"],
                "certainty": item["certainty"],
                "flagged": item["flagged"],
            }
            for item in items
        },
        "parts": {
            "in_order": paper["in_order"],
            "next_section": paper["next_section"],
            "sections": [
                {"id": each["id"], "access": each["access"], "deadline_at": each["deadline_at"]}
                for each in paper["sections"]
            ],
        },
    }


@never_cache
@require_safe
def questions(request: HttpRequest, slug: str, attempt_id: int) -> HttpResponse:
    """The changing parts of the exam page alone; its script puts them in the place of the former ones."""
    attempt = own_attempt(request, attempt_id)
    if PAGE_OF_STATE[attempt.state] is not Page.EXAM:
        return redirect(url_of(attempt))
    if (elsewhere := kept_out(request, attempt)) is not None:
        return elsewhere
    return render(request, "exams/paper_parts.html", paper_context(attempt))
