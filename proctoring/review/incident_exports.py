"""Incidents as a file: at once while they are few, else by a job and kept privately for a day; audited."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import IO, Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.core.files import File
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import QuerySet
from django.http import QueryDict

from accounts import audit, limits, signed_links, stored_files
from accounts.jobs.services import enqueue
from accounts.models import Institution, User
from accounts.states import DONE, FAILED
from accounts.tenancy import within
from exams import tables
from exams.tables import Cell, Format
from proctor_site.kernel import clock
from proctor_site.kernel.errors import InvalidInput, NotAllowed, NotFound, Unavailable
from proctoring.models import Incident, IncidentExport
from proctoring.review.blind import naming_in_list

STORE = "exports"
JOB = "proctoring.export_incidents"
AT_ONCE = 2_000
"""So many rows are sent in the answer itself: about a second of work."""
MOST = 1_000_000
"""A sheet of a spreadsheet program holds 1,048,576 rows."""
KEPT_FOR = timedelta(days=1)
LINK_LIFETIME = timedelta(minutes=10)
MOST_AN_HOUR = 30
_READ_AT_ONCE = 500
_SALT = "proctoring.review.incident_export"
JSON_LINES = "jsonl"
FORMS = {
    Format.CSV_FOR_SPREADSHEETS.value: "CSV for spreadsheets",
    Format.CSV.value: "CSV for programs",
    Format.XLSX.value: "Excel workbook (XLSX)",
    JSON_LINES: "JSON lines",
}
HEADERS = (
    "Number", "Candidate", "Sitting", "Kind", "Severity", "Advisory", "Began", "Ended", "Seconds", "Found in",
    "Came back", "Confidence", "Light", "Explanation", "Review", "Reviewed at", "Case",
)  # fmt: skip


def form_of(text: str) -> str:
    """The form that is asked for. Raises InvalidInput ("form")."""
    if text not in FORMS:
        raise InvalidInput("Choose one of the forms that are offered.", field="form")
    return text


def require(person: User, institution: Institution) -> None:
    """Raises NotAllowed for who may not take lists out, Overloaded for too many in an hour."""
    if not person.has_perm("proctoring.export_incidents", institution):
        raise NotAllowed("Your role reads incidents here and takes none out.")
    limits.count("incident-export", str(person.pk), most=MOST_AN_HOUR, seconds=3600)


def write(
    rows: "QuerySet[Incident]",
    form: str,
    *,
    viewer: User,
    here: Institution,
    zone: str,
    tell: Callable[[int], None] = lambda _done: None,
) -> tuple[IO[bytes], int]:
    """The incidents as an open file, newest first, and how many; names as the viewer may read them.

    Read by place and written row by row: memory does not grow with their number.
    """
    lines = _lines(rows, viewer, here, ZoneInfo(zone), tell)
    if form == JSON_LINES:
        return tables.write_json_lines(HEADERS, lines)
    return tables.write(Format(form), HEADERS, lines)


def _lines(
    rows: "QuerySet[Incident]",
    viewer: User,
    here: Institution,
    zone: ZoneInfo,
    tell: Callable[[int], None],
) -> Iterator[Sequence[Cell]]:
    name_of = naming_in_list(viewer, here)
    numbers, after, done = rows.order_by("-pk").values_list("pk", flat=True), None, 0
    while found := list((numbers if after is None else numbers.filter(pk__lt=after))[:_READ_AT_ONCE]):
        after = found[-1]
        read = Incident.objects.filter(pk__in=found).order_by("-pk")
        for each in read.select_related("session__candidate", "session__case", "sitting__exam"):
            yield _line(each, name_of(each.session), zone)
        done += len(found)
        tell(done)


def _line(incident: Incident, name: str, zone: ZoneInfo) -> Sequence[Cell]:
    ended, case = incident.ended_at, getattr(incident.session, "case", None)
    return (
        incident.pk,
        name,
        str(incident.sitting or ""),
        incident.get_kind_display(),
        incident.severity,
        incident.advisory,
        incident.started_at.astimezone(zone),
        ended.astimezone(zone) if ended else None,
        round((ended - incident.started_at).total_seconds()) if ended else None,
        incident.count,
        incident.repeats,
        incident.confidence,
        incident.get_light_display() if incident.light else "",
        incident.explanation,
        incident.get_review_state_display(),
        incident.reviewed_at.astimezone(zone) if incident.reviewed_at else None,
        case.pk if case else None,
    )


def name_of_file(institution: Institution, form: str) -> str:
    """What the download is called."""
    ending = JSON_LINES if form == JSON_LINES else Format(form).ending
    return f"incidents-{institution.slug}-{clock.now():%Y-%m-%d}.{ending}"


def type_of(form: str) -> str:
    """Its content type."""
    return "application/x-ndjson" if form == JSON_LINES else Format(form).content_type


def digest_of(file: IO[bytes]) -> str:
    """SHA-256 of a file, which stands at its beginning afterwards."""
    file.seek(0)
    digest = hashlib.sha256()
    while piece := file.read(65_536):
        digest.update(piece)
    file.seek(0)
    return digest.hexdigest()


def note(institution: Institution, actor: User, *, form: str, query: str, rows: int, **more: Any) -> None:
    """The entry of every export; of a name that was searched for the log holds only that it was."""
    asked = QueryDict(query, mutable=True)
    words = asked.pop("q", None)
    detail = {"form": form, "rows": rows, "filter": asked.urlencode(), "searched": bool(words), **more}
    audit.record(institution, institution, "incidents.exported", actor=actor, detail=detail)


def ask(
    institution: Institution, *, actor: User, form: str, query: str, zone: str, expected: int
) -> IncidentExport:
    """Asks for a long list; while the same is being made for this person, that one is returned.

    Raises InvalidInput for more than `MOST` rows.
    """
    if expected > MOST:
        raise InvalidInput(f"{expected} incidents fit; at most {MOST} go into a file. Narrow the filter.")
    mine = IncidentExport.objects.filter(institution=institution, asked_by=actor, form=form, query=query)
    waiting = mine.filter(made_at=None).exclude(job__state__in=(DONE, FAILED)).first()
    if waiting is not None:
        return waiting
    with transaction.atomic():
        row = IncidentExport.objects.create(
            institution=institution, asked_by=actor, asked_at=clock.now(), form=form, query=query, zone=zone
        )
        title = f"Export of {expected} incidents"
        arguments = {"export": row.pk, "expected": expected}
        row.job = enqueue(institution, JOB, title=title, actor=actor, arguments=arguments)
        row.save(update_fields=["job"])
    return row


def keep(row: IncidentExport, file: IO[bytes], number: int) -> None:
    """Stores the file, its facts and the entry of the audit log."""
    digest = digest_of(file)
    size = file.seek(0, 2)
    file.seek(0)
    ending = name_of_file(row.institution, row.form).rpartition(".")[2]
    name = storages[STORE].save(f"{row.institution_id}/incidents-{uuid4().hex}.{ending}", File(file))
    now = clock.now()
    try:
        with transaction.atomic():
            row.stored_name, row.rows, row.size, row.sha256 = name, number, size, digest
            row.made_at, row.expires_at = now, now + KEPT_FOR
            row.save()
            more = {"export": row.pk, "sha256": digest}
            note(row.institution, row.asked_by, form=row.form, query=row.query, rows=number, **more)
    except BaseException:
        storages[STORE].delete(name)
        raise


def link_of(row: IncidentExport, viewer: User) -> str:
    """The value of `?link=`: one file, one viewer, some minutes."""
    return signed_links.make(_SALT, [row.pk], viewer)


def is_there(row: IncidentExport) -> bool:
    """Whether the file can be had now."""
    return bool(row.stored_name) and row.expires_at is not None and row.expires_at > clock.now()


def open_for(row: IncidentExport, link: str, *, viewer: User) -> IO[bytes]:
    """The file, for who asked for it and still may; each download is logged.

    Raises NotAllowed (`link_expired`, `link_invalid`, `not_allowed`), NotFound (`gone`), Unavailable.
    """
    signed_links.check(link, _SALT, [row.pk], viewer, lifetime=LINK_LIFETIME, noun="file")
    if row.asked_by_id != viewer.pk:
        raise NotAllowed("This file is for who asked for it.", code="link_invalid")
    if not viewer.has_perm("proctoring.export_incidents", row.institution):
        raise NotAllowed("Your role takes no lists out any more.")
    if not is_there(row):
        raise NotFound("This file was deleted; export the list again.", code="gone")
    try:
        file: IO[bytes] = storages[STORE].open(row.stored_name)
    except Exception as error:  # noqa: BLE001  (each store has errors of its own)
        raise Unavailable("The file cannot be read now; try again in a minute.") from error
    detail = {"export": row.pk, "rows": row.rows, "sha256": row.sha256}
    audit.record(row.institution, row.institution, "incidents.export_downloaded", actor=viewer, detail=detail)
    return file


def clear_old() -> int:
    """Deletes the files whose day is over, of all institutions, with what was searched for. How many."""
    # _base_manager: upkeep means every institution.
    due = IncidentExport._base_manager.filter(expires_at__lte=clock.now()).exclude(stored_name="")
    found = list(due.select_related("institution")[:100])
    for row in found:
        with within(row.institution), transaction.atomic():
            stored_files.remove(row.institution, STORE, [row.stored_name])
            IncidentExport.objects.filter(pk=row.pk).update(stored_name="", query="")
    return len(found)
