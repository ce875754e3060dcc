"""What has to happen without anybody asking and may wait a little: jobs, and what their time has come for."""

from accounts.jobs import worker


def carry_out_jobs() -> None:
    """One round of due jobs."""
    worker.work()


def look_around() -> None:
    """Jobs whose worker was stopped are given to another one; safe to run in several processes at once."""
    worker.rescue()
    worker.tidy()
