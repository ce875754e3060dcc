"""Pages beside the form of a question: as candidates see it, versions and use, the editor's preview."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from exams.bank import comparison, questions, rich_text, usage, wording
from exams.bank.questions import LONGEST_STEM, newest_version
from exams.bank.shown import prepare
from exams.kinds.registry import KINDS
from exams.models import Question, QuestionVersion
from exams.reports.queries import figures_of
from exams.templatetags.exam_text import exam_text, exam_text_inline
from proctor_site.kernel.errors import InvalidInput, Refusal

if TYPE_CHECKING:
    _Options = admin.ModelAdmin[Any]
else:
    _Options = object

MOST_TEXTS = 60
"""In one preview of the editor: the stem and the texts of the options."""


class QuestionPages(_Options):
    """Mixin of the question admin: further addresses, each checked like the form itself."""

    def get_urls(self) -> list[Any]:
        return [
            self._page("<int:question_id>/preview/", "preview", require_safe(self.preview)),
            self._page("<int:question_id>/preview/try/", "try", require_POST(self.try_answer)),
            self._page("<int:question_id>/use/", "use", require_safe(self.use)),
            self._page("<int:question_id>/copy/", "copy", require_POST(self.copy)),
            self._page("<int:question_id>/retire/", "retire", require_POST(self.retire_one)),
            self._page("<int:question_id>/restore/", "restore", require_POST(self.restore_one)),
            self._page("shown/", "shown", require_POST(self.shown)),
            *super().get_urls(),
        ]

    def _page(self, address: str, name: str, view: Callable[..., HttpResponse]) -> Any:
        return path(address, self.admin_site.admin_view(view), name=f"exams_question_{name}")

    # as candidates see it

    def preview(self, request: HttpRequest, question_id: int) -> HttpResponse:
        """A version (`?version=`, else the newest) in the candidate's own template, with the key below."""
        question = self._readable(request, question_id)
        version = _version_of(question, request.GET.get("version", ""))
        kind = KINDS[question.kind]
        item = {
            "id": version.pk,
            "position": 1,
            "access": "open",
            "points": "1",
            "points_number": Decimal(1),
            "shown": prepare(version, [], asks_certainty=False),
            "certainty_levels": [],
            "language": question.institution.language,
            "spell_check": False,
        }
        section = {"id": 0, "title": kind.label, "instructions": "", "navigation": "free", "items": [item]}
        context = {
            "title": f"Preview of {question}",
            "question": question,
            "version": version,
            "sections": [section],
            "question_count": 1,
            "key": wording.key_in_words(version),
        }
        return TemplateResponse(request, "exams/question_preview.html", context)

    def try_answer(self, request: HttpRequest, question_id: int) -> HttpResponse:
        """`{version, value}` -> `{share, answer, key}`: what that answer would earn; nothing is kept."""
        question = self._readable(request, question_id)
        given = _json_in(request)
        if not isinstance(given, dict):
            return _problem(InvalidInput("Send an object with the answer.", field="value"))
        version = _version_of(question, str(given.get("version", "")))
        kind = KINDS[question.kind]
        try:
            value = kind.validate_answer(version.content, given.get("value"))
        except Refusal as refusal:
            return _problem(refusal)
        share = kind.mark(version.content, value)
        return JsonResponse(
            {
                "share": None if share is None else float(share),
                "answer": wording.answer_in_words(version, value),
                "key": wording.key_in_words(version),
            }
        )

    # versions and use

    def use(self, request: HttpRequest, question_id: int) -> HttpResponse:
        """Versions with what each is used for, two of them compared, and the exams that hold the question."""
        question = self._readable(request, question_id)
        found = usage.usage_of(question)
        versions = list(question.versions.select_related("created_by").order_by("-number"))
        older, newer = _pair(versions, request.GET.get("older", ""), request.GET.get("newer", ""))
        context = {
            **self.admin_site.each_context(request),
            "title": f"Versions and use of {question}",
            "opts": self.opts,
            "question": question,
            "usage": found,
            "rows": [(version, found.papers.get(version.number, 0)) for version in versions],
            "older": older,
            "newer": newer,
            "lines": comparison.compare(older, newer) if older and newer else [],
            "figures": figures_of([question]).get(question.pk),
            "may_change": self.may("change", request, question),
        }
        return TemplateResponse(request, "admin/exams/question/use.html", context)

    def copy(self, request: HttpRequest, question_id: int) -> HttpResponse:
        """A copy, opened to be changed."""
        question = self._writable(request, question_id)
        actor: Any = request.user
        made = questions.copy_question(question, actor=actor)
        messages.success(request, f"This is the copy, “{made}”. Give it a title of its own.")
        return redirect("admin:exams_question_change", made.pk)

    def retire_one(self, request: HttpRequest, question_id: int) -> HttpResponse:
        """Out of use; can be undone on the same page."""
        actor: Any = request.user
        questions.retire(self._writable(request, question_id), actor=actor)
        messages.success(request, "The question is retired: no further section can take it.")
        return redirect("admin:exams_question_use", question_id)

    def restore_one(self, request: HttpRequest, question_id: int) -> HttpResponse:
        """Back into use."""
        actor: Any = request.user
        questions.restore(self._writable(request, question_id), actor=actor)
        messages.success(request, "The question is in use again.")
        return redirect("admin:exams_question_use", question_id)

    # the editor

    def shown(self, request: HttpRequest) -> HttpResponse:
        """`{text_format, texts}` -> `{texts}` as a page would show them, the first one with paragraphs."""
        if not (self.may("add", request) or self.may("change", request)):
            raise PermissionDenied
        given = _json_in(request)
        try:
            if not isinstance(given, dict):
                raise InvalidInput("Send an object with the texts.", field="texts")
            owner = {"text_format": rich_text.check_format(given.get("text_format"))}
            texts = _texts_in(given.get("texts"))
        except Refusal as refusal:
            return _problem(refusal)
        shown = [exam_text(text, owner) for text in texts[:1]]
        shown += [exam_text_inline(text, owner) for text in texts[1:]]
        return JsonResponse({"texts": shown})

    # rights

    def _readable(self, request: HttpRequest, question_id: int) -> Question:
        question = self.get_object(request, str(question_id))
        if question is None:
            raise Http404("There is no such question.")
        if not self.has_view_permission(request, question):
            raise PermissionDenied
        return question

    def _writable(self, request: HttpRequest, question_id: int) -> Question:
        question = self._readable(request, question_id)
        # Not has_change_permission: that is for the form, which a retired question does not have.
        if not self.may("change", request, question):
            raise PermissionDenied
        return question

    def may(self, verb: str, request: HttpRequest, obj: Any = None) -> bool:
        """Of the tenant admin beside this mixin."""
        return super().may(verb, request, obj)  # type: ignore[misc]


