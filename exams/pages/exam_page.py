"""What the exam page shows; who watches the exam wraps it and adds to it."""

from decimal import Decimal
from typing import Any

from exams.delivery import queries
from exams.models import Attempt
from exams.pages.reasons import reason_of
from exams.pages.steps import Page, api_url_of, url_of

TEMPLATE = "exams/exam_page.html"


def exam_page_context(attempt: Attempt) -> dict[str, Any]:
    """Context of the exam page of a running attempt. Raises Conflict when it has not started."""
    paper = queries.paper_view(attempt)
    items = [item for section in paper["sections"] for item in section["items"]]
    sections = [
        {
            **section,
            "items": [
                {
                    **item,
                    "widget": f"exams/kinds/{item['kind']}.html",
                    "points_number": Decimal(item["points"]),
                }
                for item in section["items"]
            ],
        }
        for section in paper["sections"]
    ]
    return {
        "attempt": attempt,
        "exam": attempt.enrolment.sitting.exam,
        "sections": sections,
        "question_count": len(items),
        "answers": {str(item["id"]): {"value": item["answer"], "flagged": item["flagged"]} for item in items},
        "snapshot": {**queries.attempt_view(attempt), "reason": reason_of(attempt)},
        "api_url": api_url_of(attempt),
        "done_url": url_of(attempt, Page.DONE),
    }
