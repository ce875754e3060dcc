"""Sends what waits in the outbox of meetings of one institution; importing this registers the job."""

import logging
from smtplib import SMTPException
from typing import Any

from django.core.mail import get_connection

from accounts.jobs.kinds import Progress, job_kind
from accounts.models import Job
from exams.scheduling.mail_sending import in_words, is_about_address
from proctor_site.kernel import clock
from proctoring.meetings.own.letters import is_still_true, letter
from proctoring.meetings.own.mails import JOB
from proctoring.models import MeetingMail

log = logging.getLogger(__name__)


@job_kind(JOB, tries=8)
def send_meeting_mails(job: Job, progress: Progress) -> dict[str, Any]:
    """Sends all that waits. A mail server that does not answer ends the try, and nothing is lost by that."""
    counts = {"sent": 0, "failed": 0, "no longer true": 0}
    with get_connection() as connection:
        while (mail := _next(job)) is not None:
            counts[_handle(mail, connection)] += 1
            waiting = MeetingMail.objects.filter(claimed_at=None).count()
            progress.tell(sum(counts.values()), sum(counts.values()) + waiting)
    return counts


def _next(job: Job) -> MeetingMail | None:
    rows = MeetingMail.objects.filter(institution=job.institution, claimed_at=None).order_by("id")
    related = ("invitation__meeting__institution", "invitation__user", "invitation__invited_by")
    return rows.select_related("institution", *related).first()


def _handle(mail: MeetingMail, connection: Any) -> str:
    own = MeetingMail.objects.filter(pk=mail.pk)
    if not own.filter(claimed_at=None).update(claimed_at=clock.now()):
        return "no longer true"  # another worker has it
    if not is_still_true(mail):
        own.delete()
        return "no longer true"
    try:
        message = letter(mail)
        message.connection = connection
        message.send()
    except (SMTPException, OSError, UnicodeError) as error:
        if not is_about_address(error):
            own.update(claimed_at=None)  # nothing was sent: it waits for the next try
            raise
        log.warning("the mail server refused e-mail %s about a meeting", mail.pk)
        own.update(failed_at=clock.now(), reason=in_words(error))
        return "failed"
    own.update(sent_at=clock.now())
    return "sent"
