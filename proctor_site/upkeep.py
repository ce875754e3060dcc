"""What has to happen without anybody asking and may wait a little: jobs, and what their time has come for."""

from accounts import stored_files
from accounts.jobs import worker
from exams.delivery import throwing_away
from exams.scheduling import roster
from exams.scheduling.reminders import write_due_reminders
from proctoring.identity import officer_photos, photo_uploads


def carry_out_jobs() -> None:
    """One round of due jobs."""
    worker.work()


def look_around() -> None:
    """Reminders that are due, rosters and photos nobody uses, practice data, files to remove, stopped jobs.

    Safe to run in several processes at once.
    """
    write_due_reminders()
    roster.clear_unused()
    photo_uploads.clear_unused()
    officer_photos.clear_unused()
    throwing_away.sweep()
    stored_files.remove_noted()
    worker.rescue()
    worker.tidy()
