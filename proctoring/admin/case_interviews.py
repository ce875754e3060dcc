"""Interviews beside a case: what there is, and the way to offer one."""

from typing import Any

from accounts.models import User
from proctoring.interviews import access, queries, wording
from proctoring.models import Case


def context_for(case: Case, viewer: User) -> dict[str, Any]:
    """What `admin/proctoring/case/_interviews.html` needs; nothing for whom interviews are hidden from."""
    if not access.is_shown_to(case, viewer):
        return {}
    why_not = access.why_none_offered(case)
    return {
        "shows_interviews": True,
        "interviews": queries.of_case(case, viewer),
        "may_offer_interview": not why_not and access.may_act(case, viewer),
        "why_no_interview": why_not,
        "no_ground": wording.NO_GROUND,
        "no_verdict": wording.NO_VERDICT,
    }
