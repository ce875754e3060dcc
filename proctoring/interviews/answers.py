"""What the candidate does with an offered interview: agrees to a time, asks for another, or declines."""

from datetime import timedelta

from django.db import transaction

from accounts.models import User
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, Refusal, TooLate
from proctoring import states
from proctoring.interviews import access, moves, offers
from proctoring.meetings.own import making
from proctoring.models import Interview, InterviewSlot, Meeting
from proctoring.review.cases import plain_text

MOST_WISHES = 5
"""So often other times may be asked for; after that people talk to each other another way."""
MOST_SAID = 2_000


def choosable(interview: Interview) -> list[InterviewSlot]:
    """The offered times that can still be chosen, the next one first."""
    if interview.state != states.INTERVIEW_OFFERED:
        return []
    rows = InterviewSlot.objects.filter(interview=interview, withdrawn_at=None)
    return list(rows.filter(begins_at__gt=clock.now() + offers.CHOOSE_BEFORE).order_by("begins_at"))


def agree(interview: Interview, *, candidate: User, slot_id: int) -> Interview:
    """The candidate agrees to one of the times; the meeting is made, and both get its invitation by e-mail.

    Raises NotFound for anybody else, InvalidInput (slot), TooLate, Conflict (host_gone, live_off).
    """
    with transaction.atomic():
        access.lock_row(interview)
        access.require_own(interview, candidate)
        states.INTERVIEW.target(interview.state, "agree")
        rows = InterviewSlot.objects.filter(interview=interview, pk=slot_id, withdrawn_at=None)
        slot = rows.first()
        if slot is None:
            raise InvalidInput("Choose one of the times that are offered now.", field="slot")
        if slot.begins_at <= clock.now() + offers.CHOOSE_BEFORE:
            raise TooLate("It is too late for this time; choose another one, or ask for one.")
        slot.meeting = _make_meeting(interview, slot, candidate)
        slot.save(update_fields=["meeting"])
        values = {
            "begins_at": slot.begins_at,
            "meeting": slot.meeting,
            "answered_at": clock.now(),
            "wished_at": None,
        }
        detail = {"begins_at": slot.begins_at.isoformat(), "meeting": slot.meeting.pk}
        moves.apply(interview, "agree", actor=candidate, values=values, detail=detail)
    return interview


def ask_again(interview: Interview, *, candidate: User, text: str) -> Interview:
    """The candidate can come at none of the times, or not at the agreed one any more; they say when.

    Raises NotFound for anybody else, InvalidInput (text), Conflict (too_many), IllegalMove.
    """
    with transaction.atomic():
        access.lock_row(interview)
        access.require_own(interview, candidate)
        states.INTERVIEW.target(interview.state, "ask_again")
        said = plain_text(text, "text", required=True, most=MOST_SAID)
        if interview.times_wished >= MOST_WISHES:
            words = "You have asked for other times often; write or call the exam office, please."
            raise Conflict(words, code="too_many")
        if interview.meeting is not None:
            offers.withdraw_times(interview, actor=candidate, why="the candidate asked for another time")
        now = clock.now()
        values = {"wish": said, "wished_at": now, "times_wished": interview.times_wished + 1}
        moves.apply(interview, "ask_again", actor=candidate, values=values | offers.unagreed())
    return interview


def decline(interview: Interview, *, candidate: User, text: str = "") -> Interview:
    """The candidate does not want to take part; they need not say why. It counts neither way.

    Raises NotFound for anybody else, InvalidInput (text), IllegalMove.
    """
    with transaction.atomic():
        access.lock_row(interview)
        access.require_own(interview, candidate)
        states.INTERVIEW.target(interview.state, "decline")
        said = plain_text(text, "text", most=MOST_SAID)
        offers.withdraw_times(interview, actor=candidate, why="the candidate declined")
        now = clock.now()
        values = {
            "wish": said, "wished_at": None, "answered_at": now, "closed_at": now, "closed_by": candidate,
        }  # fmt: skip
        moves.apply(interview, "decline", actor=candidate, values=values)
    return interview


def _make_meeting(interview: Interview, slot: InterviewSlot, candidate: User) -> Meeting:
    sitting = interview.case.sitting
    # Without the number of the case: it stands in e-mails and calendars.
    title = f"Verification interview: {sitting.exam.title if sitting else 'your exam'}"
    try:
        return making.make_meeting(
            interview.institution,
            title=title[:200],
            hosts=[interview.host],
            candidates=[candidate.email],
            actor=interview.host,
            opens_at=slot.begins_at,
            closes_at=slot.begins_at + timedelta(minutes=interview.minutes),
            is_told=False,
        )
    except Refusal as refusal:
        if refusal.code == "live_off":
            raise
        words = "This time cannot be kept on our side any more. Ask for another time, please."
        raise Conflict(words, code="host_gone") from refusal
