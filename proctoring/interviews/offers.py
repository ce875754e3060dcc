"""Offering an interview: to whom, by whom, when; other times; calling it off; offers that nobody answers."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.tenancy import across_all, within
from accounts.transitions import lock
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput
from proctoring import states
from proctoring.interviews import access, moves
from proctoring.meetings.own import making
from proctoring.models import Case, Interview, InterviewSlot
from proctoring.models.reply import CaseMailKind
from proctoring.review.cases import plain_text
from proctoring.review.readers import require_unlocked

MOST_SLOTS = 5
LEAST_MINUTES, MOST_MINUTES = 10, 120
NOTICE = timedelta(hours=24)
"""So long before the first time it is offered: nobody is called in overnight."""
CHOOSE_BEFORE = timedelta(hours=2)
"""A time can be chosen until so long before it begins."""
AHEAD = timedelta(days=60)
MOST_REASON = 2_000
DECIDED = "The case was decided without it."
_MOST_AT_ONCE = 500


def offer(
    case: Case, *, actor: User, host: User, minutes: int, slots: Sequence[datetime], reason: str
) -> Interview:
    """Offers the candidate an interview at one of these times, with the reason that they read.

    Raises NotAllowed, Conflict (as `access.require_offerable`, "locked"), InvalidInput naming the field.
    """
    with transaction.atomic():
        lock(case, "session__candidate", "session__attempt", "institution", "sitting__exam")
        access.require_act(case, actor)
        require_unlocked(case, actor)
        access.require_offerable(case)
        times = _clean_slots(slots)
        said = plain_text(reason, "reason", required=True, most=MOST_REASON)
        interview = Interview.objects.create(
            institution=case.institution,
            case=case,
            number=Interview.objects.filter(case=case).count() + 1,
            host=_clean_host(case, host),
            minutes=_clean_minutes(minutes),
            reason=said,
            offered_by=actor,
            offered_at=clock.now(),
            answer_until=times[-1] - CHOOSE_BEFORE,
        )
        _write_slots(interview, times)
        detail = _terms(interview, times)
        audit.record(case.institution, interview, "interview.offer", actor=actor, detail=detail)
        moves.note(interview, "offer", actor=actor, detail=detail)
        moves.tell_candidate(interview, CaseMailKind.INTERVIEW_OFFERED)
    return interview


def offer_again(
    interview: Interview, *, actor: User, host: User, minutes: int, slots: Sequence[datetime]
) -> Interview:
    """Offers other times, also with another host; a time that was agreed is called off.

    Raises NotAllowed, IllegalMove, InvalidInput naming the field.
    """
    with transaction.atomic():
        access.lock_row(interview)
        access.require_act(interview.case, actor)
        states.INTERVIEW.target(interview.state, "offer_again")
        times = _clean_slots(slots)
        values = {
            "host": _clean_host(interview.case, host),
            "minutes": _clean_minutes(minutes),
            "offered_by": actor,
            "offered_at": clock.now(),
            "answer_until": times[-1] - CHOOSE_BEFORE,
            "wished_at": None,
        }
        withdraw_times(interview, actor=actor, why="other times are offered")
        detail = {"host": host.pk, "minutes": minutes, "times": [each.isoformat() for each in times]}
        moves.apply(interview, "offer_again", actor=actor, values=values | unagreed(), detail=detail)
        _write_slots(interview, times)
    return interview


def cancel(interview: Interview, *, actor: User, why: str) -> Interview:
    """Calls it off; the candidate reads why. Raises NotAllowed, IllegalMove, InvalidInput (field "why")."""
    with transaction.atomic():
        access.lock_row(interview)
        access.require_act(interview.case, actor)
        _close(interview, "cancel", actor, plain_text(why, "why", required=True, most=MOST_REASON))
    return interview


def follow_case(case: Case, *, actor: User | None) -> None:
    """Calls off what still stands once the case is decided. In the transaction of the decision."""
    if case.state != states.CASE_DECIDED:
        return
    rows = Interview.objects.filter(case=case, state__in=states.INTERVIEW_STANDING)
    for each in rows.select_related("institution", "host", "offered_by", "meeting__institution"):
        each.case = case
        _close(each, "cancel", actor, DECIDED)


def lapse_due() -> int:
    """Ends offers that nobody answered while a time could be chosen, of all institutions; how many.

    Not where the candidate asked for another time: that waits for staff.
    """
    with across_all():
        rows = Interview.objects.filter(
            state=states.INTERVIEW_OFFERED, answer_until__lte=clock.now(), wished_at=None
        )
        due = list(rows.select_related("institution", "case").order_by("answer_until")[:_MOST_AT_ONCE])
    return sum(_lapse(each) for each in due)


def withdraw_times(interview: Interview, *, actor: User | None, why: str) -> None:
    """None of the offered times stands any more, and no meeting does. In the caller's transaction."""
    InterviewSlot.objects.filter(interview=interview, withdrawn_at=None).update(withdrawn_at=clock.now())
    if interview.meeting is not None:
        making.call_off(interview.meeting, actor=actor, reason=why)


def unagreed() -> dict[str, None]:
    """The columns of an agreed time, emptied."""
    return {"begins_at": None, "meeting": None, "answered_at": None}


def _lapse(interview: Interview) -> bool:
    with within(interview.institution), transaction.atomic():
        access.lock_row(interview)
        is_due = interview.wished_at is None and interview.answer_until <= clock.now()
        if interview.state != states.INTERVIEW_OFFERED or not is_due:
            return False  # it was answered meanwhile, or another process was faster
        _close(interview, "lapse", None, "")
    return True


def _close(interview: Interview, verb: str, actor: User | None, why: str) -> None:
    withdraw_times(interview, actor=actor, why=f"interview: {verb}")
    values = {"closed_at": clock.now(), "closed_by": actor, "closing_text": why}
    moves.apply(interview, verb, actor=actor, values=values)


def _write_slots(interview: Interview, times: Sequence[datetime]) -> None:
    own = {"institution": interview.institution, "interview": interview}
    InterviewSlot.objects.bulk_create(InterviewSlot(begins_at=each, **own) for each in times)


def _terms(interview: Interview, times: Sequence[datetime]) -> dict[str, object]:
    return {
        "host": interview.host_id,
        "minutes": interview.minutes,
        "times": [each.isoformat() for each in times],
    }


def _clean_slots(slots: Sequence[datetime]) -> list[datetime]:
    times, now = sorted(set(slots)), clock.now()
    if not times:
        raise InvalidInput("Offer at least one time.", field="slots")
    if len(times) > MOST_SLOTS:
        raise InvalidInput(f"Offer {MOST_SLOTS} times at most.", field="slots")
    if times[0] < now + NOTICE:
        raise InvalidInput("The first time is less than 24 hours ahead; give more notice.", field="slots")
    if times[-1] > now + AHEAD:
        raise InvalidInput(f"A time is more than {AHEAD.days} days ahead.", field="slots")
    return times


def _clean_minutes(minutes: int) -> int:
    if not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        words = f"An interview takes {LEAST_MINUTES} to {MOST_MINUTES} minutes."
        raise InvalidInput(words, field="minutes")
    return minutes


def _clean_host(case: Case, host: User) -> User:
    if host not in access.hosts_for(case):
        raise InvalidInput(f"{host} cannot hold an interview of this case.", field="host")
    return host


def require_standing(interview: Interview) -> None:
    """Raises Conflict (over) for one that took place, or never will."""
    if interview.state not in states.INTERVIEW_STANDING:
        raise Conflict("This interview is closed; nothing of it is changed any more.", code="over")
