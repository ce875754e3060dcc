"""Officers' uploads of photos: received, tried out by a job, imported by another one, or dropped."""

import hashlib
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction

from accounts import audit, uploads
from accounts.jobs.kinds import Progress, job_kind
from accounts.jobs.services import enqueue, try_again
from accounts.models import Institution, Job, User
from accounts.states import FAILED
from accounts.tenancy import within
from accounts.transitions import lock
from exams.bank.formats.package import Package
from exams.models import Sitting
from exams.scheduling.roster_file import read_rows
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, Refusal, TooLarge
from proctoring import holds
from proctoring.identity import officer_photos, photo_table, store
from proctoring.identity.photo_table import PhotoRow
from proctoring.identity.photo_verdicts import Candidates, Judge, Outcome, candidates_at
from proctoring.models import OfficerPhoto, PhotoUpload

CHECK, IMPORT = "proctoring.check_photos", "proctoring.import_photos"
MOST_BYTES = 50_000_000
KEPT_UNUSED_FOR = timedelta(days=7)
"""So long an upload that nobody imports stays: it is full of faces."""
AT_ONCE = 20
"""Rows that are imported in one transaction."""
_MOST_UNNAMED = 50
_HELD = "A legal hold or an open case keeps the present photo; it is not replaced."


def receive(
    institution: Institution,
    *,
    file_name: str,
    data: bytes,
    table: bytes = b"",
    sitting: Sitting | None = None,
    actor: User,
) -> PhotoUpload:
    """Stores a zip of photos and asks for its dry run; nobody gets a photo by that.

    `table`: which file is whose, when it does not lie in the zip. Raises InvalidInput and TooLarge with
    `field` (`file` or `table`): what can be seen at once is refused at once.
    """
    if len(data) > MOST_BYTES:
        raise TooLarge(f"The zip is larger than {MOST_BYTES // 1_000_000} MB. Split it.", field="file")
    names = list(Package(data).names)
    cells = _cells(table)
    if cells:
        _of_table(photo_table.understand, cells, names)
    with transaction.atomic():
        upload = PhotoUpload.objects.create(
            institution=institution,
            sitting=sitting,
            file_name=" ".join(file_name.replace("\x00", "").split())[-200:] or "photos",
            size=len(data),
            stored_name=uploads.save(institution, "photos", data),
            table=cells,
            created_by=actor,
        )
        _ask_for(upload, CHECK, f"Look at the photos of {upload.file_name}", actor)
    upload.refresh_from_db()
    return upload


def ask(upload: PhotoUpload, *, actor: User) -> PhotoUpload:
    """Asks for the import of what was tried out. A repeat changes nothing, but tries a failed job again.

    Raises Conflict when the upload was dropped or is not looked at yet.
    """
    with transaction.atomic():
        lock(upload)
        if upload.dropped_at is not None:
            raise Conflict("This upload was dropped; upload it again.", code="dropped")
        if upload.checked_at is None:
            raise Conflict("These photos are not looked at yet.", code="not_checked")
        if upload.imported_at is None and upload.job is not None:
            if upload.job.kind != IMPORT:
                title = f"Import {len(upload.rows):,} photos of {upload.file_name}"
                _ask_for(upload, IMPORT, title, actor)
            elif upload.job.state == FAILED:
                try_again(upload.job, actor=actor)
    upload.refresh_from_db()
    return upload


def drop(upload: PhotoUpload, *, actor: User | None) -> PhotoUpload:
    """Gives an upload up: the zip is deleted, its report stays. Raises Conflict once its import has begun."""
    with transaction.atomic():
        lock(upload)
        if upload.job is not None and upload.job.kind == IMPORT:
            raise Conflict("The import of these photos has begun already.", code="already_imported")
        if upload.dropped_at is None:
            _delete_zip(upload)
            upload.dropped_at = clock.now()
            upload.save(update_fields=["dropped_at", "stored_name"])
            audit.record(upload.institution, upload, "photoupload.dropped", actor=actor)
    return upload


def counts_of(upload: PhotoUpload) -> dict[Outcome, int]:
    """How many rows have each outcome."""
    found = Counter(row["outcome"] for row in upload.rows)
    return {each: found[each.value] for each in Outcome}


def clear_unused() -> int:
    """Drops uploads of all institutions that nobody imported within KEPT_UNUSED_FOR, but for held ones; how
    many."""
    waiting = PhotoUpload._base_manager.filter(imported_at=None, dropped_at=None)
    old = waiting.filter(created_at__lt=clock.now() - KEPT_UNUSED_FOR).exclude(job__kind=IMPORT)
    cleared = 0
    for upload in holds.unheld(old, lists_of="sitting").select_related("institution"):
        with within(upload.institution):
            drop(upload, actor=None)
        cleared += 1
    return cleared


@job_kind(CHECK)
def carry_out_check(job: Job, progress: Progress) -> dict[str, Any]:
    """Looks at every photo and writes the report. A zip that cannot be read is deleted, with the reason."""
    upload = _upload_of(job)
    if upload.checked_at is not None or upload.dropped_at is not None:
        return {}
    package = Package(_zip_of(upload))
    names = list(package.names)
    try:
        rows = _rows(upload, package, names)
    except Refusal:
        _give_up(upload)
        raise
    judge = Judge(upload.institution, upload.sitting, rows)
    verdicts = []
    for done, row in enumerate(rows):
        progress.tell(done, len(rows))
        verdicts.append(judge.verdict(row, package))
    with transaction.atomic():
        lock(upload)
        if upload.dropped_at is not None:
            return {}
        upload.rows = [verdict.to_json() for verdict in verdicts]
        upload.unnamed_files = photo_table.unnamed(rows, names)[:_MOST_UNNAMED]
        upload.checked_at = clock.now()
        upload.save()
    progress.tell(len(rows), len(rows))
    return _plain(counts_of(upload))


