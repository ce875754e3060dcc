"""Shared reads of meetings of their own: lists, who is there as one page sees it, and the history."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from accounts import queries as members
from accounts.models import Institution, User
from proctor_site.kernel import clock
from proctoring import states
from proctoring.meetings.own import room, rules
from proctoring.models import Meeting, MeetingInvitation, MeetingStay
from proctoring.models.own_meeting import InvitedAs
from proctoring.permissions import may_manage_all_meetings

MOST_SHOWN = 100
_STANDING = (states.MEETING_SCHEDULED, states.MEETING_OPEN, states.MEETING_INTERRUPTED)
_AFTER = timedelta(hours=1)


def meetings_of(user: User, institution: Institution) -> "QuerySet[Meeting]":
    """Meetings that the person works with, in the scope: all for exam officers, else made or hosted.

    Not those of interviews about cases: they name candidates to people who are to read without the name, and
    are worked with on pages of their own.
    """
    rows = Meeting.objects.filter(sitting=None, interview_slot=None).select_related("made_by", "institution")
    rows = rows.annotate(
        candidates=Count(
            "invitations",
            filter=Q(invitations__part=InvitedAs.CANDIDATE, invitations__revoked_at=None),
            distinct=True,
        )
    )
    if may_manage_all_meetings(user, institution):
        return rows
    hosted = MeetingInvitation.objects.filter(user=user, part=InvitedAs.HOST, revoked_at=None)
    return rows.filter(Q(made_by=user) | Q(pk__in=hosted.values("meeting")))


def coming(rows: "QuerySet[Meeting]") -> "QuerySet[Meeting]":
    """Those that go on or come, the next one first; without a slot last."""
    standing = rows.filter(state__in=_STANDING)
    still = Q(closes_at=None) | Q(closes_at__gt=clock.now() - _AFTER) | Q(state=states.MEETING_OPEN)
    return standing.filter(still).order_by("opens_at", "-pk")


def past(rows: "QuerySet[Meeting]", without: "QuerySet[Meeting]") -> "QuerySet[Meeting]":
    """The others, the newest first."""
    return rows.exclude(pk__in=without.values("pk")).order_by("-pk")


def own_coming(user: User) -> list[MeetingInvitation]:
    """The person's own coming meetings in all institutions where they are a member, the next one first."""
    rows = MeetingInvitation._base_manager.filter(
        user=user,
        revoked_at=None,
        meeting__state__in=_STANDING,
        institution__in=[each.pk for each in members.institutions_of(user)],
    )
    still = Q(meeting__closes_at=None) | Q(meeting__closes_at__gt=clock.now() - _AFTER)
    return list(
        rows.filter(still | Q(meeting__state=states.MEETING_OPEN))
        .select_related("meeting", "institution")
        .order_by("meeting__opens_at", "pk")[:MOST_SHOWN]
    )


def hosts_of(meeting: Meeting) -> list[User]:
    """The hosts, in the order in which they were named."""
    rows = rules.standing(meeting).filter(part=InvitedAs.HOST).select_related("user")
    return [each.user for each in rows.order_by("pk")]


def stays_of(meeting: Meeting) -> "QuerySet[MeetingStay]":
    """Who was in it, from when to when; oldest first."""
    return (
        MeetingStay.objects.filter(participant__meeting=meeting)
        .select_related("participant__user")
        .order_by("began_at", "pk")
    )


def seen_by(user: User, meeting_id: int, connection: str) -> dict[str, Any]:
    """What one page is told of who is there. `peers`: the pages it is connected with; nobody else is named.

    A candidate is told of hosts alone, and only while let in. Raises NotFound when the page is none of the
    meeting any more, and what `rules.require_going_on` raises.
    """
    meeting = Meeting._base_manager.select_related("institution").get(pk=meeting_id)
    rules.require_going_on(meeting)
    fresh = rules.invitation_of(user, meeting)
    stays = list(room.open_stays_of(meeting))
    by_user = {each.user_id: each for each in rules.standing(meeting).exclude(user=None)}
    here = [
        (each, by_user[each.participant.user_id]) for each in stays if each.participant.user_id in by_user
    ]
    peers = [
        {"connection": stay.connection, "name": str(stay.participant.user), "part": their.part}
        for stay, their in here
        if stay.connection != connection and _may_meet(fresh, their)
    ]
    seen: dict[str, Any] = {"part": fresh.part, "peers": peers, "opened_at": _iso(meeting.opened_at)}
    if fresh.part == InvitedAs.CANDIDATE:
        is_in = fresh.let_in_at is not None
        seen |= {
            "is_in": is_in,
            "since": _iso(fresh.let_in_at),
            "asks": any(not rules.has_agreed(fresh, each.pk) for each in hosts_of(meeting)),
            "host_is_here": any(their.part == InvitedAs.HOST for _, their in here),
        }
        return seen
    return seen | {"is_in": True, "since": None, "candidates": _candidates(meeting, here, fresh.user_id)}


def _may_meet(one: MeetingInvitation, other: MeetingInvitation) -> bool:
    """Hosts meet each other and the candidate who is let in and agreed to them; candidates never meet."""
    if one.part == other.part:
        return bool(one.part == InvitedAs.HOST)
    candidate, host = (one, other) if one.part == InvitedAs.CANDIDATE else (other, one)
    return candidate.let_in_at is not None and rules.has_agreed(candidate, host.user_id)


def _candidates(
    meeting: Meeting, here: list[tuple[MeetingStay, MeetingInvitation]], host_id: int | None
) -> list[Mapping[str, Any]]:
    waits = {their.pk: stay for stay, their in here}
    rows = rules.standing(meeting).filter(part=InvitedAs.CANDIDATE).select_related("user").order_by("pk")
    return [
        {
            "invitation": each.pk,
            "name": str(each.user) if each.user else each.email,
            "is_here": each.pk in waits,
            "since": _iso(waits[each.pk].began_at) if each.pk in waits else None,
            "is_in": each.let_in_at is not None,
            "let_in_at": _iso(each.let_in_at),
            "has_agreed": rules.has_agreed(each, host_id),
        }
        for each in rows
    ]


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