def _version_of(question: Question, number: str) -> QuestionVersion:
    if number.isascii() and number.isdigit() and len(number) < 9:
        version = question.versions.filter(number=int(number)).first()
    else:
        version = newest_version(question) if not number else None
    if version is None:
        raise Http404("There is no such version.")
    return version


def _pair(
    versions: list[QuestionVersion], older: str, newer: str
) -> tuple[QuestionVersion | None, QuestionVersion | None]:
    """The two versions to compare, lower number first: those asked for, else the newest two."""
    by_number = {str(version.number): version for version in versions}
    chosen = [by_number[number] for number in (older, newer) if number in by_number]
    if len(chosen) < 2:
        chosen = versions[:2]
    if len(chosen) < 2:
        return None, None
    first, second = sorted(chosen, key=lambda version: version.number)
    return first, second


def _json_in(request: HttpRequest) -> Any:
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError):
        return None


def _texts_in(texts: Any) -> list[str]:
    if not isinstance(texts, list) or len(texts) > MOST_TEXTS:
        raise InvalidInput(f"Send a list of at most {MOST_TEXTS} texts.", field="texts")
    if not all(isinstance(text, str) and len(text) <= LONGEST_STEM for text in texts):
        raise InvalidInput(f"Each text may have {LONGEST_STEM} characters.", field="texts")
    return texts


def _problem(refusal: Refusal) -> JsonResponse:
    return JsonResponse(
        {"code": refusal.code, "detail": refusal.message, "field": refusal.field or ""}, status=refusal.status
    )