@job_kind(IMPORT)
def carry_out_import(job: Job, progress: Progress) -> dict[str, Any]:
    """Imports portion by portion; a try after a stop goes on where the one before was."""
    upload, actor = _upload_of(job), job.created_by
    if actor is None:
        raise Conflict("Nobody asked for this import.")
    if upload.imported_at is not None:
        return _plain(counts_of(upload))
    package = Package(_zip_of(upload))
    total = len(upload.rows)
    while upload.rows_done < total:
        progress.tell(upload.rows_done, total)
        _import_portion(upload, package, actor)
    with transaction.atomic():
        lock(upload)
        _delete_zip(upload)
        upload.imported_at = clock.now()
        upload.save(update_fields=["imported_at", "stored_name"])
        counts = _plain(counts_of(upload))
        audit.record(
            upload.institution, upload, "photoupload.imported", actor=actor, detail={"counts": counts}
        )
    progress.tell(total, total)
    return counts


def _import_portion(upload: PhotoUpload, package: Package, actor: User) -> None:
    start = upload.rows_done
    portion = upload.rows[start : start + AT_ONCE]
    saved: list[str] = []
    try:
        with transaction.atomic():
            lock(upload)
            people = candidates_at(upload.institution, upload.sitting, [_named(row) for row in portion])
            for offset, row in enumerate(portion):
                upload.rows[start + offset] = _imported(upload, row, people, package, actor, saved)
            upload.rows_done = start + len(portion)
            upload.save(update_fields=["rows", "rows_done"])
    except BaseException:
        for name in saved:
            store.delete(name)
        raise
    # Outside of the transaction: looking at a picture takes time, and others wait for the lock.
    for photo in OfficerPhoto.objects.filter(photo_name__in=saved):
        officer_photos.compare_on_arrival(photo)


def _imported(
    upload: PhotoUpload,
    row: dict[str, Any],
    people: Candidates,
    package: Package,
    actor: User,
    saved: list[str],
) -> dict[str, Any]:
    """The row with what became of it. What has changed since the dry run is looked at anew."""
    if row["outcome"] == Outcome.REFUSED:
        return row
    candidate = people.find(*_named(row))
    if candidate is None or candidate.pk != row["candidate"]:
        gone = "This candidate is no longer here."
        return row | {"outcome": Outcome.REFUSED.value, "words": gone}
    data = package.read(row["path"])
    if hashlib.sha256(data).hexdigest() != row["sha256"]:
        raise Conflict("The stored zip has changed since it was looked at; upload it again.", code="changed")
    earlier = officer_photos.photo_of(upload.institution, candidate)
    if earlier is not None and earlier.photo_sha256 == row["sha256"]:
        return row | {"outcome": Outcome.SAME.value}
    if earlier is not None and holds.why_person_held(upload.institution, candidate):
        return row | {"outcome": Outcome.REFUSED.value, "words": _HELD}
    name = f"{upload.institution_id}/officer/{upload.pk}-{row['line']}.picture"
    store.delete(name)  # left behind by a try whose server was stopped
    name = store.save_of_person(upload.institution, candidate, name, data)
    saved.append(name)
    officer_photos.keep(
        candidate, institution=upload.institution, name=name, sha256=row["sha256"], actor=actor
    )
    return row | {"outcome": (Outcome.REPLACED if earlier else Outcome.NEW).value}


def _named(row: dict[str, Any]) -> tuple[str, str]:
    """Address and number; the numbers came later than the first reports."""
    return row["email"], row.get("number", "")


def _rows(upload: PhotoUpload, package: Package, names: list[str]) -> list[PhotoRow]:
    cells = [(int(line), row) for line, row in upload.table]
    if not cells:
        path = photo_table.table_in(names)
        if path is None:
            return photo_table.by_name(names)
        cells = read_rows(package.read(path))
    return photo_table.understand(cells, names)


def _cells(table: bytes) -> list[tuple[int, list[str]]]:
    return _of_table(read_rows, table) if table else []


def _of_table(read: Callable[..., Any], *given: Any) -> Any:
    """A table beside the zip has a field of its own."""
    try:
        return read(*given)
    except (InvalidInput, TooLarge) as refusal:
        refusal.field = "table"
        raise


def _ask_for(upload: PhotoUpload, kind: str, title: str, actor: User) -> None:
    job = enqueue(upload.institution, kind, title=title, actor=actor, arguments={"upload": upload.pk})
    PhotoUpload.objects.filter(pk=upload.pk).update(job=job)


def _upload_of(job: Job) -> PhotoUpload:
    rows = PhotoUpload.objects.select_related("institution", "sitting")
    return rows.get(pk=job.arguments["upload"])


def _zip_of(upload: PhotoUpload) -> bytes:
    try:
        return uploads.read(upload.stored_name)
    except (OSError, ValueError) as error:
        raise Conflict("The uploaded file is gone; upload it again.", code="file_gone") from error


def _give_up(upload: PhotoUpload) -> None:
    with transaction.atomic():
        lock(upload)
        _delete_zip(upload)
        upload.save(update_fields=["stored_name"])


def _delete_zip(upload: PhotoUpload) -> None:
    stored, upload.stored_name = upload.stored_name, ""
    if stored:
        transaction.on_commit(lambda: uploads.delete(stored))


def _plain(counts: dict[Outcome, int]) -> dict[str, int]:
    return {outcome.value: count for outcome, count in counts.items()}
