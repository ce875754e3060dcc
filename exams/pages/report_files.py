"""Downloads of reports: a sitting's results, answers or statistics as a file."""

from typing import TypeVar

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.downloads import download
from accounts.naming import names_for
from accounts.pages.guards import person_of, require_right
from exams.reports.exports import NAMELESS, What, export
from exams.scheduling.queries import marked_sittings
from exams.tables import Format
from proctor_site.kernel.errors import InvalidInput

Choice = TypeVar("Choice", What, Format)


@never_cache
@require_safe
@require_right("exams.view_statistics")
def export_sitting(request: HttpRequest, slug: str, sitting_id: int) -> HttpResponseBase:
    """The table `what` in the form `as` as a file; what has names in it is for the office only."""
    sitting = (
        marked_sittings().select_related("exam__institution", "institution").filter(pk=sitting_id).first()
    )
    if sitting is None:
        raise Http404("There is no such sitting.")
    what = chosen(What, request.GET.get("what", What.RESULTS), "what")
    form = chosen(Format, request.GET.get("as", Format.CSV_FOR_SPREADSHEETS), "as")
    if what not in NAMELESS and not request.user.has_perm("exams.export_results"):
        raise PermissionDenied("Only the exam office may take results with names out of the system.")
    if what not in NAMELESS:
        people = sitting.enrolments.values_list("candidate", flat=True)
        names_for(request.user, sitting.institution).require(people, "This file")
    made = export(sitting, what, form, actor=person_of(request))
    return download(request, made.file, name=made.name, content_type=made.content_type)


def chosen(choices: type[Choice], given: str, field: str) -> Choice:
    """The choice that was named. Raises InvalidInput (`field`)."""
    try:
        return choices(given)
    except ValueError as error:
        known = ", ".join(each.value for each in choices)
        raise InvalidInput(f"There is no '{given[:40]}'; there are: {known}.", field=field) from error
