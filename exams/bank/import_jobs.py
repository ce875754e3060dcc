"""Imports that may take long are jobs: the dry run of a large file, and every import itself."""

from typing import Any

from django.db import transaction

from accounts.jobs.kinds import Progress, job_kind
from accounts.jobs.services import enqueue, try_again
from accounts.models import Institution, Job, User
from accounts.states import FAILED
from accounts.transitions import lock
from exams.bank import imports
from exams.models import QuestionCategory, QuestionImport
from proctor_site.kernel.errors import Conflict

CHECK, IMPORT = "exams.check_questions", "exams.import_questions"
CHECKED_AT_ONCE = 500_000
"""Bytes. Larger files are read by a job, so that no request waits for them."""


def receive(
    institution: Institution,
    *,
    file_name: str,
    data: bytes,
    format_name: str = "",
    category: QuestionCategory | None = None,
    actor: User,
) -> QuestionImport:
    """An upload: read at once when it is small, else stored, and read by a job. Raises as `imports.check`."""
    if len(data) <= CHECKED_AT_ONCE:
        return imports.check(
            institution,
            file_name=file_name,
            data=data,
            format_name=format_name,
            category=category,
            actor=actor,
        )
    form = imports.form_of(institution, data, format_name, category)
    with transaction.atomic():
        found = imports.received(institution, file_name, data, form, category, actor)
        _note(found, _asked(found, CHECK, f"Read {found.file_name}", actor))
    found.refresh_from_db()
    return found


def ask(found: QuestionImport, *, actor: User) -> QuestionImport:
    """Asks for the import of a checked file. A repeat changes nothing, but tries a failed import again.

    Raises Conflict when the file was dropped or is not read yet.
    """
    with transaction.atomic():
        lock(found)
        if found.dropped_at is not None:
            raise Conflict("This file was dropped; upload it again.", code="dropped")
        if found.checked_at is None:
            raise Conflict("This file is not read yet.", code="not_checked")
        job = found.job if found.job is not None and found.job.kind == IMPORT else None
        if found.imported_at is None and job is None:
            items = len(found.rows)
            _note(found, _asked(found, IMPORT, f"Import {items:,} questions of {found.file_name}", actor))
        elif found.imported_at is None and job is not None and job.state == FAILED:
            try_again(job, actor=actor)
    found.refresh_from_db()
    return found


def _asked(found: QuestionImport, kind: str, title: str, actor: User) -> Job:
    return enqueue(found.institution, kind, title=title, actor=actor, arguments={"import": found.pk})


def _note(found: QuestionImport, job: Job) -> None:
    QuestionImport.objects.filter(pk=found.pk).update(job=job)


def _found(job: Job) -> QuestionImport:
    rows = QuestionImport.objects.select_related("institution", "category")
    return rows.get(pk=job.arguments["import"])


@job_kind(CHECK)
def carry_out_check(job: Job, progress: Progress) -> dict[str, Any]:
    """Reads the stored file and writes its report; one that cannot be read ends the job."""
    return imports.check_stored(
        _found(job), actor=job.created_by, told=lambda done: progress.tell(done, 0)
    ).counts


@job_kind(IMPORT)
def carry_out_import(job: Job, progress: Progress) -> dict[str, Any]:
    """Imports in one transaction: a try after a stop begins anew, and finds nothing half done."""
    found = _found(job)
    total = len(found.rows)
    imports.confirm(found, actor=job.created_by, told=lambda done: progress.tell(min(done, total), total))
    progress.tell(total, total)
    return found.counts
