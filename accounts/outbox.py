"""Sends what waits in an outbox of one institution, one message after the other over one connection."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Any, Generic, TypeVar

from django.core.mail import EmailMessage, get_connection
from django.db.models import QuerySet

from accounts.jobs.kinds import Progress
from accounts.mail_backend import is_real
from accounts.models import Job
from accounts.models.outgoing_mail import OutgoingMail
from proctor_site.kernel import clock

log = logging.getLogger(__name__)
_AT_ONCE = 100

Mail = TypeVar("Mail", bound=OutgoingMail)


@dataclass(frozen=True, slots=True)
class Outbox(Generic[Mail]):
    """One kind of e-mails. `rows`: all of them, with what `letter` and `is_still_true` read along.

    What does not hold any more (`is_still_true`) is not sent and forgotten; `refused` hears of each e-mail
    that the mail server will never take.
    """

    rows: Callable[[], QuerySet[Mail]]
    is_still_true: Callable[[Mail], bool]
    letter: Callable[[Mail], EmailMessage]
    refused: Callable[[Mail], None] | None = None


def send_waiting(outbox: Outbox[Mail], job: Job, progress: Progress) -> dict[str, Any]:
    """The work of a job: sends all that waits, the oldest first; how many were sent, failed, untrue.

    A mail server that does not answer ends the try (the error is raised), and nothing is lost by that.
    """
    counts = {"sent": 0, "failed": 0, "no longer true": 0}
    waiting_rows = outbox.rows().filter(institution=job.institution, claimed_at=None)
    with get_connection() as connection:
        while mails := list(waiting_rows.order_by("pk")[:_AT_ONCE]):
            waiting = waiting_rows.count()
            before = sum(counts.values())
            for number, mail in enumerate(mails, start=1):
                counts[_handle(outbox, mail, connection)] += 1
                progress.tell(before + number, before + waiting)
    return counts


def _handle(outbox: Outbox[Mail], mail: Mail, connection: Any) -> str:
    own = type(mail)._base_manager.filter(pk=mail.pk)
    if not own.filter(claimed_at=None).update(claimed_at=clock.now()):
        return "no longer true"  # another worker has it
    if not outbox.is_still_true(mail):
        own.delete()
        return "no longer true"
    try:
        message = outbox.letter(mail)
        if not any(is_real(each) for each in message.recipients()):
            return _fail(outbox, mail, "This person has no e-mail address: tell them another way.")
        message.connection = connection
        message.send()
    except (SMTPException, OSError, UnicodeError) as error:
        if not is_about_address(error):
            own.update(claimed_at=None)  # nothing was sent: it waits for the next try
            raise
        log.warning("the mail server refused e-mail %s (%s)", mail.pk, mail._meta.model_name)
        return _fail(outbox, mail, in_words(error))
    own.update(sent_at=clock.now())
    return "sent"


def _fail(outbox: Outbox[Mail], mail: Mail, reason: str) -> str:
    type(mail)._base_manager.filter(pk=mail.pk).update(failed_at=clock.now(), reason=reason)
    if outbox.refused is not None:
        outbox.refused(mail)
    return "failed"


def is_about_address(error: Exception) -> bool:
    """Whether another try could not help, because the server refuses this recipient or this message."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, UnicodeError) or (isinstance(error, SMTPDataError) and error.smtp_code >= 500)


def in_words(error: Exception) -> str:
    """What the mail server said, for the people who look for an e-mail that never came."""
    if isinstance(error, SMTPRecipientsRefused):
        told: bytes | str = next(iter(error.recipients.values()), (0, b""))[1]
    else:
        told = error.smtp_error if isinstance(error, SMTPResponseException) else b""
    text = told.decode(errors="replace") if isinstance(told, bytes) else str(told)
    return f"The mail server refused it: {text}"[:300] if text else "The address cannot be written to."
