"""Shared reads of interviews: of a case for staff, and of an own attempt for its candidate."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import User
from exams.models import Attempt
from proctor_site.kernel import clock
from proctoring import states
from proctoring.interviews import access, answers, wording
from proctoring.models import Case, Interview
from proctoring.rights import released, stages


@dataclass(frozen=True, slots=True)
class Line:
    """One interview with its state in words for who reads it."""

    interview: Interview
    words: str
    is_over: bool


@dataclass(frozen=True, slots=True)
class OwnLine:
    """One interview as its candidate sees it. `left`: of the time to answer, "" when there is nothing to.

    `outcome`: in words, "" before the case is released or decided.
    """

    interview: Interview
    words: str
    tone: str
    left: str
    outcome: str


def of_case(case: Case, viewer: User) -> list[Line]:
    """The interviews of the case, the newest first; none for whom they are hidden from."""
    if not access.is_shown_to(case, viewer):
        return []
    rows = Interview.objects.filter(case=case).select_related("host").order_by("-number")
    return [_line(each) for each in rows]


def own_of(case: Case | None) -> list[OwnLine]:
    """The interviews of a case for its candidate, the newest first."""
    if case is None:
        return []
    rows = Interview.objects.filter(case=case).select_related("host", "meeting").order_by("-number")
    return [own_line(each, case) for each in rows]


def waiting_in(attempts: Iterable[Attempt]) -> set[int]:
    """Those of the attempts, by id, in which an offered interview waits for an answer. One query."""
    rows = Interview.objects.filter(
        case__session__attempt__in=[each.pk for each in attempts],
        state=states.INTERVIEW_OFFERED,
        wished_at=None,
        answer_until__gt=clock.now(),
    )
    return set(rows.values_list("case__session__attempt", flat=True))


def own_line(interview: Interview, case: Case) -> OwnLine:
    """One of them."""
    state, asks_again = interview.state, interview.wished_at is not None
    waits = state == states.INTERVIEW_OFFERED and bool(answers.choosable(interview))
    is_told = released.is_released(case) or case.decided_at is not None
    return OwnLine(
        interview,
        wording.state_for_candidate(state, asks_again=asks_again),
        "badge-info" if state in states.INTERVIEW_STANDING else "badge-neutral",
        stages.in_words(interview.answer_until - clock.now()) if waits and not asks_again else "",
        wording.OUTCOME_FOR_CANDIDATE.get(interview.outcome, "") if is_told else "",
    )


def _line(interview: Interview) -> Line:
    asks_again = interview.state == states.INTERVIEW_OFFERED and interview.wished_at is not None
    words = wording.state_for_staff(interview.state, asks_again=asks_again)
    return Line(interview, words, interview.state not in states.INTERVIEW_STANDING)
