"""Uploaded rosters: read, judged as often as somebody looks, and imported once by a job."""

from datetime import timedelta
from functools import partial
from typing import Any

from django.db import transaction

from accounts import audit, uploads
from accounts.jobs.kinds import Progress, job_kind
from accounts.jobs.services import enqueue
from accounts.models import Job, User
from accounts.tenancy import within
from accounts.transitions import lock
from exams.models import Roster, Sitting
from exams.scheduling.enrolling import enrol_rows
from exams.scheduling.roster_file import check_size, is_workbook, read_rows
from exams.scheduling.roster_rows import RosterRow, RosterTable, understand
from exams.scheduling.verdicts import AT_ONCE, Outcome, Verdict, judge
from exams.signals import deletion_wanted
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, Refusal

JOB, READ = "exams.import_roster", "exams.read_roster"
KEPT_UNUSED_FOR = timedelta(days=30)
"""So long a roster that nobody imports stays: it is full of names and addresses."""
READ_AT_ONCE = 150_000
"""Bytes of a workbook, about 10,000 rows or half a second; larger ones are read by a job. CSV is quick."""


def receive_roster(sitting: Sitting, *, file_name: str, data: bytes, actor: User) -> Roster:
    """An uploaded file: read at once, or a large workbook stored and read by a job. Enrols nobody.

    Raises InvalidInput and TooLarge with field "file".
    """
    if not is_workbook(data) or len(data) <= READ_AT_ONCE:
        return read_roster(sitting, file_name=file_name, data=data, actor=actor)
    check_size(data)
    with transaction.atomic():
        stored = uploads.save(sitting.institution, "roster", data)
        roster = _made(sitting, file_name, actor, stored_name=stored)
        job = enqueue(
            roster.institution,
            READ,
            title=f"Read {roster.file_name}",
            actor=actor,
            arguments={"roster": roster.pk},
        )
        Roster.objects.filter(pk=roster.pk).update(read_job=job)
    roster.refresh_from_db()
    return roster


def read_roster(sitting: Sitting, *, file_name: str, data: bytes, actor: User) -> Roster:
    """Stores what the file says; enrols nobody. Raises InvalidInput and TooLarge with field "file"."""
    table = understand(read_rows(data))
    with transaction.atomic():
        roster = _made(sitting, file_name, actor)
        _write_table(roster, table)
    return roster


def _made(sitting: Sitting, file_name: str, actor: User, stored_name: str = "") -> Roster:
    return Roster.objects.create(
        institution=sitting.institution,
        sitting=sitting,
        file_name=" ".join(file_name.replace("\x00", "").split())[-200:] or "roster",
        stored_name=stored_name,
        created_by=actor,
    )


def _write_table(roster: Roster, table: RosterTable) -> None:
    roster.rows = [row.to_json() for row in table.rows]
    roster.row_count = len(table.rows)
    roster.unused_columns = table.unused[:20]
    roster.save()


@job_kind(READ)
def carry_out_reading(job: Job, progress: Progress) -> dict[str, Any]:
    """Reads a stored workbook; what cannot be read ends the job with the reason. A repeat changes nothing."""
    roster = Roster.objects.select_related("institution").get(pk=job.arguments["roster"])
    if not roster.stored_name:
        return {"rows": roster.row_count}
    try:
        data = uploads.read(roster.stored_name)
    except OSError as error:
        raise Conflict("The uploaded file is gone; upload it again.", code="file_gone") from error
    try:
        table = understand(read_rows(data, told=lambda rows: progress.tell(rows, 0)))
    except Refusal:
        uploads.delete(roster.stored_name)  # addresses of people are not kept for nothing
        raise
    with transaction.atomic():
        lock(roster)
        stored, roster.stored_name = roster.stored_name, ""
        _write_table(roster, table)
        transaction.on_commit(lambda: uploads.delete(stored))
    return {"rows": roster.row_count}


