"""Whether evidence reaches its store: the page that says so, and what is said of an incident's files."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from proctoring.admin.read_only import zone_of
from proctoring.evidence import spool_state, store
from proctoring.evidence.spool_state import FilesOf
from proctoring.models import EvidenceItem


def words_of(files: FilesOf | None) -> list[str]:
    """What is missing of an incident's files, and why; nothing when all are there."""
    if files is None:
        return []
    words = []
    if files.lost_at is not None:
        words.append(
            f"From {timezone.localtime(files.lost_at):%H:%M:%S} on, pictures or recordings of it could not "
            f"be kept: {files.why}. They are lost; that they are missing says nothing about the candidate."
        )
    if files.waiting:
        number = "1 file waits" if files.waiting == 1 else f"{files.waiting} files wait"
        words.append(
            f"{number} on the server's disk for the evidence store, and may not open until it answers. "
            "Nothing has to be done: it is tried again every few seconds."
        )
    if files.erased:
        words.append(
            "1 file of it was erased; the log keeps when and why."
            if files.erased == 1
            else f"{files.erased} files of it were erased; the log keeps when and why."
        )
    return words


def page(admin: Any, request: HttpRequest) -> HttpResponse:
    """What waits for the store: of this institution, and on the machine that answers."""
    if not admin.has_view_permission(request):
        raise PermissionDenied
    mine = EvidenceItem.objects.filter(stored_at=None, erased_at=None).order_by()
    context = {
        **admin.admin_site.each_context(request),
        "title": "Evidence store",
        "opts": admin.opts,
        "mine": mine.aggregate(count=Count("pk"), oldest=Min("created_at")),
        "state": spool_state.state(),
        "retry_s": round(store.BACK_OFF_S),
        "late_s": round(spool_state.LATE_S),
        "zone": zone_of(request),
    }
    return TemplateResponse(request, "admin/proctoring/monitoringsession/store.html", context)
