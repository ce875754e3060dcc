"""The list of the bank: columns, filters, search, and what can be done with many questions at once."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import smart_split, unescape_string_literal

from exams.admin.question_filters import (
    CategoryFilter,
    DifficultyFilter,
    KindFilter,
    RetiredFilter,
    TagFilter,
)
from exams.bank import classification, questions
from exams.kinds.registry import KINDS
from exams.models import PaperItem, Question, QuestionCategory, QuestionVersion, SectionQuestion
from exams.reports.queries import figures_of
from proctor_site.kernel.errors import Refusal

if TYPE_CHECKING:
    _Options = admin.ModelAdmin[Any]
else:
    _Options = object

MOST_WORDS = 10
"""Words of one search; further ones are not looked at."""


class QuestionActionForm(ActionForm):
    """The action, and where to move questions to."""

    to_category = forms.ChoiceField(
        label="Category to move to:",
        required=False,
        choices=lambda: [
            ("", "None"),
            *((str(row.pk), row.path) for row in QuestionCategory.objects.order_by("path")),
        ],
    )


class QuestionList(_Options):
    """Mixin of the question admin. However long the bank is, a page costs the same number of queries."""

    class Media:
        css = {"all": ("css/exams_admin.css",)}

    list_display = (
        "title",
        "kind_label",
        "category",
        "difficulty",
        "tag_list",
        "version_number",
        "used_in",
        "figures",
        "retired_at",
    )
    list_filter = (CategoryFilter, KindFilter, DifficultyFilter, TagFilter, RetiredFilter)
    list_select_related = ("category",)
    search_fields = ("title",)
    search_help_text = "Searches titles, question texts, tags and categories; every word must occur."
    ordering = ("title", "id")
    actions = ("retire", "restore", "move", "export_chosen")
    action_form = QuestionActionForm

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        versions = QuestionVersion.objects.filter(question=OuterRef("pk")).order_by("-number")
        placed = SectionQuestion.objects.filter(question=OuterRef("pk")).order_by().values("question")
        drawn = PaperItem.objects.filter(
            version__question=OuterRef("pk"), attempt__enrolment__sitting__is_practice=False
        ).order_by()
        return (
            super()
            .get_queryset(request)
            .prefetch_related("tags")
            .annotate(
                newest_number=Subquery(versions.values("number")[:1]),
                exams=Coalesce(
                    Subquery(placed.annotate(n=Count("section__exam", distinct=True)).values("n")), 0
                ),
                papers=Coalesce(
                    Subquery(drawn.values("version__question").annotate(n=Count("pk")).values("n")), 0
                ),
            )
        )

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The rows of the page, each with its figures; one query for all."""
        changelist = super().get_changelist_instance(request)
        figures = figures_of(changelist.result_list)
        for question in changelist.result_list:
            question.found_figures = figures.get(question.pk)
        return changelist

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Every word in title, newest text, a tag or the category. Autocomplete: those in use only."""
        for word in _words_of(search_term)[:MOST_WORDS]:
            queryset = queryset.filter(_holds(word))
        if request.path.endswith("/autocomplete/"):
            queryset = queryset.filter(retired_at=None)
        return queryset, False

    @admin.display(description="kind", ordering="kind")
    def kind_label(self, question: Question) -> str:
        return KINDS[question.kind].label

    @admin.display(description="tags")
    def tag_list(self, question: Question) -> str:
        names = sorted(tag.name for tag in question.tags.all())
        return format_html_join(" ", '<span class="tag">{}</span>', ((name,) for name in names))

    @admin.display(description="version", ordering="newest_number")
    def version_number(self, question: Question) -> int | None:
        return getattr(question, "newest_number", None)

    @admin.display(description="used in", ordering="papers")
    def used_in(self, question: Question) -> str:
        exams, papers = getattr(question, "exams", 0), getattr(question, "papers", 0)
        if not exams and not papers:
            return "nothing yet"
        address = reverse("admin:exams_question_use", args=[question.pk])
        return format_html(
            '<a href="{}" class="use-count"><span>{} exam{}</span> <span>{} paper{}</span></a>',
            address,
            exams,
            "" if exams == 1 else "s",
            papers,
            "" if papers == 1 else "s",
        )

    @admin.display(description="facility, discrimination", empty_value="")
    def figures(self, question: Question) -> str | None:
        """As the reports have them, in per cent; empty where no sitting has statistics."""
        found = getattr(question, "found_figures", None)
        if found is None:
            return None
        index = "?" if found.discrimination is None else f"{found.discrimination:.0f} %"
        return f"{found.facility:.0f} %, {index}"

    @admin.action(description="Retire the chosen questions", permissions=["change"])
    def retire(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        actor: Any = request.user
        done = self._for_each(request, queryset, lambda question: questions.retire(question, actor=actor))
        messages.success(request, f"{done} questions are retired; they cannot be put into further sections.")

    @admin.action(description="Take the chosen questions back into use", permissions=["change"])
    def restore(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        actor: Any = request.user
        done = self._for_each(request, queryset, lambda question: questions.restore(question, actor=actor))
        messages.success(request, f"{done} questions are in use.")

    @admin.action(description="Move the chosen questions to the category", permissions=["change"])
    def move(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        actor: Any = request.user
        wanted = request.POST.get("to_category", "")
        category = None
        if wanted:
            key = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 19 else 0
            category = QuestionCategory.objects.filter(pk=key).first()
            if category is None:
                messages.error(request, "That category is not there any more; nothing was moved.")
                return

        def moved(question: Question) -> None:
            classification.classify(
                question,
                category=category,
                tags=classification.tag_names(question),
                difficulty=question.difficulty,
                actor=actor,
            )

        done = self._for_each(request, queryset, moved)
        place = f"in “{category.path}”" if category else "without a category"
        messages.success(request, f"{done} questions are {place}.")

    @staticmethod
    def _for_each(request: HttpRequest, queryset: QuerySet[Any], act: Any) -> int:
        done = 0
        for question in queryset:
            try:
                act(question)
                done += 1
            except Refusal as refusal:
                messages.error(request, f"{question}: {refusal.message}")
        return done


def _words_of(search: str) -> list[str]:
    """Words, and phrases in quotes, as in the other searches of the admin."""
    words = []
    for bit in smart_split(search.replace("\x00", " ")):
        quoted = bit[0] in "\"'" and bit[0] == bit[-1] and len(bit) > 1
        words.append(unescape_string_literal(bit) if quoted else bit)
    return [word for word in words if word]


def _holds(word: str) -> Q:
    newest = QuestionVersion.objects.filter(
        question=OuterRef("pk"), number=OuterRef("newest_number"), stem__icontains=word
    )
    tagged = Question.tags.through.objects.filter(question=OuterRef("pk"), questiontag__name__icontains=word)
    own = Q(title__icontains=word) | Q(category__path__icontains=word)
    return own | Q(Exists(newest)) | Q(Exists(tagged))
