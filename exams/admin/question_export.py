"""Export of questions in the admin: choose a format, see what it cannot hold, download the file."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path

from accounts.tenancy import current_institution
from exams.bank import exports
from exams.bank.categories import lies_in
from exams.bank.formats.registry import choices, format_named
from exams.models import Question, QuestionCategory
from proctor_site.kernel.errors import InvalidInput, Refusal

if TYPE_CHECKING:
    _Options = admin.ModelAdmin[Any]
else:
    _Options = object


class ExportForm(forms.Form):
    """Which questions, and in which format."""

    questions = forms.CharField(required=False, widget=forms.HiddenInput)
    category: Any = forms.ModelChoiceField(
        label="Category",
        required=False,
        queryset=QuestionCategory.objects.none(),
        empty_label="All",
        help_text="With everything below it.",
    )
    format = forms.ChoiceField(label="Format", choices=choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["category"]
        chosen.queryset = QuestionCategory.objects.order_by("path")

    def clean_questions(self) -> list[int]:
        """Ids of chosen questions; none means every question in use."""
        parts = [part for part in self.cleaned_data["questions"].split(",") if part]
        if len(parts) > exports.MOST_QUESTIONS or not all(
            part.isdecimal() and len(part) < 18 for part in parts
        ):
            raise forms.ValidationError("Choose the questions again in the list.")
        return [int(part) for part in parts]


class ExportsQuestions(_Options):
    """Mixin of the question list: an action and a page that write questions into a file."""

    def get_urls(self) -> list[Any]:
        page = self.admin_site.admin_view(self.export_page)
        return [path("export/", page, name="exams_question_export"), *super().get_urls()]

    @admin.action(description="Export the chosen questions", permissions=["change"])
    def export_chosen(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> HttpResponse:
        """Leads from the list to the export page with those questions."""
        chosen = ",".join(str(key) for key in queryset.values_list("pk", flat=True))
        return self._export_page(request, ExportForm(initial={"questions": chosen}), chosen.count(",") + 1)

    def export_page(self, request: HttpRequest) -> HttpResponse:
        """Report and download; without chosen questions of all that are in use."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return self._export_page(request, ExportForm(), self._rows([], None).count())
        form = ExportForm(request.POST)
        if not form.is_valid():
            return self._export_page(request, form, 0)
        rows = self._rows(form.cleaned_data["questions"], form.cleaned_data["category"])
        try:
            found = exports.fitted(rows, format_named(form.cleaned_data["format"]))
            if "download" in request.POST:
                return self._file(request, found)
        except Refusal as refusal:
            form.add_error("format" if isinstance(refusal, InvalidInput) else None, refusal.message)
            return self._export_page(request, form, rows.count())
        return self._export_page(request, form, rows.count(), found)

    def _rows(self, chosen: list[int], category: QuestionCategory | None) -> models.QuerySet[Question]:
        rows = Question.objects.filter(lies_in(category)) if category else Question.objects.all()
        return rows.filter(pk__in=chosen) if chosen else rows.filter(retired_at=None)

    def _file(self, request: HttpRequest, found: exports.Fitted) -> HttpResponse:
        here = current_institution()
        if here is None:
            raise PermissionDenied("No institution is chosen.")
        actor: Any = request.user
        data = exports.export(here, found, actor=actor)
        response = HttpResponse(data, content_type=found.format.content_type)
        response["Content-Disposition"] = f'attachment; filename="questions.{found.format.extension}"'
        return response

    def _export_page(
        self, request: HttpRequest, form: ExportForm, count: int, found: exports.Fitted | None = None
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": "Export questions",
            "opts": self.opts,
            "form": form,
            "count": count,
            "found": found,
        }
        return TemplateResponse(request, "admin/exams/question/export.html", context)
