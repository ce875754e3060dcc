"""What has to happen without anybody asking and may wait a little: jobs, and what their time has come for."""

from accounts import audit_checkpoints, sign_ins, stored_files
from accounts.api import idempotency
from accounts.jobs import worker
from accounts.webhooks import outbox as webhooks
from exams.delivery import throwing_away
from exams.scheduling import roster
from exams.scheduling.reminders import write_due_reminders
from proctoring.evidence import manifest, package
from proctoring.identity import officer_photos, photo_uploads
from proctoring.interviews import offers
from proctoring.law import versions
from proctoring.pages import demo_camera
from proctoring.reports import files as report_files
from proctoring.review import incident_exports, opening
from proctoring.rights import exports, nightly, windows


def carry_out_jobs() -> None:
    """One round of due jobs."""
    worker.work()


def look_around() -> None:
    """Reminders, reply windows, what nobody uses, practice data, cases, files, documents, webhooks, jobs.

    Safe to run in several processes at once.
    """
    write_due_reminders()
    roster.clear_unused()
    photo_uploads.clear_unused()
    officer_photos.clear_unused()
    windows.sweep()
    offers.lapse_due()
    report_files.clear_old()
    throwing_away.sweep()
    opening.look_around()
    nightly.begin_due()
    package.remove_expired()
    manifest.sign_due()
    exports.clear_expired()
    idempotency.clear_old()
    sign_ins.clear_old()
    incident_exports.clear_old()
    demo_camera.clear_left()
    stored_files.remove_noted()
    audit_checkpoints.make_due()
    versions.refresh_all()
    webhooks.ask_for_due()
    webhooks.clear_old()
    worker.rescue()
    worker.tidy()
