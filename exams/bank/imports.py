"""Takes files of questions into the bank: a dry run with a report first, then all at once or nothing."""

import hashlib
from collections import Counter
from datetime import timedelta

from django.db import transaction

from accounts import audit, uploads
from accounts.models import Institution, User
from accounts.transitions import lock
from exams.bank import import_media
from exams.bank.bulk import create_questions
from exams.bank.category_names import names_from_top
from exams.bank.classification import check_place
from exams.bank.formats.base import Format, Unreadable
from exams.bank.formats.registry import format_named, recognised
from exams.bank.import_items import KNOWN, LOSS, OUTCOMES, REFUSED, TAKEN, Item, Told, judged
from exams.models import QuestionCategory, QuestionImport
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, TooLarge

MOST_BYTES = 50_000_000
KEPT_FOR = timedelta(days=7)
"""How long a checked file waits for its confirmation; older ones are dropped by the next check."""

__all__ = ["KNOWN", "LOSS", "OUTCOMES", "REFUSED", "TAKEN", "check", "confirm", "drop", "earlier_import"]


def check(
    institution: Institution,
    *,
    file_name: str,
    data: bytes,
    format_name: str = "",
    category: QuestionCategory | None = None,
    actor: User | None,
) -> QuestionImport:
    """The dry run: reads the whole file, stores it with its report, and takes nothing into the bank.

    Without a format name the file tells its format. The questions, and the categories of the file, will lie
    below `category`. Raises Unreadable, TooLarge, InvalidInput (format, category).
    """
    form = form_of(institution, data, format_name, category)
    items = _items(form, data, category)
    _drop_forgotten(institution)
    with transaction.atomic():
        found = received(institution, file_name, data, form, category, actor)
        _write_check(found, items, actor)
    return found


def form_of(
    institution: Institution, data: bytes, format_name: str, category: QuestionCategory | None
) -> Format:
    """The format of an upload that may be read. Raises Unreadable, TooLarge, InvalidInput."""
    check_place(institution, category, None)
    if len(data) > MOST_BYTES:
        raise TooLarge(f"The file is larger than {MOST_BYTES // 1_000_000} MB.", field="file")
    return format_named(format_name) if format_name else recognised(data)


def received(
    institution: Institution,
    file_name: str,
    data: bytes,
    form: Format,
    category: QuestionCategory | None,
    actor: User | None,
) -> QuestionImport:
    """An uploaded file in the store, not read yet."""
    return QuestionImport.objects.create(
        institution=institution,
        file_name=file_name[-200:] or "file",
        format=form.name,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        stored_name=uploads.save(institution, "upload", data),
        category=category,
        created_by=actor,
    )


def check_stored(found: QuestionImport, *, actor: User | None, told: Told) -> QuestionImport:
    """The dry run of a file that was stored unread; a repeat changes nothing. Raises Unreadable, TooLarge."""
    if found.checked_at is not None or found.dropped_at is not None:
        return found
    items = _items(format_named(found.format), stored_bytes(found), found.category, told)
    with transaction.atomic():
        lock(found)
        if found.checked_at is None and found.dropped_at is None:
            _write_check(found, items, actor)
    return found


def _write_check(found: QuestionImport, items: list[Item], actor: User | None) -> None:
    found.checked_at = clock.now()
    _write_report(found, items)
    detail = {"counts": found.counts}
    audit.record(found.institution, found, "questionimport.checked", actor=actor, detail=detail)


def confirm(found: QuestionImport, *, actor: User | None, told: Told | None = None) -> QuestionImport:
    """Takes the questions of a checked file into the bank, all in one transaction, and writes the report.

    The file is read again, so what came into the bank since the dry run is not taken twice; `told` hears how
    many items are read. A repeat changes nothing; a file that was dropped raises Conflict.
    """
    if found.imported_at is not None:
        return found
    _refuse_dropped(found)
    items = _items(format_named(found.format), stored_bytes(found), found.category, told)
    taken = [(item.draft, item.files) for item in items if item.draft is not None]
    with import_media.undone_on_failure() as kept, transaction.atomic():
        lock(found)
        if found.imported_at is not None:
            return found
        _refuse_dropped(found)
        drafts = import_media.stored(found.institution, taken, actor=actor, kept=kept)
        create_questions(found.institution, drafts, actor=actor, source=found.file_name)
        stored, found.stored_name = found.stored_name, ""
        found.imported_at = clock.now()
        _write_report(found, items)
        audit.record(
            found.institution,
            found,
            "questionimport.imported",
            actor=actor,
            detail={"file": found.file_name, "sha256": found.sha256, "counts": found.counts},
        )
        transaction.on_commit(lambda: uploads.delete(stored))
    return found


def drop(found: QuestionImport, *, actor: User | None) -> QuestionImport:
    """Gives up a checked file; its report stays. A repeat changes nothing; Conflict once it is imported."""
    with transaction.atomic():
        lock(found)
        if found.imported_at is not None:
            raise Conflict("This file is imported already.", code="already_imported")
        if found.dropped_at is None:
            stored, found.stored_name = found.stored_name, ""
            found.dropped_at = clock.now()
            found.save(update_fields=["dropped_at", "stored_name"])
            audit.record(found.institution, found, "questionimport.dropped", actor=actor)
            transaction.on_commit(lambda: uploads.delete(stored))
    return found


def earlier_import(found: QuestionImport) -> QuestionImport | None:
    """The latest import of the very same bytes before this one, or None."""
    same = QuestionImport.objects.filter(institution=found.institution, sha256=found.sha256)
    return same.exclude(pk=found.pk).exclude(imported_at=None).order_by("-imported_at").first()


def _items(
    form: Format, data: bytes, category: QuestionCategory | None, told: Told | None = None
) -> list[Item]:
    items = judged(form.parse(data), names_from_top(category), told)
    if not items:
        raise Unreadable(f"There is no question in this file (read as {form.label}).")
    return items


def _write_report(found: QuestionImport, items: list[Item]) -> None:
    counts = Counter(item.outcome for item in items)
    found.rows = [item.row(number) for number, item in enumerate(items, start=1)]
    found.counts = {outcome: counts[outcome] for outcome in OUTCOMES}
    found.save()


def _refuse_dropped(found: QuestionImport) -> None:
    if found.dropped_at is not None:
        raise Conflict("This file was dropped; upload it again.", code="dropped")


def stored_bytes(found: QuestionImport) -> bytes:
    """The uploaded file as it was. Raises Conflict when it is gone or has changed."""
    try:
        data = uploads.read(found.stored_name)
    except OSError as error:
        raise Conflict("The uploaded file is gone; upload it again.", code="file_gone") from error
    if hashlib.sha256(data).hexdigest() != found.sha256:
        raise Conflict("The stored file has changed since it was checked; upload it again.", code="file_gone")
    return data


def _drop_forgotten(institution: Institution) -> None:
    waiting = QuestionImport.objects.filter(institution=institution, imported_at=None, dropped_at=None)
    for each in waiting.filter(created_at__lt=clock.now() - KEPT_FOR):
        drop(each, actor=None)
