"""Exams in the admin: sections below the exam, questions below each section."""

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.db.models import Count, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from accounts.admin.site import site
from accounts.admin.tenant import TenantAdmin, TenantStackedInline, TenantTabularInline
from exams.admin.exam_form import ExamForm, pass_mark_note
from exams.admin.positions import PositionForm, PositionFormset
from exams.bank.grades import steps_as_text
from exams.models import Exam, Section, SectionQuestion

_SECTION_FIELDS = (
    "title",
    "position",
    "instructions",
    "navigation",
    "minutes",
    "shuffle_questions",
    "shuffle_options",
)
_SECTION_HELP = {
    "instructions": "Shown with each question of the section.",
    "navigation": "Forward only: a question cannot be opened again after the next one, and going on needs "
    "the connection, because the next question is given out only then.",
    "minutes": "Empty: none. With a limit in any section, sections are taken one after the other; each "
    "closes by itself when its time is over. Extra time lengthens it by the same share.",
    "shuffle_questions": "Each candidate gets the questions of the section in another order.",
    "shuffle_options": "Each candidate gets the options of choice questions in another order.",
}


def _with_help(db_field: Any, field: Any) -> Any:
    if field is not None and db_field.name in _SECTION_HELP:
        field.help_text = _SECTION_HELP[db_field.name]
    return field


class SectionInline(TenantStackedInline):
    """The sections of an exam; the link leads to the questions of one."""

    model = Section
    form = PositionForm
    formset = PositionFormset
    fields = ("questions_link", *_SECTION_FIELDS)
    readonly_fields = ("questions_link",)
    extra = 1
    verbose_name_plural = "sections"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).annotate(question_count=Count("questions"))

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0 if obj else 1

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        return _with_help(db_field, super().formfield_for_dbfield(db_field, request, **kwargs))

    @admin.display(description="questions")
    def questions_link(self, section: Section) -> str:
        if not section.pk:
            return "Save first, then add questions."
        address = reverse("admin:exams_section_change", args=[section.pk])
        count = getattr(section, "question_count", 0)
        return format_html('<a href="{}">{} questions: change</a>', address, count)


@admin.register(Exam, site=site)
class ExamAdmin(TenantAdmin):
    """Exams. `inlines` is a list, so that proctoring can add its policy."""

    list_display = ("title", "question_count", "points", "pass_mark", "sitting_count", "changed_at")
    search_fields = ("title",)
    form = ExamForm
    fieldsets = (
        (None, {"fields": ("title", "instructions")}),
        ("Result", {"fields": ("pass_percentage", "grade_preset", "grade_text")}),
    )
    inlines = [SectionInline]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj and not self.has_change_permission(request, obj):
            return [(None, {"fields": ("title", "instructions", "pass_percentage", "grades")})]
        return super().get_fieldsets(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("grades",)

    @admin.display(description="grade scale")
    def grades(self, exam: Exam) -> str:
        return ", ".join(steps_as_text(exam.grade_steps).splitlines()) or "none"

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if note := pass_mark_note(obj):
            messages.warning(request, note)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request)
        placed = SectionQuestion.objects.filter(section__exam=models.OuterRef("pk")).order_by()
        totals = placed.values("section__exam").annotate(count=Count("pk"), points=Sum("points"))
        return rows.annotate(
            placed=models.Subquery(totals.values("count")),
            total_points=models.Subquery(totals.values("points")),
            held=Count("sittings", distinct=True),
        )

    @admin.display(description="questions", ordering="placed")
    def question_count(self, exam: Exam) -> int:
        return getattr(exam, "placed", None) or 0

    @admin.display(description="points", ordering="total_points")
    def points(self, exam: Exam) -> Any:
        return getattr(exam, "total_points", None) or 0

    @admin.display(description="pass mark", ordering="pass_percentage")
    def pass_mark(self, exam: Exam) -> str:
        return f"{exam.pass_percentage} %"

    @admin.display(description="sittings", ordering="held")
    def sitting_count(self, exam: Exam) -> int:
        return int(getattr(exam, "held", 0))


class SectionQuestionInline(TenantTabularInline):
    """The questions of a section. Papers already drawn keep their questions and points."""

    model = SectionQuestion
    form = PositionForm
    formset = PositionFormset
    fields = ("question", "position", "points")
    autocomplete_fields = ("question",)
    verbose_name = "question"
    verbose_name_plural = "questions (papers that are drawn already keep theirs)"
    extra = 1


@admin.register(Section, site=site)
class SectionAdmin(TenantAdmin):
    """One section with its questions; reached from its exam, so it has no entry of its own."""

    fields = ("exam_link", *_SECTION_FIELDS)
    readonly_fields = ("exam_link",)
    list_display = ("title", "exam", "position")
    list_select_related = ("exam",)
    search_fields = ("title", "exam__title")
    inlines = [SectionQuestionInline]

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        return _with_help(db_field, super().formfield_for_dbfield(db_field, request, **kwargs))

    @admin.display(description="exam")
    def exam_link(self, section: Section) -> str:
        address = reverse("admin:exams_exam_change", args=[section.exam_id])
        return format_html('<a href="{}">{}</a>', address, section.exam)

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        return {}

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Sections are added below their exam."""
        return False
