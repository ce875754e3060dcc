"""Import of questions in the admin: upload, report of the dry run with filter and CSV, confirmation."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from accounts.admin.site import site
from accounts.admin.tenant import TenantAdmin
from accounts.tenancy import current_institution
from exams.admin.job_state import state_of
from exams.bank import import_jobs, imports
from exams.bank.formats.registry import FORMATS, choices
from exams.kinds.registry import KINDS
from exams.models import QuestionCategory, QuestionImport
from exams.tables import Format, as_bytes
from proctor_site.kernel.errors import Refusal

ROWS_PER_PAGE = 100


class UploadForm(forms.Form):
    """The file and, when it should not be recognised, its format."""

    file = forms.FileField(
        label="File",
        help_text=f"At most {imports.MOST_BYTES // 1_000_000} MB. Nothing is imported yet: "
        "the next page shows what would be.",
    )
    format = forms.ChoiceField(
        label="Format", required=False, choices=[("", "Recognise it by its content"), *choices()]
    )
    category: Any = forms.ModelChoiceField(
        label="Put the questions below",
        required=False,
        queryset=QuestionCategory.objects.none(),
        empty_label="The top of the bank",
        help_text="Categories that the file names are made below it.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["category"]
        chosen.queryset = QuestionCategory.objects.order_by("path")

    def clean_file(self) -> Any:
        """Refuses by the size alone, before the bytes are read into memory."""
        file = self.cleaned_data["file"]
        if file.size > imports.MOST_BYTES:
            raise forms.ValidationError(
                f"The file is larger than {imports.MOST_BYTES // 1_000_000} MB; split it."
            )
        return file


@admin.register(QuestionImport, site=site)
class QuestionImportAdmin(TenantAdmin):
    """Files of questions: those that were imported, and those that wait for their confirmation."""

    list_display = ("file_name", "format_label", "state", "items", "created_by", "created_at")
    list_display_links = ("file_name",)
    list_select_related = ("created_by", "job")
    search_fields = ("file_name",)
    search_help_text = "Searches file names."

    def get_queryset(self, request: HttpRequest) -> Any:
        # The report is large; the pages of one import load it on demand.
        return super().get_queryset(request).defer("rows")

    @admin.display(description="format", ordering="format")
    def format_label(self, found: QuestionImport) -> str:
        return FORMATS[found.format].label if found.format in FORMATS else found.format

    @admin.display(description="state")
    def state(self, found: QuestionImport) -> str:
        if found.imported_at is not None:
            return "Imported"
        if found.dropped_at is not None:
            return "Dropped"
        if found.checked_at is None:
            return "Could not be read" if found.job and found.job.is_over else "Is being read"
        if found.job is None or found.job.kind != import_jobs.IMPORT:
            return "Waits for confirmation"
        return "Import failed" if found.job.is_over else "Is being imported"

    @admin.display(description="items")
    def items(self, found: QuestionImport) -> int:
        return sum(found.counts.values())

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Imports are dropped, never deleted: they say where questions came from."""
        return False

    def get_urls(self) -> list[Any]:
        def named(address: str, view: Any, name: str) -> Any:
            return path(address, self.admin_site.admin_view(view), name=f"exams_questionimport_{name}")

        return [
            named("<int:import_id>/confirm/", require_POST(self.confirm), "confirm"),
            named("<int:import_id>/drop/", require_POST(self.drop), "drop"),
            named("<int:import_id>/state/", self.job_state, "state"),
            named("<int:import_id>/report.csv", self.report_file, "report"),
            *super().get_urls(),
        ]

    # upload

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """The upload form; a file that can be read leads to its report."""
        here = current_institution()
        if here is None or not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            actor: Any = request.user
            file = form.cleaned_data["file"]
            try:
                found = import_jobs.receive(
                    here,
                    file_name=file.name,
                    data=file.read(),
                    format_name=form.cleaned_data["format"],
                    category=form.cleaned_data["category"],
                    actor=actor,
                )
                return redirect("admin:exams_questionimport_change", found.pk)
            except Refusal as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        context = {
            **self.admin_site.each_context(request),
            "title": "Import questions",
            "opts": self.opts,
            "form": form,
            "formats": FORMATS.values(),
        }
        return TemplateResponse(request, "admin/exams/questionimport/upload.html", context)

    # report

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The report of one file: what would be taken, or was taken, item by item."""
        found = self._found(request, object_id)
        wanted = request.GET.get("outcome", "")
        rows = [row for row in found.rows if wanted not in imports.OUTCOMES or row["outcome"] == wanted]
        page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("p"))
        context = {
            **self.admin_site.each_context(request),
            "title": f"Import of {found}",
            "opts": self.opts,
            "found": found,
            "format_label": self.format_label(found),
            "state": self.state(found),
            "earlier": imports.earlier_import(found),
            "outcomes": [
                (name, label, found.counts.get(name, 0)) for name, label in imports.OUTCOMES.items()
            ],
            "wanted": wanted if wanted in imports.OUTCOMES else "",
            "page": page,
            "rows": [_shown(row) for row in page],
            "waits": found.imported_at is None and found.dropped_at is None,
            "job": found.job if found.imported_at is None and found.dropped_at is None else None,
            "is_working": found.job is not None and not found.job.is_over,
            "state_url": reverse("admin:exams_questionimport_state", args=[found.pk]),
            "to_take": found.counts.get(imports.TAKEN, 0) + found.counts.get(imports.LOSS, 0),
            "may_import": self.has_change_permission(request, found),
        }
        return TemplateResponse(request, "admin/exams/questionimport/report.html", context)

    def job_state(self, request: HttpRequest, import_id: int) -> HttpResponse:
        """How far the reading or the import is, for the page that waits for it."""
        return state_of(self._found(request, str(import_id)).job)

    def report_file(self, request: HttpRequest, import_id: int) -> HttpResponse:
        """The report as CSV, in UTF-8 with a mark so that spreadsheets read it."""
        found = self._found(request, str(import_id))
        headers = ("number", "where", "outcome", "title", "kind", "words")
        cells = (
            (row["number"], row["where"], row["label"], row["title"], row["kind"], row["words"])
            for row in map(_shown, found.rows)
        )
        form = Format.CSV_FOR_SPREADSHEETS
        response = HttpResponse(as_bytes(form, headers, cells), content_type=form.content_type)
        response["Content-Disposition"] = f'attachment; filename="import-{found.pk}.csv"'
        return response

    # decisions

    def confirm(self, request: HttpRequest, import_id: int) -> HttpResponse:
        """Asks for the import; a second click changes nothing. The report shows its progress."""
        found = self._found(request, str(import_id), to_change=True)
        actor: Any = request.user
        try:
            found = import_jobs.ask(found, actor=actor)
        except Refusal as refusal:
            messages.error(request, f"Nothing was imported: {refusal.message}")
        return redirect("admin:exams_questionimport_change", found.pk)

    def drop(self, request: HttpRequest, import_id: int) -> HttpResponse:
        """Gives the file up."""
        found = self._found(request, str(import_id), to_change=True)
        actor: Any = request.user
        try:
            imports.drop(found, actor=actor)
            messages.success(request, f"{found} is dropped. Nothing was imported.")
        except Refusal as refusal:
            messages.error(request, refusal.message)
        return redirect(reverse("admin:exams_questionimport_changelist"))

    def _found(self, request: HttpRequest, object_id: str, *, to_change: bool = False) -> QuestionImport:
        found: QuestionImport | None = self.get_object(request, object_id)
        if found is None:
            raise Http404("There is no such import.")
        may = self.has_change_permission if to_change else self.has_view_permission
        if not may(request, found):
            raise PermissionDenied
        return found


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    kind = KINDS.get(row["kind"])
    return {
        **row,
        "label": imports.OUTCOMES.get(row["outcome"], row["outcome"]),
        "kind": kind.label if kind else "",
        "words": "; ".join(row["words"]),
    }
