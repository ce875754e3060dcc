"""Uploaded rosters: read, judged as often as somebody looks, and imported once by a job."""

from typing import Any

from django.db import transaction

from accounts import audit
from accounts.jobs.kinds import Progress, job_kind
from accounts.jobs.services import enqueue
from accounts.models import Job, User
from accounts.transitions import lock
from exams.models import Roster, Sitting
from exams.scheduling.enrolling import enrol_rows
from exams.scheduling.roster_file import read_rows
from exams.scheduling.roster_rows import RosterRow, understand
from exams.scheduling.verdicts import AT_ONCE, Outcome, Verdict, judge
from proctor_site.kernel.errors import Conflict

JOB = "exams.import_roster"


def read_roster(sitting: Sitting, *, file_name: str, data: bytes, actor: User) -> Roster:
    """Stores what the file says; enrols nobody. Raises InvalidInput and TooLarge with field "file"."""
    table = understand(read_rows(data))
    return Roster.objects.create(
        institution=sitting.institution,
        sitting=sitting,
        file_name=" ".join(file_name.replace("\x00", "").split())[-200:] or "roster",
        rows=[row.to_json() for row in table.rows],
        row_count=len(table.rows),
        unused_columns=table.unused[:20],
        created_by=actor,
    )


def rows_of(roster: Roster) -> list[RosterRow]:
    """The rows that are still to be imported."""
    return [RosterRow(**row) for row in roster.rows]


def try_out(roster: Roster) -> list[Verdict]:
    """What importing would do now, row by row; writes nothing."""
    return judge(roster.sitting, rows_of(roster))


def import_roster(roster: Roster, *, actor: User) -> Job:
    """Asks for the import, once. Raises Conflict when it was asked for before or the sitting is cancelled."""
    with transaction.atomic():
        lock(roster)
        if roster.job_id is not None:
            raise Conflict("This roster has been imported already.", code="already_imported")
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
