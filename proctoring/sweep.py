"""What has to happen without anybody asking: deadlines, spooled evidence, document photos, live meetings."""

from accounts.tenancy import across_all
from exams.delivery import expiry, heartbeat
from proctoring import coverage
from proctoring.analysis import forgetting
from proctoring.evidence import store
from proctoring.identity import document, showings
from proctoring.ingest import call_joining
from proctoring.meetings import calls, live_recordings, reports
from proctoring.meetings import services as meetings
from proctoring.meetings.own import making as own_meetings


def sweep_once() -> None:
    """One round of everything; safe to run in several processes at once."""
    sweep_deadlines()
    sweep_evidence()


def sweep_deadlines() -> None:
    """Submits and lapses attempts whose time is over."""
    with across_all():
        expiry.sweep()


def beat() -> None:
    """The pulse of this web process; the first one after an outage writes the outage down."""
    with across_all():
        heartbeat.beat()


def sweep_evidence() -> int:
    """Moves evidence that waits on this machine's disk to the store; how many files were moved.

    And deletes document photos whose days are over, closes live meetings of sittings that are, ends
    calls that nobody ended, and keeps the recordings of those that are over.
    """
    with across_all():
        meetings.close_due()
        reports.forget_old()
        own_meetings.close_due()
        calls.close_due()
        live_recordings.collect()
        call_joining.finish_due()
        document.delete_due()
        showings.expire_due()
        forgetting.try_again()
        return store.retry_spooled()


def sweep_spool() -> int:
    """Moves evidence that waits on this machine's disk to the store; how many files were moved.

    And forgets what this process could not while the cache was down.
    """
    forgetting.try_again()
    with across_all():
        return store.retry_spooled()


def write_coverage() -> int:
    """Writes what this web process has counted of minutes that are over; how many."""
    return coverage.write()
