"""Who may do what with a meeting of its own, decided anew at each step; and what its notice says."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from accounts.models import User
from accounts.permissions import roles_of
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, NotAllowed, NotFound, TooLate
from proctoring import states
from proctoring.meetings.providers.base import OFF
from proctoring.models import Meeting, MeetingInvitation
from proctoring.models.own_meeting import InvitedAs
from proctoring.permissions import may_host, may_manage_all_meetings

NOTICE_VERSION = 1
"""Grows when the notice says more than before: who agreed to less is asked again."""
EARLY = timedelta(minutes=60)
"""Candidates may wait so long before the slot begins."""
_OVER = (states.MEETING_ENDED, states.MEETING_CANCELLED)
_UNKNOWN = "There is no such meeting to which you are invited."


def is_live_off() -> bool:
    """Whether live video, and with it every meeting, is switched off on this server."""
    return bool(settings.LIVE_PROVIDER == OFF)


def require_live() -> None:
    """Raises Conflict (live_off)."""
    if is_live_off():
        raise Conflict("Live video is switched off on this server.", code="live_off")


def is_over(meeting: Meeting) -> bool:
    """Whether nobody comes in any more."""
    return meeting.state in _OVER


def require_going_on(meeting: Meeting) -> None:
    """Raises Conflict (meeting_cancelled) or TooLate (meeting_over)."""
    if meeting.state == states.MEETING_CANCELLED:
        raise Conflict("This meeting has been cancelled.", code="meeting_cancelled")
    if meeting.state == states.MEETING_ENDED:
        raise TooLate("This meeting is over.", code="meeting_over")


def may_manage(user: Any, meeting: Meeting) -> bool:
    """Whether the person may change it: exam officers and admins all, others what they made or host."""
    institution = meeting.institution
    if meeting.sitting_id is not None or not may_host(user, institution):
        return False
    if may_manage_all_meetings(user, institution) or meeting.made_by_id == user.pk:
        return True
    return bool(standing(meeting).filter(user_id=user.pk, part=InvitedAs.HOST).exists())


def require_manage(user: Any, meeting: Meeting) -> None:
    """Raises NotFound for people to whom the meeting is none of theirs, so that ids cannot be probed."""
    if not may_manage(user, meeting):
        raise NotFound("There is no such meeting of yours.")


def standing(meeting: Meeting) -> Any:
    """The invitations that were not taken back."""
    return MeetingInvitation._base_manager.filter(meeting_id=meeting.pk, revoked_at=None)


def invitation_of(user: User, meeting: Meeting) -> MeetingInvitation:
    """The person's right to come in. Raises NotFound without one, or when they are no member any more.

    A host needs a role that may host as well: who lost it comes in no more.
    """
    found: MeetingInvitation | None = (
        standing(meeting).filter(user_id=user.pk).select_related("institution", "meeting", "user").first()
    )
    if found is None or not roles_of(user, meeting.institution):
        raise NotFound(_UNKNOWN)
    if found.part == InvitedAs.HOST and not may_host(user, meeting.institution):
        raise NotFound(_UNKNOWN)
    return found


def require_host(user: User, meeting: Meeting) -> MeetingInvitation:
    """The same for what only hosts do. Raises NotAllowed for candidates of the meeting."""
    found = invitation_of(user, meeting)
    if found.part != InvitedAs.HOST:
        raise NotAllowed("Only hosts of this meeting can do that.", code="hosts_only")
    return found


def candidates_from(meeting: Meeting) -> datetime | None:
    """From when candidates may wait; None: at any time."""
    return meeting.opens_at - EARLY if meeting.opens_at else None


def require_time(invitation: MeetingInvitation) -> None:
    """Raises Conflict (too_early) for a candidate who comes long before the slot."""
    begins = candidates_from(invitation.meeting)
    if invitation.part == InvitedAs.CANDIDATE and begins is not None and clock.now() < begins:
        raise Conflict("The waiting room is not open yet.", code="too_early")


def has_agreed(invitation: MeetingInvitation, host_id: int | None = None) -> bool:
    """Whether the candidate agreed to the present notice, and to being seen by that host; hosts need not."""
    if invitation.part == InvitedAs.HOST:
        return True
    agreed = invitation.agreed_to or {}
    if invitation.agreed_at is None or agreed.get("version") != NOTICE_VERSION:
        return False
    return host_id is None or host_id in agreed.get("hosts", ())


def not_agreed_to(invitation: MeetingInvitation, hosts: Iterable[User]) -> list[User]:
    """The hosts that the candidate's notice did not name yet."""
    return [each for each in hosts if not has_agreed(invitation, each.pk)]


def notice_lines(hosts: Sequence[User]) -> list[str]:
    """What a candidate reads before agreeing, one sentence or two for each point."""
    names = " and ".join(filter(None, [", ".join(str(each) for each in hosts[:-1]), str(hosts[-1])]))
    lines = [
        f"You talk by live video with {names}. They see and hear you, and you see and hear them, from the "
        "moment one of them lets you in until you leave or are let out.",
        "While you wait, nobody sees or hears you. The hosts see your name, and that you wait.",
        "Other candidates can neither see nor hear you, nor learn that you are here.",
        "Nothing that is said or shown is recorded by this system. It keeps that you were invited, agreed, "
        "and from when to when you were here.",
        "You can turn off your camera and microphone, or leave, whenever you like.",
    ]
    if not settings.RELAY_ONLY:
        lines.append(
            "Picture and sound go encrypted from browser to browser; so the hosts’ devices learn the network "
            "address of yours."
        )
    return lines
