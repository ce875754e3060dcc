"""Who is in a meeting of its own: coming, waiting, let in, put out, going; and the record of it."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from accounts import audit
from accounts.models import User
from accounts.tenancy import within
from accounts.transitions import apply_move, lock
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, NotFound
from proctoring import states, telling
from proctoring.live import groups, publish
from proctoring.meetings.own import rules
from proctoring.meetings.providers.base import Join
from proctoring.meetings.services import STALE_AFTER, participant_of
from proctoring.meetings.turn import ice_servers
from proctoring.models import Meeting, MeetingInvitation, MeetingStay, Participant
from proctoring.models.meeting import Part
from proctoring.models.own_meeting import InvitedAs

log = logging.getLogger(__name__)

_JOIN_FOR = timedelta(hours=4)
_TAKEN_OVER = "taken_over"
"""By another page of the same person, who is there as before."""
CHANGED, SIGNAL, AWAY = "room.changed", "room.signal", "room.away"
"""Types of group messages; the consumer handles them in `room_changed`, `room_signal`, `room_away`."""


@dataclass(frozen=True, slots=True)
class Entered:
    """A page that has come in: its row, and what its browser needs to reach the others."""

    stay: MeetingStay
    join: Join


def agree(meeting: Meeting, *, candidate: User, hosts: list[int]) -> None:
    """The candidate agrees to being seen and heard by these hosts, whom the notice named.

    Raises NotFound, and Conflict (hosts_changed) when the notice that was read named others.
    """
    with within(meeting.institution), transaction.atomic():
        invitation = rules.invitation_of(candidate, meeting)
        present = rules.standing(meeting).filter(part=InvitedAs.HOST).values_list("user_id", flat=True)
        if sorted(present) != sorted(hosts):
            raise Conflict("The hosts have changed meanwhile. Read the notice again.", code="hosts_changed")
        invitation.agreed_at = clock.now()
        invitation.agreed_to = {"version": rules.NOTICE_VERSION, "hosts": sorted(hosts)}
        invitation.save(update_fields=["agreed_at", "agreed_to"])
        detail = dict(invitation.agreed_to)
        audit.record(
            meeting.institution, invitation, "meetinginvitation.agreed", actor=candidate, detail=detail
        )


@transaction.atomic
def enter(meeting: Meeting, *, user: User, connection: str) -> Entered:
    """A page comes in: hosts at once, candidates to the waiting room. The person's older page is sent away.

    Raises NotFound, Conflict (live_off, meeting_cancelled, too_early, no_consent), TooLate (meeting_over).
    """
    rules.require_live()
    lock(meeting, "institution")
    invitation = rules.invitation_of(user, meeting)
    rules.require_going_on(meeting)
    rules.require_time(invitation)
    if not rules.has_agreed(invitation):
        raise Conflict("Read and agree to what happens here first.", code="no_consent")
    is_host = invitation.part == InvitedAs.HOST
    if is_host and meeting.state == states.MEETING_SCHEDULED:
        apply_move(meeting, states.MEETING, "open", actor=user, values={"opened_at": clock.now()})
        telling.of_meeting(meeting, "meeting.began")
    now = clock.now()
    if invitation.accepted_at is None:
        MeetingInvitation.objects.filter(pk=invitation.pk).update(accepted_at=now)
    place = participant_of(meeting, user, Part.HOST if is_host else Part.CANDIDATE)
    is_other_page = _end(_open_stays(participant=place), by=_TAKEN_OVER)
    Participant.objects.filter(pk=place.pk).update(joined_at=now, left_at=None)
    stay = MeetingStay.objects.create(
        institution=meeting.institution,
        participant=place,
        connection=connection,
        began_at=now,
        seen_at=now,
        let_in_at=now if is_host or invitation.let_in_at else None,
    )
    audit.record(meeting.institution, meeting, "meeting.joined", actor=user, detail={"part": place.part})
    if not is_other_page:
        telling.of_stay(place, "meeting.joined")
    tell_changed(meeting)
    until = max(now, meeting.closes_at or now) + _JOIN_FOR
    servers = ice_servers(place.identity, until)
    return Entered(stay, Join("peer", until, ice_servers=servers, relay_only=settings.RELAY_ONLY))


@transaction.atomic
def leave(connection: str, *, by: str = "left") -> None:
    """The page is gone. Nothing happens when its stay has ended already."""
    stay = _open_stays(connection=connection).select_related(
        "participant__meeting__institution", "participant__user"
    )
    for each in stay:
        meeting = each.participant.meeting
        now = clock.now()
        _open_stays(pk=each.pk).update(ended_at=now, ended_by=by)
        Participant._base_manager.filter(pk=each.participant_id).update(left_at=now)
        detail = {"part": each.participant.part, "by": by}
        with within(meeting.institution):
            actor = each.participant.user
            audit.record(meeting.institution, meeting, "meeting.left", actor=actor, detail=detail)
            telling.of_stay(each.participant, "meeting.left", because=by)
        tell_changed(meeting)


def note_seen(connection: str) -> None:
    """The page is still there; every half minute."""
    _open_stays(connection=connection).update(seen_at=clock.now())


def let_in(meeting: Meeting, invitation_id: int, *, host: User) -> None:
    """A host lets a candidate in who waits. One at a time: candidates never meet.

    Raises NotFound, NotAllowed (hosts_only) and Conflict (not_here, occupied, no_consent).
    """
    with within(meeting.institution), transaction.atomic():
        lock(meeting, "institution")
        rules.require_host(host, meeting)
        rules.require_going_on(meeting)
        invitation = _candidate(meeting, invitation_id)
        if invitation.let_in_at is not None:
            return
        if rules.standing(meeting).filter(let_in_at__isnull=False).exists():
            raise Conflict(
                "Another candidate is in. Let them out first: candidates never meet.", code="occupied"
            )
        if not rules.has_agreed(invitation):
            raise Conflict("This candidate has not agreed to being seen and heard.", code="no_consent")
        stays = _open_stays(participant__meeting=meeting, participant__user_id=invitation.user_id)
        if not stays.exists():
            raise Conflict("This candidate is not here now.", code="not_here")
        now = clock.now()
        invitation.let_in_at = now
        invitation.save(update_fields=["let_in_at"])
        stays.filter(let_in_at=None).update(let_in_at=now)
        audit.record(meeting.institution, invitation, "meetinginvitation.let_in", actor=host)
        tell_changed(meeting)


def put_out(meeting: Meeting, invitation_id: int, *, host: User) -> None:
    """A host lets a candidate out, back to the waiting room. Raises as `let_in` does."""
    with within(meeting.institution), transaction.atomic():
        lock(meeting, "institution")
        rules.require_host(host, meeting)
        invitation = _candidate(meeting, invitation_id)
        if invitation.let_in_at is None:
            return
        invitation.let_in_at = None
        invitation.save(update_fields=["let_in_at"])
        audit.record(meeting.institution, invitation, "meetinginvitation.put_out", actor=host)
        tell_changed(meeting)


def send_away(invitation: MeetingInvitation, *, by: str) -> None:
    """Closes the pages of somebody whose invitation was taken back. In the caller's transaction."""
    meeting = invitation.meeting
    _end(_open_stays(participant__meeting=meeting, participant__user_id=invitation.user_id), by=by)
    tell_changed(meeting)


