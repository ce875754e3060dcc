"""Sends what waits in the outbox of one institution, one message after the other over one connection."""

import logging
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Any

from django.core.mail import get_connection

from accounts.jobs.kinds import Progress, job_kind
from accounts.models import Job
from accounts.services.candidate_offers import note_failed_mail
from exams.models import SittingMail
from exams.models.sitting_mail import MailKind
from exams.scheduling.letters import is_still_true, letter
from exams.scheduling.mails import JOB
from proctor_site.kernel import clock

log = logging.getLogger(__name__)
_AT_ONCE = 100


@job_kind(JOB, tries=8)
def send_mails(job: Job, progress: Progress) -> dict[str, Any]:
    """Sends all that waits. A mail server that does not answer ends the try, and nothing is lost by that."""
    counts = {"sent": 0, "failed": 0, "no longer true": 0}
    with get_connection() as connection:
        while rows := _next(job):
            waiting = SittingMail.objects.filter(claimed_at=None).count()
            before = sum(counts.values())
            for number, mail in enumerate(rows, start=1):
                counts[_handle(mail, connection)] += 1
                progress.tell(before + number, before + waiting)
    return counts


def _next(job: Job) -> list[SittingMail]:
    rows = SittingMail.objects.filter(institution=job.institution, claimed_at=None).order_by("id")
    related = ("institution", "sitting__exam", "sitting__institution", "enrolment__candidate")
    return list(rows.select_related(*related)[:_AT_ONCE])


def _handle(mail: SittingMail, connection: Any) -> str:
    if not SittingMail.objects.filter(pk=mail.pk, claimed_at=None).update(claimed_at=clock.now()):
        return "no longer true"  # another worker has it
    own = SittingMail.objects.filter(pk=mail.pk)
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
        log.warning("the mail server refused e-mail %s", mail.pk)
        own.update(failed_at=clock.now(), reason=in_words(error))
        if mail.kind == MailKind.INVITED:
            note_failed_mail(mail.institution, mail.address)
        return "failed"
    own.update(sent_at=clock.now())
    return "sent"


def is_about_address(error: Exception) -> bool:
    """Whether another try could not help, because the server refuses this recipient or this message."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, UnicodeError) or (isinstance(error, SMTPDataError) and error.smtp_code >= 500)


def in_words(error: Exception) -> str:
    if isinstance(error, SMTPRecipientsRefused):
        told: bytes | str = next(iter(error.recipients.values()), (0, b""))[1]
    else:
        told = error.smtp_error if isinstance(error, SMTPResponseException) else b""
    text = told.decode(errors="replace") if isinstance(told, bytes) else str(told)
    return f"The mail server refused it: {text}"[:300] if text else "The address cannot be written to."
