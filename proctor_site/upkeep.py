"""What has to happen without anybody asking and may wait a little: jobs, and what their time has come for."""

from accounts.jobs import worker
from exams.scheduling import roster
from exams.scheduling.reminders import write_due_reminders


def carry_out_jobs() -> None:
    """One round of due jobs."""
    worker.work()


def look_around() -> None:
    """Reminders that are due, rosters nobody imported, jobs whose worker was stopped.

    Safe to run in several processes at once.
    """
    write_due_reminders()
    roster.clear_unused()
    worker.rescue()
    worker.tidy()