def empty(meeting: Meeting, *, by: str) -> None:
    """Nobody is in it any more. In the caller's transaction."""
    rules.standing(meeting).update(let_in_at=None)
    _end(_open_stays(participant__meeting=meeting), by=by)


def end_silent() -> None:
    """Ends stays whose page was not seen for long: its server was killed. Across institutions."""
    silent = _open_stays(seen_at__lt=clock.now() - STALE_AFTER)
    for each in silent.select_related("participant__meeting__institution"):
        with transaction.atomic():
            if _open_stays(pk=each.pk).update(ended_at=F("seen_at"), ended_by="lost"):
                telling.of_stay(each.participant, "meeting.left", because="lost")


def tell_changed(meeting: Meeting) -> None:
    """Every page of the meeting looks anew, once this is committed. The message itself says nothing."""
    transaction.on_commit(partial(publish.send, groups.meeting_of(meeting.pk), {"type": CHANGED}))


def open_stays_of(meeting: Meeting) -> Any:
    """Who is there now, in order of coming."""
    fresh = clock.now() - STALE_AFTER
    rows = _open_stays(participant__meeting=meeting, seen_at__gt=fresh)
    return rows.select_related("participant__user").order_by("pk")


def _candidate(meeting: Meeting, invitation_id: int) -> MeetingInvitation:
    found: MeetingInvitation | None = (
        rules.standing(meeting)
        .filter(pk=invitation_id, part=InvitedAs.CANDIDATE)
        .select_related("institution", "meeting")
        .first()
    )
    if found is None:
        raise NotFound("There is no such candidate in this meeting.", field="invitation")
    return found


def _open_stays(**chosen: Any) -> Any:
    # _base_manager: a page ends its own stay outside any scope, and the sweep runs across institutions.
    return MeetingStay._base_manager.filter(ended_at=None, **chosen)


def _end(stays: Any, *, by: str) -> bool:
    """Whether anybody was there."""
    pages = dict(stays.values_list("connection", "participant_id"))
    now = clock.now()
    stays.update(ended_at=now, ended_by=by)
    places = Participant._base_manager.filter(pk__in=pages.values())
    places.update(left_at=now)
    if pages and by != _TAKEN_OVER:
        for place in places.select_related("meeting__institution"):
            telling.of_stay(place, "meeting.left", because=by)
    for page in pages:
        message = {"type": AWAY, "code": by}
        transaction.on_commit(partial(publish.send, groups.meeting_page(page), message))
    return bool(pages)
