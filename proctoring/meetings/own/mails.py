"""Writes the e-mails about a meeting of its own into the outbox and asks the job to send them."""

from collections.abc import Iterable

from accounts.jobs.services import enqueue
from proctor_site.kernel import clock
from proctoring.models import Meeting, MeetingInvitation, MeetingMail
from proctoring.models.own_meeting import MeetingMailKind

JOB = "proctoring.send_meeting_mails"


def write(invitations: Iterable[MeetingInvitation], kind: MeetingMailKind) -> None:
    """One e-mail to each; what waits for the same person and is overtaken by it is dropped."""
    rows = list(invitations)
    if not rows:
        return
    MeetingMail.objects.filter(invitation__in=rows, claimed_at=None).delete()
    now = clock.now()
    MeetingMail.objects.bulk_create(
        MeetingMail(institution=each.institution, invitation=each, kind=kind, written_at=now) for each in rows
    )
    enqueue(rows[0].institution, JOB, title="Send e-mails about meetings", actor=None, key=JOB)


def tell_all(meeting: Meeting, kind: MeetingMailKind, but: Iterable[MeetingInvitation] = ()) -> None:
    """To everybody who is invited, `but` these. Who still waits for the invitation gets that alone."""
    rows = MeetingInvitation.objects.filter(meeting=meeting, revoked_at=None).select_related("institution")
    if kind == MeetingMailKind.CHANGED:
        waiting = MeetingMail.objects.filter(kind=MeetingMailKind.INVITED, claimed_at=None)
        rows = rows.exclude(pk__in=[each.pk for each in but]).exclude(pk__in=waiting.values("invitation"))
    write(rows, kind)
