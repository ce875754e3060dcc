"""The job that computes the statistics of a large sitting or exam."""

from collections.abc import Mapping
from typing import Any

from accounts.jobs.kinds import Progress, job_kind
from accounts.models import Job
from exams.reports.services import JOB_KIND, compute, subject_of
from proctor_site.kernel.errors import NotFound


@job_kind(JOB_KIND)
def compute_statistics(job: Job, progress: Progress) -> Mapping[str, Any]:
    """Computes and keeps the statistics that the job names."""
    subject = subject_of(job.arguments["exam"], job.arguments["sitting"])
    if subject is None:
        raise NotFound("The sitting or exam is gone.")
    report, _ = compute(subject)
    return {"attempts": report.exam.attempts, "questions": len(report.lines)}
