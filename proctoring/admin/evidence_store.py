"""Whether evidence reaches its store: the page that says so, and what is said of an incident's files."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from accounts import limits
from accounts.admin.site import Note
from accounts.tenancy import current_institution
from proctor_site.kernel.errors import Refusal
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


def note(request: HttpRequest) -> Note | None:
    """What the first page of the admin says of the store: a link while it is well, else a warning."""
    if current_institution() is None or not request.user.has_perm("proctoring.view_monitoringsession"):
        return None
    state, address = spool_state.state(), reverse("admin:proctoring_evidence_store")
    if state.is_well:
        return Note("Evidence reaches its store.", address, "Evidence store")
    said = []
    if state.not_kept:
        said.append(f"{state.not_kept} pictures or recordings could not be kept in the last 24 hours.")
    if state.oldest_s >= spool_state.LATE_S:
        wait = "1 file of evidence waits" if state.waiting == 1 else f"{state.waiting} files of evidence wait"
        said.append(f"{wait} for a store that does not take them.")
    return Note(" ".join(said), address, "See what waits, and try again", is_warning=True)


def retry(admin: Any, request: HttpRequest) -> HttpResponse:
    """Tries at once what waits on this machine, and says what came of it."""
    if not request.user.has_perm("proctoring.tend_evidence_store"):
        raise PermissionDenied
    try:
        limits.count("evidence-retry", str(request.user.pk), most=6, seconds=60)
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect("admin:proctoring_evidence_store")
    moved, left = spool_state.retry_now(), spool_state.state().waiting
    stored = "1 file was stored" if moved == 1 else f"{moved} files were stored"
    if moved is None:
        messages.warning(request, "The store has not answered yet; the try goes on.")
    elif left:
        messages.warning(
            request, f"{stored}, {left} still wait. The youngest are tried by themselves within seconds."
        )
    else:
        messages.success(request, f"{stored}; nothing waits on this machine.")
    return redirect("admin:proctoring_evidence_store")


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
        "may_retry": request.user.has_perm("proctoring.tend_evidence_store"),
    }
    return TemplateResponse(request, "admin/proctoring/monitoringsession/store.html", context)
