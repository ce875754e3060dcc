"""The dashboard of one sitting: where it stands now, flags, review and fairness; and its table as a file."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.downloads import download
from accounts.pages.guards import person_of, require_right
from exams.models import Sitting
from exams.pages.report_files import chosen
from exams.scheduling.queries import counted_sittings
from exams.tables import Format
from proctor_site.kernel.errors import NotFound
from proctoring.pages.watching import zone_of
from proctoring.reports import sitting_table
from proctoring.reports.access import require_sitting
from proctoring.reports.fairness import LEAST_GROUP
from proctoring.reports.sitting import figures_of


@never_cache
@require_safe
@require_right("proctoring.view_incident")
def sitting_report(request: HttpRequest, slug: str, sitting_id: int) -> HttpResponse:
    """The page; `?part=figures`: what changes, alone."""
    sitting = _sitting(request, sitting_id)
    context = {
        "sitting": sitting,
        "figures": figures_of(sitting),
        "zone": zone_of(request),
        "formats": [each for each in Format if each is not Format.JSON],
        "may_export": request.user.has_perm("exams.export_results"),
        "least_group": LEAST_GROUP,
    }
    part = "_sitting_figures" if request.GET.get("part") == "figures" else "sitting"
    return render(request, f"proctoring/reports/{part}.html", context)


@never_cache
@require_safe
@require_right("exams.export_results")
def sitting_report_export(request: HttpRequest, slug: str, sitting_id: int) -> HttpResponseBase:
    """The table in the form `as`, for the exam office."""
    sitting = _sitting(request, sitting_id)
    form = chosen(Format, request.GET.get("as", Format.CSV_FOR_SPREADSHEETS), "as")
    made = sitting_table.export(sitting, form, actor=person_of(request))
    return download(request, made.file, name=made.name, content_type=made.content_type)


def _sitting(request: HttpRequest, sitting_id: int) -> Sitting:
    rows = counted_sittings().select_related("exam", "institution").filter(pk=sitting_id)
    try:
        return require_sitting(rows.first(), person_of(request))
    except NotFound as refusal:
        raise Http404(refusal.message) from refusal
