"""Who sees and who runs the interviews of a case, and when one may be offered."""

from django.db.models import QuerySet

from accounts.models import User
from accounts.transitions import lock
from exams.models import Attempt
from proctor_site.kernel.errors import Conflict, NotAllowed, NotFound
from proctoring import states
from proctoring.meetings.own import rules as meeting_rules
from proctoring.models import Case, Interview
from proctoring.models.case import ADVERSE, ReadingPart
from proctoring.review.blind import is_blind_for
from proctoring.review.readers import next_part, require_reviewer, valid_readings
from proctoring.review.sharing import reviewers_of
from proctoring.review.verdicts import is_window_closed

MOST_OF_A_CASE = 5
"""Whoever still cannot tell after so many should decide without another one."""
_FITTING = (
    states.CASE_FIRST_READ,
    states.CASE_SECOND_READ,
    states.CASE_REPLY_WINDOW,
)
"""After the first verdict and before the decision; who decides an appeal reads without names (0159)."""
_UNKNOWN = "There is no such interview that you may see."
_RELATED = (
    "institution",
    "host",
    "offered_by",
    "meeting__institution",
    "case__institution",
    "case__session__institution",
    "case__session__candidate",
    "case__session__attempt",
    "case__sitting__exam",
)


def is_shown_to(case: Case, viewer: User) -> bool:
    """Whether the person may know of interviews of the case.

    An interview names the candidate and tells what an earlier reader thought. So it is not shown to whom the
    name is hidden from, nor to anybody who has not read the case while another reading is wanted.
    """
    if not viewer.has_perm("proctoring.view_case", case) or case.session.candidate_id == viewer.pk:
        return False
    return not is_blind_for(case, viewer) and not _is_still_to_judge(case, viewer)


def may_act(case: Case, viewer: User) -> bool:
    """Whether the person may offer, prepare and call off interviews of the case; services check again."""
    return is_shown_to(case, viewer) and viewer.has_perm("proctoring.read_case", case)


def require_act(case: Case, actor: User) -> None:
    """Raises NotAllowed (codes "own_attempt", "reads_first")."""
    require_reviewer(case, actor)
    if not is_shown_to(case, actor):
        raise NotAllowed(
            "Give your own reading first: an interview names the candidate and tells what others thought.",
            code="reads_first",
        )


def why_none_offered(case: Case) -> str:
    """Why no interview can be offered now; "" when one can."""
    try:
        require_offerable(case)
    except Conflict as refusal:
        return refusal.message
    return ""


def require_offerable(case: Case) -> None:
    """Raises Conflict saying what is in the way."""
    if case.state not in _FITTING:
        words = "An interview can be offered after the first verdict and before the case is decided."
        raise Conflict(words, code="not_now")
    if case.state == states.CASE_REPLY_WINDOW and is_window_closed(case):
        raise Conflict("The reply window is closed; decide on what there is.", code="window_closed")
    if not any(each.verdict in ADVERSE for each in valid_readings(case)):
        words = "No reading speaks against the candidate; there is nothing to ask."
        raise Conflict(words, code="nothing_to_ask")
    if case.session.candidate is None or case.session.attempt is None:
        raise Conflict("This session has no candidate with a record here.", code="no_candidate")
    rows = Interview.objects.filter(case=case)
    if rows.filter(state__in=states.INTERVIEW_STANDING).exists():
        raise Conflict("An interview of this case is offered or agreed already.", code="standing")
    if rows.count() >= MOST_OF_A_CASE:
        raise Conflict(f"A case has {MOST_OF_A_CASE} interviews at most.", code="too_many")
    meeting_rules.require_live()


def hosts_for(case: Case) -> list[User]:
    """Who may hold an interview of the case: people who read cases and may know of this one's candidate.

    Whoever holds one gives no later reading (`review.readers.require_fresh_eyes`).
    """
    return [each for each in reviewers_of(case.institution) if is_shown_to(case, each)]


def find(rows: "QuerySet[Interview]", interview_id: int, viewer: User) -> Interview:
    """The interview, if the person may know of it. Raises NotFound: ids of others cannot be probed."""
    found = rows.filter(pk=interview_id).select_related(*_RELATED).first()
    if found is None or not is_shown_to(found.case, viewer):
        raise NotFound(_UNKNOWN)
    return found


def own(attempt: Attempt, number: int, candidate: User) -> Interview:
    """The candidate's own interview of that attempt. Raises NotFound for anybody else."""
    rows = Interview.objects.filter(case__session__attempt=attempt, number=number)
    found = rows.select_related(*_RELATED).first()
    if found is None or found.case.session.candidate_id != candidate.pk:
        raise NotFound("There is no such interview of yours.")
    return found


def require_own(interview: Interview, candidate: User) -> None:
    """Raises NotFound."""
    if interview.case.session.candidate_id != candidate.pk:
        raise NotFound("There is no such interview of yours.")


def lock_row(interview: Interview) -> None:
    """Locks case and interview, in this order, as decisions about the case do."""
    lock(interview.case, "session", "institution")
    lock(interview, *_RELATED)


def _is_still_to_judge(case: Case, viewer: User) -> bool:
    readings = valid_readings(case)
    wanted = next_part(case, readings) in (ReadingPart.FIRST, ReadingPart.SECOND, ReadingPart.THIRD)
    return wanted and all(each.reader_id != viewer.pk for each in readings)
