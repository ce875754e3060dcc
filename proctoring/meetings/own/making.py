"""Makes, changes, cancels and ends meetings of their own; invitations have their own module."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from accounts import audit
from accounts.models import Institution, User
from accounts.tenancy import within
from accounts.transitions import apply_move, lock
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotAllowed
from proctoring import states, telling
from proctoring.meetings.own import invitations, mails, room, rules
from proctoring.models import CompatMeeting, Meeting
from proctoring.models.own_meeting import MeetingMailKind
from proctoring.permissions import may_host

LONGEST = timedelta(hours=12)
_LATE = timedelta(hours=1)
"""A meeting may go on so long after its slot; later it is ended once nobody is there any more."""


def make_meeting(
    institution: Institution,
    *,
    title: str,
    hosts: Sequence[User],
    candidates: Iterable[str],
    actor: User,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    is_told: bool = True,
    made_for: CompatMeeting | None = None,
) -> Meeting:
    """A meeting without an exam, with e-mails to everybody who is invited; `candidates`: e-mail addresses.

    `made_for`: the meeting of a replaced system whose participant it is for.
    `is_told`: whether other systems hear of it (webhooks); of interviews they never do.

    Raises NotAllowed (who may not make meetings; a new person invited by somebody who may not), Conflict
    (live_off) and InvalidInput (title, opens_at, closes_at, hosts, candidates).
    """
    if not may_host(actor, institution):
        raise NotAllowed("Your role does not make meetings. Ask an exam officer.")
    rules.require_live()
    shown = _title(title)
    _require_slot(opens_at, closes_at)
    with within(institution), transaction.atomic():
        meeting = Meeting.objects.create(
            institution=institution,
            title=shown,
            opens_at=opens_at,
            closes_at=closes_at,
            provider="peer",  # always from browser to browser: decision 0115
            made_by=actor,
            made_at=clock.now(),
            made_for=made_for,
        )
        audit.record(institution, meeting, "meeting.made", actor=actor, detail=_facts(meeting))
        invitations.name_hosts(meeting, hosts, actor=actor)
        invitations.invite_candidates(meeting, candidates, actor=actor)
        if is_told:
            telling.of_meeting(meeting, "meeting.made")
    return meeting


def change_meeting(
    meeting: Meeting,
    *,
    title: str,
    hosts: Sequence[User],
    actor: User,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
) -> Meeting:
    """Another title, slot or other hosts. Everybody hears of a new title or slot, new hosts of the meeting.

    Raises NotFound, InvalidInput as `make_meeting` does, and what `rules.require_going_on` raises.
    """
    rules.require_manage(actor, meeting)
    with within(meeting.institution), transaction.atomic():
        lock(meeting, "institution")
        rules.require_going_on(meeting)
        before = _facts(meeting)
        if (opens_at, closes_at) != (meeting.opens_at, meeting.closes_at):
            _require_slot(opens_at, closes_at)
        meeting.title, meeting.opens_at, meeting.closes_at = _title(title), opens_at, closes_at
        has_changed = _facts(meeting) != before
        if has_changed:
            meeting.calendar_sequence += 1
            meeting.save(update_fields=["title", "opens_at", "closes_at", "calendar_sequence"])
            detail = {"before": before, "after": _facts(meeting)}
            audit.record(meeting.institution, meeting, "meeting.changed", actor=actor, detail=detail)
        fresh = invitations.name_hosts(meeting, hosts, actor=actor)
        if has_changed:
            mails.tell_all(meeting, MeetingMailKind.CHANGED, but=fresh)
            telling.of_meeting(meeting, "meeting.changed")
        room.tell_changed(meeting)
    return meeting


def cancel_meeting(meeting: Meeting, *, actor: User, reason: str = "") -> Meeting:
    """Nobody comes in any more, and everybody hears of it. Raises NotFound; Conflict once it has begun."""
    rules.require_manage(actor, meeting)
    with within(meeting.institution), transaction.atomic():
        lock(meeting, "institution")
        rules.require_going_on(meeting)
        if meeting.state != states.MEETING_SCHEDULED:
            raise Conflict("This meeting has begun. End it instead.", code="has_begun")
        _cancel(meeting, actor, reason)
    return meeting


def call_off(meeting: Meeting, *, actor: User | None, reason: str) -> None:
    """Cancels it, or ends it where it has begun, for what it was made for (an interview of a case).

    Whose service has checked who may. In the caller's transaction and scope. One that is over is left so.
    """
    lock(meeting, "institution")
    if rules.is_over(meeting):
        return
    if meeting.state == states.MEETING_SCHEDULED:
        _cancel(meeting, actor, reason)
    else:
        _end(meeting, actor)


def _cancel(meeting: Meeting, actor: User | None, reason: str) -> None:
    apply_move(meeting, states.MEETING, "cancel", actor=actor, reason=reason[:200])
    Meeting.objects.filter(pk=meeting.pk).update(calendar_sequence=F("calendar_sequence") + 1)
    room.empty(meeting, by="cancelled")
    telling.of_meeting(meeting, "meeting.ended")
    mails.tell_all(meeting, MeetingMailKind.CANCELLED)


def end_meeting(meeting: Meeting, *, actor: User) -> Meeting:
    """Ends a meeting that has begun, for everybody and for good. One that is over already is left so.

    Raises NotFound, and Conflict (not_begun) for one that nobody has opened.
    """
    rules.require_manage(actor, meeting)
    return _end(meeting, actor)


def end_by_host(meeting: Meeting, *, host: User) -> Meeting:
    """The same from within the meeting. Raises NotFound, NotAllowed (hosts_only)."""
    rules.require_host(host, meeting)
    return _end(meeting, host)


def _end(meeting: Meeting, actor: User | None) -> Meeting:
    with within(meeting.institution), transaction.atomic():
        lock(meeting, "institution")
        if rules.is_over(meeting):
            return meeting
        if meeting.state == states.MEETING_SCHEDULED:
            raise Conflict("This meeting has not begun. Cancel it instead.", code="not_begun")
        apply_move(meeting, states.MEETING, "end", actor=actor, values={"ended_at": clock.now()})
        room.empty(meeting, by="ended")
        telling.of_meeting(meeting, "meeting.ended")
    return meeting


def close_due() -> None:
    """Ends stays whose page is gone, and meetings whose slot is long over and empty. Across institutions."""
    room.end_silent()
    now = clock.now()
    due = Meeting._base_manager.filter(sitting=None, closes_at__lt=now - _LATE).select_related("institution")
    due = due.exclude(state__in=(states.MEETING_ENDED, states.MEETING_CANCELLED))
    for meeting in due.exclude(Q(participants__stays__ended_at=None) & ~Q(participants__stays=None)):
        verb = "lapse" if meeting.state == states.MEETING_SCHEDULED else "end"
        with transaction.atomic():
            apply_move(meeting, states.MEETING, verb, actor=None, values={"ended_at": now})
            telling.of_meeting(meeting, "meeting.ended")


def _title(title: str) -> str:
    shown = " ".join(title.split())
    if not 0 < len(shown) <= 200:
        raise InvalidInput("Enter a title of at most 200 characters.", field="title")
    return shown


def _require_slot(opens_at: datetime | None, closes_at: datetime | None) -> None:
    if opens_at is None and closes_at is None:
        return
    if opens_at is None or closes_at is None:
        missing = "opens_at" if opens_at is None else "closes_at"
        raise InvalidInput("Give both the begin and the end, or neither.", field=missing)
    if closes_at <= opens_at:
        raise InvalidInput("The end is not after the begin.", field="closes_at")
    if closes_at - opens_at > LONGEST:
        raise InvalidInput("A meeting is 12 hours long at most.", field="closes_at")
    if closes_at <= clock.now():
        raise InvalidInput("This is over already.", field="closes_at")


def _facts(meeting: Meeting) -> dict[str, str]:
    slot = {"opens_at": meeting.opens_at, "closes_at": meeting.closes_at}
    return {"title": meeting.title, **{name: at.isoformat() if at else "" for name, at in slot.items()}}
