"""The one entry of the queue: carry out this job. The queue is django-tasks, its rows are in our database."""

from django_tasks import task

from accounts.jobs.running import run


@task()
def run_job(job_id: int) -> None:
    """Carries the job out, unless it is no longer waiting."""
    run(job_id)
