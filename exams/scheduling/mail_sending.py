"""Sends what waits in the outbox of sittings; importing this registers the job."""

from typing import Any

from django.db.models import QuerySet

from accounts.jobs.kinds import Progress, job_kind
from accounts.models import Job
from accounts.outbox import Outbox, send_waiting
from accounts.services.candidate_offers import note_failed_mail
from exams.models import SittingMail
from exams.models.sitting_mail import MailKind
from exams.scheduling.letters import is_still_true, letter
from exams.scheduling.mails import JOB


def _rows() -> QuerySet[SittingMail]:
    related = ("institution", "sitting__exam", "sitting__institution", "enrolment__candidate")
    found: QuerySet[SittingMail] = SittingMail.objects.select_related(*related)
    return found


def _refused(mail: SittingMail) -> None:
    if mail.kind == MailKind.INVITED:
        note_failed_mail(mail.institution, mail.address)


@job_kind(JOB, tries=8)
def send_mails(job: Job, progress: Progress) -> dict[str, Any]:
    """Sends all that waits, as `accounts.outbox` says."""
    return send_waiting(Outbox(_rows, is_still_true, letter, _refused), job, progress)
