"""The deletion of every night: begun once a day in each institution, made up when a night was missed."""

import time
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.jobs import services as job_services
from accounts.jobs.kinds import Progress, job_kind
from accounts.models import Institution, Job, User
from accounts.tenancy import within
from accounts.transitions import lock
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput
from proctoring import holds, keeping
from proctoring.identity import consent
from proctoring.models import RetentionRun
from proctoring.rights import certificates, retention
from proctoring.rights.kinds import KINDS

BEGINS_AT = timedelta(hours=2)
"""After local midnight: sittings of the day are over, and those of the next have not begun."""
MOST_STEPS = 400
"""Transactions of one job; then another job goes on, so that no night keeps others from the worker."""
MOST_FAILURES = 200
_ONCE = (
    "Tonight's deletion is done and certified; a certificate is not written twice. What has become due since "
    "goes next night."
)
LOOK_EVERY_S = 300.0
JOB = "rights.retention_night"
_looked_at = -LOOK_EVERY_S


def begin_due() -> int:
    """Begins the night of every institution in which it has not been; how many. Safe in several processes.

    A server that was down at night begins as soon as it is back.
    """
    global _looked_at
    if time.monotonic() - _looked_at < LOOK_EVERY_S:
        return 0
    _looked_at = time.monotonic()
    return sum(begin(each) for each in Institution.objects.exclude(confirmed_at=None).order_by("pk"))


def night_of(institution: Institution) -> date:
    """The night that is due by the institution's own clock."""
    return (clock.now().astimezone(ZoneInfo(institution.time_zone)) - BEGINS_AT).date()


def begin(institution: Institution) -> bool:
    """Begins the present night, unless it was begun already."""
    night = night_of(institution)
    with within(institution):
        if RetentionRun.objects.filter(night=night).exists():
            return False
        try:
            with transaction.atomic():
                run = RetentionRun.objects.create(
                    institution=institution, night=night, started_at=clock.now()
                )
                _ask_for_job(run)
        except IntegrityError:
            return False  # another process was faster
    return True


def run_now(institution: Institution, *, actor: User, typed: object) -> RetentionRun:
    """Deletes what is due at once: begins the present night, or goes on with it once more if it is over.

    `typed` is the confirmation: how many rows and files would go, typed by hand. Within the institution's
    scope. Raises InvalidInput (`typed`), Conflict: nothing_due, held, running.
    """
    due = sum(retention.count_due(institution).values())
    if holds.is_all_held(institution):
        raise Conflict("The whole institution is under a legal hold: nothing is deleted.", code="held")
    if not due:
        raise Conflict("Nothing is due.", code="nothing_due")
    if str(typed).strip() != str(due):
        words = f"Type how many would go, {due}, to confirm."
        raise InvalidInput(words, field="typed", code="not_confirmed")
    is_new = begin(institution)
    with transaction.atomic():
        run = RetentionRun.objects.get(institution=institution, night=night_of(institution))
        lock(run)
        if not is_new and run.finished_at is not None:
            if hasattr(run, "certificate"):
                raise Conflict(_ONCE, code="certified")
            run.finished_at = None
            run.save(update_fields=["finished_at"])
            _ask_for_job(run)
        audit.record(institution, run, "retention_run.asked", actor=actor, detail={"due": due})
    return run


def _ask_for_job(run: RetentionRun) -> None:
    run.job = job_services.enqueue(
        run.institution,
        JOB,
        title=f"Delete what is due, night of {run.night}",
        actor=None,
        arguments={"run": run.pk},
    )
    run.save(update_fields=["job"])


@job_kind(JOB)
def carry_out(job: Job, progress: Progress) -> Mapping[str, Any]:
    """Deletes what is due, kind by kind; what an earlier try has deleted is simply no longer there."""
    run = RetentionRun.objects.select_related("institution").get(pk=job.arguments["run"])
    if run.finished_at is not None:
        return {"deleted": run.counts}
    periods = keeping.days_in(run.institution)
    consent.erase_withdrawn(run.institution)
    steps = 0
    for number, (code, kind) in enumerate(KINDS.items()):
        progress.tell(number, len(KINDS) + 1)
        found = retention.erase_due(run.institution, kind, periods[code])
        while True:
            with transaction.atomic():
                tally = next(found, None)
                if tally is not None:
                    _note(run, code, tally)
            if tally is None:
                break
            steps += 1
            progress.tell(number, len(KINDS) + 1)
            if steps >= MOST_STEPS:
                _ask_for_job(run)
                return {"deleted": run.counts, "goes_on": True}
    _finish(run)
    return {"deleted": run.counts, "failed": len(run.failures)}


def _note(run: RetentionRun, code: str, tally: retention.Tally) -> None:
    """In the transaction of the deletion itself: what is gone is counted, and nothing else is."""
    lock(run)
    if tally.count:
        run.counts[code] = run.counts.get(code, 0) + tally.count
        run.spans[code] = run.spans.get(code, 0) + tally.spans
    known = {(each["kind"], each["what"]) for each in run.failures}
    fresh = [each for each in tally.failures if (each["kind"], each["what"]) not in known]
    run.failures = [*run.failures, *fresh][:MOST_FAILURES]
    run.heads = run.heads | tally.heads
    run.keys = [*run.keys, *tally.keys]
    run.save(update_fields=["counts", "spans", "failures", "heads", "keys"])


def _finish(run: RetentionRun) -> None:
    with transaction.atomic():
        lock(run)
        run.finished_at = clock.now()
        run.save(update_fields=["finished_at"])
        detail = {"deleted": run.counts, "failed": len(run.failures)}
        audit.record(run.institution, run, "retention_run.finished", detail=detail)
        if run.counts:
            certificates.make(
                run.institution,
                subject=run,
                counts=run.counts,
                heads=run.heads,
                keys=run.keys,
                not_deleted=len(run.failures),
            )
