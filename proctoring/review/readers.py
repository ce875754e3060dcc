"""Who may read and decide which case: a right, no part of one's own, and a pair of eyes that is fresh."""

from accounts import audit
from accounts.models import AuditEntry, User
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, NotAllowed
from proctoring.models import Case, Interview, Reading
from proctoring.models.case import ReadingPart
from proctoring.states import (
    CASE_APPEALED,
    CASE_FIRST_READ,
    CASE_OPEN,
    CASE_SECOND_READ,
    INTERVIEW_AGREED,
    INTERVIEW_HELD,
    INTERVIEW_OFFERED,
)


def valid_readings(case: Case) -> list[Reading]:
    """The readings that count, in their order."""
    rows = Reading.objects.filter(case=case, withdrawn_at=None).select_related("reader")
    return list(rows.order_by("number"))


def next_part(case: Case, readings: list[Reading]) -> str:
    """Which reading is wanted now, or "": none."""
    if case.state == CASE_OPEN:
        return ReadingPart.FIRST
    if case.state == CASE_FIRST_READ:
        return ReadingPart.SECOND
    if case.state == CASE_SECOND_READ and len(readings) == 2:
        return ReadingPart.THIRD if readings[0].verdict != readings[1].verdict else ""
    return ReadingPart.APPEAL if case.state == CASE_APPEALED else ""


def require_reviewer(case: Case, actor: User) -> None:
    """Raises NotAllowed for people without the right, and for the candidate, whatever their roles."""
    if not actor.has_perm("proctoring.read_case", case):
        raise NotAllowed("You may not review cases here.")
    if case.session.candidate_id is not None and case.session.candidate_id == actor.pk:
        raise NotAllowed("This is your own attempt; somebody else has to review it.", code="own_attempt")


def require_fresh_eyes(case: Case, actor: User, part: str, readings: list[Reading]) -> None:
    """Raises NotAllowed for who has read this case before, decided it, ended the attempt or held a talk."""
    if any(each.reader_id == actor.pk for each in readings):
        raise NotAllowed(
            "You have read this case already; this reading is for a colleague.", code="same_reader"
        )
    if part == ReadingPart.APPEAL and case.decided_by_id == actor.pk:
        raise NotAllowed("You decided this case; somebody else has to look at the appeal.", code="decided_it")
    if part != ReadingPart.FIRST and _ended_it(case, actor):
        raise NotAllowed(
            "You ended this attempt as its proctor; a colleague has to read it.", code="ended_it"
        )
    if _holds_interview(case, actor, part):
        raise NotAllowed(
            "You hold an interview of this case; a colleague has to read it.", code="held_interview"
        )


def refusal_for(case: Case, actor: User) -> str:
    """Why the person cannot give the reading that is wanted now; "" when they can, or none is wanted."""
    readings = valid_readings(case)
    part = next_part(case, readings)
    try:
        require_reviewer(case, actor)
        if part:
            require_fresh_eyes(case, actor, part, readings)
    except NotAllowed as refusal:
        return refusal.message
    return ""


def require_unlocked(case: Case, actor: User) -> None:
    """Raises Conflict (code "locked") while a colleague has the case open."""
    if holder_of(case) not in (None, actor.pk):
        raise Conflict(f"{case.locked_by} has this case open. Nothing was changed.", code="locked")


def holder_of(case: Case) -> int | None:
    """Who has the case open now."""
    if case.locked_until is None or case.locked_until <= clock.now():
        return None
    return case.locked_by_id


def _ended_it(case: Case, actor: User) -> bool:
    attempt = case.session.attempt
    if attempt is None:
        return False
    rows = AuditEntry.objects.filter(stream=audit.stream_of(attempt), verb="attempt.terminate")
    return bool(rows.filter(actor=actor).exists())


def _holds_interview(case: Case, actor: User, part: str) -> bool:
    """Whether the person has talked with the candidate, or is to; for an appeal: before it came in."""
    rows = Interview.objects.filter(
        case=case, host=actor, state__in=(INTERVIEW_OFFERED, INTERVIEW_AGREED, INTERVIEW_HELD)
    )
    if part == ReadingPart.APPEAL and case.appealed_at is not None:
        rows = rows.filter(offered_at__lt=case.appealed_at)
    return part != ReadingPart.FIRST and rows.exists()