def rows_of(roster: Roster) -> list[RosterRow]:
    """The rows that are still to be imported."""
    return [RosterRow(**row) for row in roster.rows]


def try_out(roster: Roster) -> list[Verdict]:
    """What importing would do now, row by row; writes nothing."""
    return judge(roster.sitting, rows_of(roster))


def import_roster(roster: Roster, *, actor: User) -> Job:
    """Asks for the import, once: a repeat gives the job of the first time.

    Raises Conflict when the roster is not read yet or the sitting is cancelled.
    """
    with transaction.atomic():
        lock(roster)
        if roster.job is not None:
            return roster.job
        if roster.stored_name:
            raise Conflict("This roster is not read yet.", code="not_read")
        if roster.sitting.cancelled_at is not None:
            raise Conflict("This sitting has been cancelled.", code="cancelled")
        job = enqueue(
            roster.institution,
            JOB,
            title=f"Import {roster.row_count:,} rows of {roster.file_name} into {roster.sitting}",
            actor=actor,
            arguments={"roster": roster.pk},
        )
        Roster.objects.filter(pk=roster.pk).update(job=job)
        detail = {"file": roster.file_name, "rows": roster.row_count}
        audit.record(
            roster.institution, roster.sitting, "sitting.roster_imported", actor=actor, detail=detail
        )
    roster.refresh_from_db()
    return job


def clear_unused() -> int:
    """Deletes rosters of all institutions that nobody imported within KEPT_UNUSED_FOR, unless somebody has
    to keep them (`deletion_wanted`); how many."""
    unused = Roster._base_manager.filter(job=None, created_at__lt=clock.now() - KEPT_UNUSED_FOR)
    cleared = 0
    for roster in unused.select_related("institution", "sitting"):
        with within(roster.institution), transaction.atomic():
            if not _may_go(roster):
                continue
            # Asked again in the deletion: somebody may import it at this moment.
            if not Roster.objects.filter(pk=roster.pk, job=None).delete()[0]:
                continue
            if roster.stored_name:  # a job that would read it never could
                transaction.on_commit(partial(uploads.delete, roster.stored_name))
            detail = {"file": roster.file_name, "rows": roster.row_count}
            audit.record(
                roster.institution, roster.sitting, "sitting.roster_cleared", actor=None, detail=detail
            )
            cleared += 1
    return cleared


@job_kind(JOB)
def carry_out_import(job: Job, progress: Progress) -> dict[str, Any]:
    """Imports portion by portion. What is imported leaves `rows` in the same transaction, so that a try after
    a stop goes on where the one before was."""
    roster = Roster.objects.select_related("sitting__institution").get(pk=job.arguments["roster"])
    actor = job.created_by
    if actor is None:
        raise Conflict("Nobody asked for this import.")
    while roster.rows:
        progress.tell(len(roster.outcomes), roster.row_count)
        with transaction.atomic():
            lock(roster)
            portion = rows_of(roster)[:AT_ONCE]
            verdicts = enrol_rows(roster.sitting, portion, actor=actor)
            roster.outcomes = [*roster.outcomes, *(_plain(verdict) for verdict in verdicts)]
            roster.rows = roster.rows[AT_ONCE:]
            roster.save(update_fields=["outcomes", "rows"])
    progress.tell(roster.row_count, roster.row_count)
    return counts([outcome for _, _, outcome, _ in roster.outcomes])


def _plain(verdict: Verdict) -> list[Any]:
    return [verdict.row.line, verdict.row.email, verdict.outcome.value, verdict.detail]


def counts(outcomes: list[str]) -> dict[str, int]:
    """How many rows had each outcome; outcomes without a row are left out."""
    return {each.value: outcomes.count(each) for each in Outcome if each in outcomes}


def _may_go(roster: Roster) -> bool:
    about = {"institution": roster.institution, "sitting": roster.sitting, "people": []}
    try:
        deletion_wanted.send(sender=Roster, **about)
    except Conflict:
        return False
    return True
