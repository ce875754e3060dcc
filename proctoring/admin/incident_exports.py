"""The incident list as a file: sent at once while it is short, else made by a job that a page waits for."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import downloads
from accounts.jobs.kinds import Progress, job_kind
from accounts.models import Institution, Job, User
from accounts.tenancy import current_institution
from exams.admin.job_state import state_of
from proctor_site.kernel.errors import NotAllowed, Refusal
from proctoring.admin.incident_queue import FILTERS
from proctoring.admin.listed import listed
from proctoring.admin.read_only import zone_of
from proctoring.models import IncidentExport
from proctoring.review import incident_export_mails, incident_exports

_SHOWN = 20


class Exports:
    """Mixin of the incident pages."""

    admin_site: Any
    opts: Any

    def export_urls(self) -> list[Any]:
        def named(address: str, view: Any, name: str) -> Any:
            return path(address, self.admin_site.admin_view(never_cache(view)), name=f"proctoring_{name}")

        one = "exports/<int:incident_export_id>/"
        return [
            named("export/", require_POST(self.export_view), "incident_export"),
            named("exports/", require_safe(self.exports_view), "incident_exports"),
            named(one, require_safe(self.one_export_view), "incident_export_page"),
            named(f"{one}state/", require_safe(self.export_state_view), "incident_export_state"),
            named(f"{one}file/", require_safe(self.export_file_view), "incident_export_file"),
        ]

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """The list as it was filtered, or a job that makes it."""
        here, person = _here(request)
        query, zone = request.POST.get(FILTERS, "")[:2000], zone_of(request)
        try:
            form = incident_exports.form_of(request.POST.get("form", ""))
            incident_exports.require(person, here)
            rows = listed(person, query)
            few = rows.values_list("pk", flat=True)[: incident_exports.AT_ONCE + 1]
            if len(few) > incident_exports.AT_ONCE:
                row = incident_exports.ask(
                    here, actor=person, form=form, query=query, zone=zone, expected=rows.count()
                )
                return redirect("admin:proctoring_incident_export_page", row.pk)
        except NotAllowed as refusal:
            raise PermissionDenied(refusal.message) from refusal
        except Refusal as refusal:
            messages.error(request, f"{refusal.message} Nothing was exported.")
            address = reverse("admin:proctoring_incident_changelist")
            return redirect(f"{address}?{query}" if refusal.field != "filter" and query else address)
        file, number = incident_exports.write(rows, form, viewer=person, here=here, zone=zone)
        digest = incident_exports.digest_of(file)
        incident_exports.note(here, person, form=form, query=query, rows=number, sha256=digest)
        return _sent(request, file, here, form)

    def exports_view(self, request: HttpRequest) -> HttpResponse:
        """Own exports that a job made or makes."""
        here, person = _here(request)
        rows = IncidentExport.objects.filter(institution=here, asked_by=person).select_related("job")
        context = {"title": "My exports of incidents", "exports": rows[:_SHOWN]}
        return self._page(request, "exports.html", context)

    def one_export_view(self, request: HttpRequest, incident_export_id: int) -> HttpResponse:
        """How far it is, and then the link to the file."""
        row = _own(request, incident_export_id)
        _here_, person = _here(request)
        context = {
            "title": "Incidents as a file",
            "export": row,
            "job": row.job,
            "is_there": incident_exports.is_there(row),
            "link": incident_exports.link_of(row, person),
            "state_url": reverse("admin:proctoring_incident_export_state", args=[row.pk]),
            "form_words": incident_exports.FORMS.get(row.form, row.form),
        }
        return self._page(request, "export.html", context)

    def export_state_view(self, request: HttpRequest, incident_export_id: int) -> HttpResponse:
        """For the page that waits."""
        return state_of(_own(request, incident_export_id).job)

    def export_file_view(self, request: HttpRequest, incident_export_id: int) -> HttpResponseBase:
        """The file, behind a link of minutes; each download is logged."""
        row = _own(request, incident_export_id)
        here, person = _here(request)
        try:
            file = incident_exports.open_for(row, request.GET.get("link", ""), viewer=person)
        except Refusal as refusal:
            messages.error(request, refusal.message)
            return redirect("admin:proctoring_incident_export_page", row.pk)
        return _sent(request, file, here, row.form)

    def _page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        more = {**self.admin_site.each_context(request), "opts": self.opts, "zone": zone_of(request)}
        page = f"admin/proctoring/incident/{template}"
        return TemplateResponse(request, page, {**more, **context}).render()


@job_kind(incident_exports.JOB, tries=3)
def make(job: Job, progress: Progress) -> dict[str, Any]:
    """Writes the file of one IncidentExport; what was made by an earlier try is left alone."""
    rows = IncidentExport.objects.select_related("institution", "asked_by")
    row = rows.get(pk=job.arguments["export"])
    if row.made_at is not None:
        return {"rows": row.rows}
    person, here, expected = row.asked_by, row.institution, int(job.arguments["expected"])
    if not person.has_perm("proctoring.export_incidents", here):
        raise NotAllowed("Who asked for it takes no lists out any more.")
    found = listed(person, row.query)
    file, number = incident_exports.write(
        found,
        row.form,
        viewer=person,
        here=here,
        zone=row.zone,
        tell=lambda done: progress.tell(min(done, expected - 1), expected),
    )
    with file:
        incident_exports.keep(row, file, number)
    incident_export_mails.write(row)
    return {"rows": number}


def may_export(request: HttpRequest) -> bool:
    """Whether the form is offered."""
    return bool(current_institution() and request.user.has_perm("proctoring.export_incidents"))


def _here(request: HttpRequest) -> tuple[Institution, User]:
    here = current_institution()
    if here is None or not isinstance(request.user, User) or not may_export(request):
        raise PermissionDenied
    return here, request.user


def _own(request: HttpRequest, export_id: int) -> IncidentExport:
    here, person = _here(request)
    rows = IncidentExport.objects.filter(institution=here, asked_by=person).select_related(
        "job", "institution"
    )
    row = rows.filter(pk=export_id).first()
    if row is None:
        raise Http404("There is no such export of yours.")
    return row


def _sent(request: HttpRequest, file: Any, here: Institution, form: str) -> HttpResponseBase:
    name, content_type = incident_exports.name_of_file(here, form), incident_exports.type_of(form)
    response = downloads.download(request, file, name=name, content_type=content_type)
    response["Cache-Control"] = "private, no-store"
    return response
