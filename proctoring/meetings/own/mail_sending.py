"""Sends what waits in the outbox of meetings of their own; importing this registers the job."""

from typing import Any

from django.db.models import QuerySet

from accounts.jobs.kinds import Progress, job_kind
from accounts.models import Job
from accounts.outbox import Outbox, send_waiting
from proctoring.meetings.own.letters import is_still_true, letter
from proctoring.meetings.own.mails import JOB
from proctoring.models import MeetingMail


def _rows() -> QuerySet[MeetingMail]:
    related = ("invitation__meeting__institution", "invitation__user", "invitation__invited_by")
    found: QuerySet[MeetingMail] = MeetingMail.objects.select_related("institution", *related)
    return found


@job_kind(JOB, tries=8)
def send_meeting_mails(job: Job, progress: Progress) -> dict[str, Any]:
    """Sends all that waits, as `accounts.outbox` says."""
    return send_waiting(Outbox(_rows, is_still_true, letter), job, progress)
