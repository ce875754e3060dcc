"""The question bank in the admin: one form per kind; changing a used question makes a new version."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html

from accounts.admin.site import site
from accounts.admin.tenant import TenantAdmin
from accounts.tenancy import current_institution
from accounts.zones import day_in_words
from exams.admin.question_export import ExportsQuestions
from exams.admin.question_form import QuestionForm, form_for, layout_of
from exams.admin.question_list import QuestionList
from exams.admin.question_pages import QuestionPages
from exams.admin.refusals import RefusalsInWords
from exams.bank import classification, questions, wording
from exams.bank.questions import newest_version
from exams.kinds.registry import KINDS, choices
from exams.models import Question


@admin.register(Question, site=site)
class QuestionAdmin(QuestionList, QuestionPages, ExportsQuestions, RefusalsInWords, TenantAdmin):
    """Questions. The kind is chosen first and stays; wording and key are versions."""

    add_form_template = "admin/exams/question/change_form.html"
    change_form_template = "admin/exams/question/change_form.html"

    @admin.display(description="version")
    def version_note(self, question: Question) -> str:
        version = newest_version(question) if question.pk else None
        if version is None:
            return "Will be version 1."
        if version.used_at is None:
            return f"Version {version.number}; no paper uses it yet, so changes are made in it."
        return (
            f"Version {version.number}; papers use it since {day_in_words(version.used_at)}. "
            "A change makes a new version; old papers keep theirs."
        )

    @admin.display(description="pages")
    def preview_link(self, question: Question) -> str:
        if not question.pk:
            return "Save first to see it as candidates do."
        return format_html(
            '<a href="{}">See it as candidates do</a> · <a href="{}">Versions and use</a>',
            reverse("admin:exams_question_preview", args=[question.pk]),
            reverse("admin:exams_question_use", args=[question.pk]),
        )

    # the form of one kind

    def _kind_name(self, request: HttpRequest, obj: Question | None) -> str:
        return obj.kind if obj else request.GET.get("kind", "")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        name = self._kind_name(request, obj)
        if name in KINDS and self._may_write(request, obj):
            kwargs["form"] = form_for(KINDS[name], obj)
        return super().get_form(request, obj, change, **kwargs)

    def _may_write(self, request: HttpRequest, obj: Question | None) -> bool:
        return self.has_change_permission(request, obj) if obj else self.has_add_permission(request)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        name = self._kind_name(request, obj)
        if name not in KINDS or not self._may_write(request, obj):
            return [
                (None, {"fields": ["title", "kind_label", "wording", "key"]}),
                ("Place in the bank", {"fields": ["category", "tag_list", "difficulty"]}),
                ("Use", {"fields": ["version_note", "preview_link"]}),
            ]
        kind = KINDS[name]
        version = newest_version(obj) if obj else None
        return [
            (None, {"fields": ["title", "text_format", "stem"]}),
            (kind.label, {"fields": layout_of(kind, version)}),
            ("Place in the bank", {"fields": ["category", "tag_names", "difficulty"]}),
            ("Use", {"fields": ["version_note", "preview_link"]}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["kind_label", "wording", "key", "tag_list", "version_note", "preview_link"]

    @admin.display(description="question text")
    def wording(self, question: Question) -> str:
        version = newest_version(question)
        return wording.stem_in_words(version) if version else ""

    @admin.display(description="right answer")
    def key(self, question: Question) -> str:
        version = newest_version(question)
        return wording.key_in_words(version) if version else ""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.retired_at is None)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Questions are retired, never deleted: papers refer to them."""
        return False

    # writing, through the bank

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        assert isinstance(form, QuestionForm)  # noqa: S101  (tells mypy)
        here = current_institution()
        if here is None:
            raise PermissionDenied("No institution is chosen.")
        actor: Any = request.user
        wording = form.wording
        place = form.place()
        if change:
            before = newest_version(obj)
            questions.rename(obj, title=obj.title, actor=actor)
            after = questions.new_version(obj, **wording._asdict(), actor=actor)
            classification.classify(obj, **place, actor=actor)
            if before is not None and after.pk != before.pk:
                messages.info(
                    request,
                    f"Papers use version {before.number}, so this was saved as version {after.number}; "
                    "old papers keep theirs.",
                )
            return
        made = questions.create_question(
            here, title=obj.title, kind=form.kind.name, **wording._asdict(), **place, actor=actor
        )
        obj.pk, obj._state.adding = made.pk, False
        obj.refresh_from_db()

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The bank writes the audit entry itself."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The bank writes the audit entry itself."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        if object_id is None and request.GET.get("kind") not in KINDS and self.has_add_permission(request):
            return self._choose_kind(request)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _choose_kind(self, request: HttpRequest) -> HttpResponse:
        query = request.GET.copy()
        kinds = []
        for name, label in choices():
            query["kind"] = name
            kinds.append((label, query.urlencode()))
        context = {
            **self.admin_site.each_context(request),
            "title": "Which kind of question?",
            "opts": self.opts,
            "kinds": kinds,
            "is_popup": "_popup" in request.GET,
        }
        return TemplateResponse(request, "admin/exams/question/choose_kind.html", context)
