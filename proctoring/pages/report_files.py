"""Reports as PDF: asking for one, its progress, and the download."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.pages.guards import here_of, person_of, require_right
from accounts.pages.refusals import refused_page
from proctor_site.kernel.errors import NotFound, Refusal
from proctoring.models import ReportFile
from proctoring.pages.reports import found_session, report_url
from proctoring.pages.watching import zone_of
from proctoring.reports import files


@require_POST
@require_right("proctoring.view_incident")
def ask_for_pdf(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """Asks for the PDF and leads to the page that waits for it."""
    session = found_session(request, public_id=public_id)
    row = files.ask(session, actor=person_of(request), zone=zone_of(request))
    return redirect("proctoring_report_file", slug, row.pk)


@never_cache
@require_safe
@require_right("proctoring.view_incident")
def report_file(request: HttpRequest, slug: str, report_id: int) -> HttpResponse:
    """How far the PDF is; when it is made, the link to it. `?part=state`: the changing part alone."""
    row = _own(request, report_id)
    link = files.link_of(row, person_of(request))
    context = {
        "file": row,
        "job": row.job,
        "report_url": report_url(here_of(request).slug, row.session),
        "download_url": f"{reverse('proctoring_report_download', args=[slug, row.pk])}?link={link}",
        "minutes": int(files.LINK_LIFETIME.total_seconds() // 60),
        "is_waiting": row.made_at is None and row.job is not None and not row.job.is_over,
        "zone": zone_of(request),
    }
    part = "_file_state" if request.GET.get("part") == "state" else "file"
    return render(request, f"proctoring/reports/{part}.html", context)


@never_cache
@require_safe
@require_right("proctoring.view_incident")
def report_download(request: HttpRequest, slug: str, report_id: int) -> HttpResponse:
    """The PDF itself, for who asked, as long as the link holds."""
    try:
        data = files.open_file(report_id, request.GET.get("link", ""), person_of(request))
    except Refusal as refusal:
        response = refused_page(request, refusal)
        response["Cache-Control"] = "private, no-store"
        return response
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="proctoring-report-{report_id}.pdf"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _own(request: HttpRequest, report_id: int) -> ReportFile:
    try:
        return files.file_for(report_id, person_of(request))
    except NotFound as refusal:
        raise Http404(refusal.message) from refusal
