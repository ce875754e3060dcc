"""Reports as PDF: asked for, made by a job, opened by who asked by links of minutes, deleted in a day."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.template.loader import render_to_string

from accounts import audit, signed_links, stored_files
from accounts.jobs.kinds import Progress, job_kind
from accounts.jobs.services import enqueue
from accounts.models import Job, User
from accounts.tenancy import within
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, NotFound, Refusal
from proctoring.evidence import keys, store
from proctoring.evidence.derived import REPORTS
from proctoring.models import EvidenceItem, MonitoringSession, ReportFile
from proctoring.models.keys import DataClass
from proctoring.reports import machine, pdf
from proctoring.reports.access import may_see_pictures, session_for
from proctoring.reports.facts import AttemptReport, Picture
from proctoring.reports.gather import report_of
from proctoring.reports.showing import context_of

KIND = "proctoring.report_pdf"
KEPT_FOR = timedelta(days=1)
LINK_LIFETIME = timedelta(minutes=10)
_SALT = "proctoring.report.link"
_DRAWING = re.compile(r"(<svg[^>]*>)")
_DRAWING_STYLE = "css/proctoring_report_drawing.css"
_STYLES = ("css/proctoring_report.css", "css/timeline.css", "css/proctoring_report_paper.css")


def ask(session: MonitoringSession, *, actor: User, zone: str) -> ReportFile:
    """Asks for the report as a PDF as this person may read it; one that still waits is no second one."""
    with transaction.atomic():
        waiting = ReportFile.objects.filter(
            session=session, asked_by=actor, made_at=None, job__state__in=("waiting", "running")
        ).first()
        if waiting is not None:
            return waiting
        row = ReportFile.objects.create(
            institution=session.institution, session=session, asked_by=actor, asked_at=clock.now(), zone=zone
        )
        title = f"Report on session {str(session.public_id)[:8]} as PDF"
        row.job = enqueue(session.institution, KIND, title=title, actor=actor, arguments={"file": row.pk})
        row.save(update_fields=["job"])
    return row


@job_kind(KIND, tries=2)
def make_pdf(job: Job, progress: Progress) -> Mapping[str, Any]:
    """Writes the PDF of one ReportFile; what was made by an earlier try is left alone."""
    row = (
        ReportFile.objects.filter(pk=job.arguments["file"]).select_related("asked_by", "institution").first()
    )
    if row is None or row.deleted_at is not None:
        raise NotFound("The session of this report is gone.")
    if row.made_at is not None:
        return {"pages": row.pages}
    session = session_for(MonitoringSession.objects.filter(pk=row.session_id), row.asked_by)
    report = report_of(session, row.asked_by, zone=row.zone, check_files=True)
    report = replace(report, machine=machine.written(report, session))
    pictures = _read_pictures(report, progress) if may_see_pictures(row.asked_by, session) else {}
    html, css = paper_of(report, session, pictures)
    total = len(report.pictures) + 1
    data, pages = pdf.write_apart(
        html, css, pictures, beat=lambda: progress.tell(len(report.pictures), total)
    )
    _keep(row, session, data, pages, sorted(pictures))
    progress.tell(total, total)
    return {"pages": pages, "bytes": len(data)}


def _read_pictures(report: AttemptReport, progress: Progress) -> dict[int, bytes]:
    """The pictures of the report that are still what was stored."""
    found = {}
    items = EvidenceItem.objects.in_bulk([each.item for each in report.pictures])
    for done, (pk, item) in enumerate(items.items()):
        progress.tell(done, len(items) + 1)
        try:
            data = store.read(item)
        except Refusal:
            continue
        if hashlib.sha256(data).hexdigest() == item.sha256:
            found[pk] = data
    return found


def paper_of(
    report: AttemptReport, session: MonitoringSession, pictures: Mapping[int, bytes]
) -> tuple[str, str]:
    """The HTML and the styles of the paper."""

    def address(picture: Picture) -> str:
        return pdf.picture_address(picture.item) if picture.item in pictures else ""

    context = context_of(report, session, picture_url=address, for_paper=True)
    css = "\n".join(_style(name) for name in _STYLES)
    html = render_to_string("proctoring/reports/paper.html", context)
    # A drawing within a paper takes no colours from the paper's own styles, only from one in itself.
    return _DRAWING.sub(lambda found: f"{found[1]}<style>{_style(_DRAWING_STYLE)}</style>", html), css


def _style(name: str) -> str:
    path = finders.find(name)
    if not isinstance(path, str):
        raise FileNotFoundError(name)
    with open(path, encoding="utf-8") as file:
        return file.read()


def _keep(row: ReportFile, session: MonitoringSession, data: bytes, pages: int, items: list[int]) -> None:
    """Stores the file, then its facts and the entries of the audit log together."""
    name = f"{row.institution_id}/{uuid4().hex}.pdf"
    # Under the key of the session's pictures: once that is destroyed, nobody reads the report's either.
    sealed = keys.sealer_of(session).seal(DataClass.CAMERA, name, data)
    name = storages[REPORTS].save(name, ContentFile(sealed))
    digest = hashlib.sha256(data).hexdigest()
    with transaction.atomic():
        facts = {"stored_name": name, "made_at": clock.now(), "size": len(data), "pages": pages}
        more = {"pictures": len(items), "sha256": digest}
        ReportFile.objects.filter(pk=row.pk).update(**facts, **more)
        detail = {"report": row.pk, "pages": pages, "items": items, "sha256": digest}
        audit.record(row.institution, session, "report.exported", actor=row.asked_by, detail=detail)
        for item in EvidenceItem.objects.filter(pk__in=items):
            audit.record(
                row.institution, item, "evidence.exported", actor=row.asked_by, detail={"report": row.pk}
            )


def link_of(row: ReportFile, viewer: User) -> str:
    """A signed ticket for the file, good for `LINK_LIFETIME`."""
    return signed_links.make(_SALT, [row.pk], viewer)


def file_for(file_id: int, viewer: User) -> ReportFile:
    """The row, for the person who asked and who may still read the report. Raises NotFound."""
    row = ReportFile.objects.filter(pk=file_id, asked_by=viewer).select_related("job", "institution").first()
    if row is None:
        raise NotFound("There is no such report of yours.")
    row.session = session_for(MonitoringSession.objects.filter(pk=row.session_id), viewer)
    return row


def open_file(file_id: int, link: str, viewer: User) -> bytes:
    """The PDF for the person who asked, through a link that still holds; each opening is logged.

    Raises NotFound, NotAllowed (`link_expired`, `link_invalid`) and Conflict (`not_made`, `deleted`).
    """
    row = file_for(file_id, viewer)
    signed_links.check(link, _SALT, [file_id], viewer, lifetime=LINK_LIFETIME, noun="report")
    if row.deleted_at is not None:
        raise Conflict("This PDF was deleted; make it again.", code="deleted")
    if not row.stored_name:
        raise Conflict("This PDF is not made yet.", code="not_made")
    with storages[REPORTS].open(row.stored_name) as file:
        data = keys.unseal(row.stored_name, bytes(file.read()))
    if hashlib.sha256(data).hexdigest() != row.sha256:
        raise Conflict("This file is not the one that was made; make it again.", code="altered")
    detail = {"report": row.pk, "sha256": row.sha256}
    audit.record(row.institution, row.session, "report.downloaded", actor=viewer, detail=detail)
    return data


def clear_old() -> int:
    """Deletes the files of all institutions that are older than KEPT_FOR; their rows stay. How many."""
    # _base_manager: upkeep means every institution.
    due = ReportFile._base_manager.filter(made_at__lt=clock.now() - KEPT_FOR, deleted_at=None)
    cleared = 0
    for row in due.select_related("institution")[:500]:
        with within(row.institution), transaction.atomic():
            stored_files.remove(row.institution, REPORTS, [row.stored_name])
            ReportFile.objects.filter(pk=row.pk).update(deleted_at=clock.now(), stored_name="")
            cleared += 1
    return cleared
