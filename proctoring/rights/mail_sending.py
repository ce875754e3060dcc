"""Sends what waits in the outbox of cases; importing this registers the job."""

from typing import Any

from django.db.models import QuerySet

from accounts.jobs.kinds import Progress, job_kind
from accounts.models import Job
from accounts.outbox import Outbox, send_waiting
from proctoring.models import CaseMail
from proctoring.rights.letters import is_still_true, letter
from proctoring.rights.mails import JOB


def _rows() -> QuerySet[CaseMail]:
    related = ("institution", "to", "case__session__sitting__exam", "interview__host")
    found: QuerySet[CaseMail] = CaseMail.objects.select_related(*related)
    return found


@job_kind(JOB, tries=8)
def send_case_mails(job: Job, progress: Progress) -> dict[str, Any]:
    """Sends all that waits, as `accounts.outbox` says."""
    return send_waiting(Outbox(_rows, is_still_true, letter), job, progress)
