"""Meetings of their own for tests."""

from typing import Any

from accounts.models import Institution, User
from accounts.tenancy import within
from proctoring.meetings.own import making, room
from proctoring.models import Meeting, MeetingInvitation


def make_interview(
    institution: Institution, host: User, *candidates: User | str, title: str = "Interview", **slot: Any
) -> Meeting:
    """A meeting of its own that `host` has made and hosts."""
    emails = [each if isinstance(each, str) else each.email for each in candidates]
    return making.make_meeting(institution, title=title, hosts=[host], candidates=emails, actor=host, **slot)


def invitation_of(meeting: Meeting, user: User) -> MeetingInvitation:
    """The invitation of that person."""
    return MeetingInvitation._base_manager.select_related("meeting", "institution").get(
        meeting=meeting, user=user
    )


def agree(meeting: Meeting, *candidates: User) -> None:
    """They agree to the notice with the present hosts."""
    hosts = MeetingInvitation._base_manager.filter(meeting=meeting, part="host", revoked_at=None)
    named = list(hosts.values_list("user_id", flat=True))
    for each in candidates:
        with within(meeting.institution):
            room.agree(meeting, candidate=each, hosts=named)


def interview_of(institution: Institution, host: User, candidate: User) -> MeetingInvitation:
    """The invitation of a candidate who has agreed."""
    meeting = make_interview(institution, host, candidate)
    agree(meeting, candidate)
    return invitation_of(meeting, candidate)
