"""Exams in the admin: settings with sections below; questions have a page of their own."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.db.models import Count, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.html import format_html

from accounts.admin.site import site
from accounts.admin.tenant import TenantAdmin, TenantStackedInline
from exams.admin.exam_content import address_of, content_page
from exams.admin.exam_copies import copy_page, templates_page
from exams.admin.exam_form import TOOLS, ExamForm, certainty_note, pass_mark_note
from exams.admin.exam_papers import preview_page, print_page
from exams.admin.positions import PositionForm, PositionFormset
from exams.bank.grades import steps_as_text
from exams.bank.tools import tools_of
from exams.models import Exam, Section, SectionPool, SectionQuestion

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


def _or_0(rows: "models.QuerySet[Any, Any]") -> Any:
    return Coalesce(
        models.Subquery(rows, output_field=models.DecimalField()), 0, output_field=models.DecimalField()
    )


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
        return (
            super()
            .get_queryset(request)
            .annotate(placed=Count("questions", distinct=True), pool_count=Count("pools", distinct=True))
        )

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0 if obj else 1

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        return _with_help(db_field, super().formfield_for_dbfield(db_field, request, **kwargs))

    @admin.display(description="questions")
    def questions_link(self, section: Section) -> str:
        if not section.pk:
            return "Save first, then add questions."
        placed, pools = getattr(section, "placed", 0), getattr(section, "pool_count", 0)
        text = f"{placed} question{'' if placed == 1 else 's'}"
        if pools:
            text += f" and {pools} pool{'' if pools == 1 else 's'}"
        address = f"{address_of(section.exam)}#section-{section.pk}"
        return format_html('<a href="{}">{}: change</a>', address, text)


@admin.register(Exam, site=site)
class ExamAdmin(TenantAdmin):
    """Exams. `inlines` is a list, so that proctoring can add its policy."""

    list_display = (
        "title",
        "question_count",
        "points",
        "pass_mark",
        "sitting_count",
        "is_template",
        "changed_at",
    )
    list_filter = ("is_template", "is_outside")
    search_fields = ("title",)
    form = ExamForm
    fieldsets = (
        (None, {"fields": ("title", "instructions", "language", "is_template", "is_outside")}),
        (
            "Tools for candidates",
            {
                "fields": TOOLS,
                "description": "On the exam page, beside the questions. Text size, colours and spacing are "
                "offered always.",
            },
        ),
        ("Result", {"fields": ("asks_certainty", "pass_percentage", "grade_preset", "grade_text")}),
    )
    inlines = [SectionInline]
    change_form_template = "admin/exams/exam/change_form.html"

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> Any:
        """A new exam leads to the page on which it is put together."""
        if "_save" in request.POST or not request.POST.keys() & {"_continue", "_addanother", "_popup"}:
            if obj.is_outside:
                messages.success(
                    request, f"“{obj}” is there. Now make a sitting: its number starts sessions."
                )
                return redirect("admin:exams_exam_change", obj.pk)
            messages.success(request, f"“{obj}” is there. Now put questions into its sections.")
            return redirect(address_of(obj))
        return super().response_add(request, obj, post_url_continue)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj and not self.has_change_permission(request, obj):
            shown = ("title", "instructions", "tools", "asks_certainty", "pass_percentage", "grades")
            return [(None, {"fields": shown})]
        if obj and obj.is_outside:
            return [(None, {"fields": ("title", "is_outside")})]
        return super().get_fieldsets(request, obj)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """What another system delivers has no sections here."""
        inlines = super().get_inlines(request, obj)
        return [each for each in inlines if each is not SectionInline] if obj and obj.is_outside else inlines

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("grades", "tools", "is_outside") if obj else ("grades", "tools")

    def get_urls(self) -> list[Any]:
        """The pages of an exam besides its settings; each checks the right itself."""
        pages = {
            "content": content_page,
            "preview": preview_page,
            "print": print_page,
            "copy": copy_page,
        }
        own = [
            path(f"<int:exam_id>/{name}/", self._viewed(page), name=f"exams_exam_{name}")
            for name, page in pages.items()
        ]
        templates = path("from-template/", self._viewed(templates_page), name="exams_exam_templates")
        return [templates, *own, *super().get_urls()]

    def _viewed(self, page: Callable[..., HttpResponse]) -> Any:
        return self.admin_site.admin_view(partial(page, self))

    @admin.display(description="tools for candidates")
    def tools(self, exam: Exam) -> str:
        return tools_of(exam).in_words

    @admin.display(description="grade scale")
    def grades(self, exam: Exam) -> str:
        return ", ".join(steps_as_text(exam.grade_steps).splitlines()) or "none"

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if note := pass_mark_note(obj):
            messages.warning(request, note)
        changed = {"asks_certainty", "pass_percentage"} & set(form.changed_data)
        if changed and (note := certainty_note(obj)):
            messages.warning(request, note)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request)
        placed = SectionQuestion.objects.filter(section__exam=models.OuterRef("pk")).order_by()
        fixed = placed.values("section__exam").annotate(count=Count("pk"), points=Sum("points"))
        pools = SectionPool.objects.filter(section__exam=models.OuterRef("pk")).order_by()
        drawn = pools.values("section__exam").annotate(
            number=Sum("count"), sum_of_points=Sum(models.F("count") * models.F("points"))
        )
        return rows.annotate(
            placed=_or_0(fixed.values("count")) + _or_0(drawn.values("number")),
            total_points=_or_0(fixed.values("points")) + _or_0(drawn.values("sum_of_points")),
            held=Count("sittings", filter=models.Q(sittings__is_practice=False), distinct=True),
        )

    @admin.display(description="questions", ordering="placed")
    def question_count(self, exam: Exam) -> int:
        return int(getattr(exam, "placed", 0))

    @admin.display(description="points", ordering="total_points")
    def points(self, exam: Exam) -> Any:
        return Decimal(getattr(exam, "total_points", 0)).quantize(Decimal("0.01"))

    @admin.display(description="pass mark", ordering="pass_percentage")
    def pass_mark(self, exam: Exam) -> str:
        return f"{exam.pass_percentage} %"

    @admin.display(description="sittings", ordering="held")
    def sitting_count(self, exam: Exam) -> int:
        return int(getattr(exam, "held", 0))


@admin.register(Section, site=site)
class SectionAdmin(TenantAdmin):
    """The settings of one section; reached from its exam, so it has no entry of its own."""

    fields = ("exam_link", *_SECTION_FIELDS)
    readonly_fields = ("exam_link",)
    list_display = ("title", "exam", "position")
    list_select_related = ("exam",)
    search_fields = ("title", "exam__title")

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        return _with_help(db_field, super().formfield_for_dbfield(db_field, request, **kwargs))

    @admin.display(description="exam")
    def exam_link(self, section: Section) -> str:
        return format_html('<a href="{}">{}: questions</a>', address_of(section.exam), section.exam)

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        return {}

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Sections are added below their exam."""
        return False
