"""One e-mail about a meeting of its own as a message: text from its template, and the calendar file."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from exams.scheduling.calendar_file import Appointment, appointment_file
from exams.scheduling.wording import moment_in
from proctoring import states
from proctoring.meetings.own.invitations import fresh_link
from proctoring.models import Meeting, MeetingInvitation, MeetingMail
from proctoring.models.own_meeting import InvitedAs, MeetingMailKind

_TAKES_OUT = (MeetingMailKind.CANCELLED, MeetingMailKind.REVOKED)
_STANDING = (states.MEETING_SCHEDULED, states.MEETING_OPEN, states.MEETING_INTERRUPTED)


def is_still_true(mail: MeetingMail) -> bool:
    """Whether what the e-mail would tell still holds; what does not is not sent."""
    invitation = mail.invitation
    if mail.kind == MeetingMailKind.REVOKED:
        return invitation.revoked_at is not None
    if mail.kind == MeetingMailKind.CANCELLED:
        return invitation.meeting.state == states.MEETING_CANCELLED
    return invitation.revoked_at is None and invitation.meeting.state in _STANDING


def letter(mail: MeetingMail) -> EmailMultiAlternatives:
    """The message. For somebody without an account here this makes the link anew: the newest one works."""
    invitation = mail.invitation
    meeting = invitation.meeting
    cancels = mail.kind in _TAKES_OUT
    context = _context(invitation) | {"link": "" if cancels else _link(mail)}
    text = render_to_string(f"proctoring/mail/meeting_{mail.kind}.txt", context)
    subject, _, body = text.strip().partition("\n")
    message = EmailMultiAlternatives(" ".join(subject.split()), body.strip() + "\n", to=[invitation.email])
    if meeting.opens_at is not None and meeting.closes_at is not None:
        file = appointment_file(
            _appointment(meeting, meeting.opens_at, meeting.closes_at),
            address=invitation.email,
            base_url=settings.BASE_URL,
            sender=settings.DEFAULT_FROM_EMAIL,
            # Never the secret link: calendars are shared.
            link="" if cancels or invitation.user is None else address_of(meeting),
            cancels=cancels,
        )
        method = "CANCEL" if cancels else "REQUEST"
        message.attach_alternative(file.decode(), f"text/calendar; method={method}")
    return message


def address_of(meeting: Meeting) -> str:
    """Our own link to the meeting: it opens for those who are invited, once they are signed in."""
    return f"{settings.BASE_URL}{reverse('meeting', args=[meeting.institution.slug, meeting.pk])}"


def _link(mail: MeetingMail) -> str:
    if mail.invitation.user is not None:
        return address_of(mail.invitation.meeting)
    if mail.kind != MeetingMailKind.INVITED:
        return ""  # the link of the invitation goes on working
    return f"{settings.BASE_URL}{reverse('meeting_link', args=[fresh_link(mail.invitation)])}"


def _context(invitation: MeetingInvitation) -> dict[str, Any]:
    meeting, person = invitation.meeting, invitation.user
    zone = (person.time_zone if person else "") or meeting.institution.time_zone
    return {
        "meeting": meeting,
        "institution": meeting.institution,
        "is_host": invitation.part == InvitedAs.HOST,
        "is_new": person is None,
        "name": str(person) if person else "",
        "inviter": invitation.invited_by,
        "begins": moment_in(meeting.opens_at, zone) if meeting.opens_at else "",
        "ends": moment_in(meeting.closes_at, zone) if meeting.closes_at else "",
    }


def _appointment(meeting: Meeting, begins_at: datetime, ends_at: datetime) -> Appointment:
    return Appointment(
        uid=f"meeting-{meeting.pk}",
        sequence=meeting.calendar_sequence,
        begins_at=begins_at,
        ends_at=ends_at,
        summary=meeting.title,
        description=meeting.institution.name,
        organizer=meeting.institution.name,
    )
