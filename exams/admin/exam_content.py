"""The page on which an exam is put together: sections with questions and pools, and a search of the bank."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import User
from exams.admin.exam_content_forms import MOST_FOUND, PoolForm, SearchForm, SectionForm
from exams.bank import outline, structure
from exams.bank.outline import Entry
from exams.bank.structure import Place
from exams.kinds.registry import KINDS
from exams.models import Attempt, Exam, Question, Section, SectionPool, SectionQuestion
from proctor_site.kernel.errors import InvalidInput, Refusal

_MODELS: dict[str, type[Place]] = {"question": SectionQuestion, "pool": SectionPool}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a section. `key` names it in the posted form; `found`: what a pool can draw at present."""

    key: str
    entry: Entry
    kind: str
    found: int | None
    matches: int | None

    @property
    def is_short(self) -> bool:
        return self.found is not None and self.found < self.entry.count


@dataclass(frozen=True, slots=True)
class SectionRows:
    """One section with its lines and what they give together."""

    section: Section
    rows: list[Row]
    count: int
    points: Decimal


def content_page(admin: Any, request: HttpRequest, exam_id: int) -> HttpResponse:
    """Shows the page, or does what was posted and comes back to the same place."""
    exam: Exam | None = admin.get_object(request, str(exam_id))
    if exam is None:
        raise Http404("There is no such exam.")
    if not admin.has_view_permission(request, exam):
        raise PermissionDenied
    if exam.is_outside:
        messages.info(request, "Another system delivers this exam: it has no questions here.")
        return redirect("admin:exams_exam_change", exam.pk)
    may_change = admin.has_change_permission(request, exam)
    if request.method == "POST":
        if not may_change:
            raise PermissionDenied
        return _act(admin, request, exam)
    return _show(admin, request, exam, may_change=may_change)


def address_of(exam: Exam, **query: Any) -> str:
    """The address of the page."""
    address = reverse("admin:exams_exam_content", args=[exam.pk])
    kept = {name: value for name, value in query.items() if value}
    return f"{address}?{urlencode(kept)}" if kept else address


# showing


def _show(
    admin: Any,
    request: HttpRequest,
    exam: Exam,
    *,
    may_change: bool,
    pool_form: PoolForm | None = None,
    section_form: SectionForm | None = None,
) -> HttpResponse:
    entries = outline.entries_of(exam)
    count, points = outline.totals(entries)
    search = SearchForm(request.GET)
    is_searching = "q" in request.GET
    found = list(search.found()) if may_change and is_searching else []
    edited = _pool_named(exam, request.GET.get("pool", ""))
    drawn = Attempt.objects.filter(enrolment__sitting__exam=exam, paper__isnull=False).distinct().count()
    context = {
        **admin.admin_site.each_context(request),
        "title": f"Questions of {exam}",
        "opts": admin.opts,
        "exam": exam,
        "may_change": may_change,
        "sections": _sections(exam, entries),
        "question_count": count,
        "points": points,
        "most_points": outline.most_points(exam, entries) if exam.asks_certainty else None,
        "findings": outline.findings_of(exam, entries),
        "drawn": drawn,
        "focus": request.GET.get("focus", ""),
        "section_form": section_form or SectionForm(),
        "pool_form": pool_form or _pool_form(exam, edited),
        "edited_pool": edited,
        "search": search,
        "is_searching": is_searching,
        "found": found[:MOST_FOUND],
        "has_more": len(found) > MOST_FOUND,
        "there": {entry.question_id for entry in entries},
    }
    return TemplateResponse(request, "admin/exams/exam/content.html", context)


def _sections(exam: Exam, entries: list[Entry]) -> list[SectionRows]:
    can_draw = outline.found_by_pool(entries)
    sections = []
    for section in exam.sections.order_by("position", "id"):
        own = [entry for entry in entries if entry.section.pk == section.pk]
        count, points = outline.totals(own)
        sections.append(SectionRows(section, [_row(entry, can_draw) for entry in own], count, points))
    return sections


def _row(entry: Entry, can_draw: dict[int, int]) -> Row:
    if entry.pool is not None:
        matches = outline.matching(entry.pool).count()
        return Row(f"pool-{entry.pool.pk}", entry, "Pool", can_draw[entry.pool.pk], matches)
    assert entry.placement is not None  # noqa: S101  (tells mypy)
    kind = KINDS[entry.placement.question.kind].label
    return Row(f"question-{entry.placement.pk}", entry, kind, None, None)


def _pool_form(exam: Exam, pool: SectionPool | None) -> PoolForm:
    if pool is None:
        last = exam.sections.order_by("-position", "-id").first()
        return PoolForm(exam, initial={"section": last.pk if last else None})
    names = ("count", "points", "category", "with_children", "least_difficulty", "most_difficulty")
    initial = {name: getattr(pool, name) for name in names}
    return PoolForm(exam, initial={**initial, "section": pool.section_id, "tags": list(pool.tags.all())})


# acting


def _act(admin: Any, request: HttpRequest, exam: Exam) -> HttpResponse:
    verb, _, argument = request.POST.get("do", "").partition(":")
    act = _VERBS.get(verb)
    if act is None:
        messages.error(request, "Nothing was changed: that button is not known. Please try again.")
        return redirect(address_of(exam))
    try:
        return act(admin, request, exam, argument)
    except Refusal as refusal:
        messages.error(request, f"Nothing was changed: {refusal.message}")
        return redirect(address_of(exam, focus=argument))


def _move(admin: Any, request: HttpRequest, exam: Exam, argument: str, *, up: bool) -> HttpResponse:
    structure.move(_place_named(exam, argument), up=up, actor=_person(request))
    return redirect(address_of(exam, focus=f"{'up' if up else 'down'}-{argument}"))


def _remove(admin: Any, request: HttpRequest, exam: Exam, argument: str) -> HttpResponse:
    place = _place_named(exam, argument)
    name = f"“{place.question}”" if isinstance(place, SectionQuestion) else f"The pool {place.source}"
    structure.remove(place, actor=_person(request))
    kept = " The question stays in the bank." if isinstance(place, SectionQuestion) else ""
    messages.success(request, f"{name} was taken out of this exam.{kept}")
    return redirect(address_of(exam))


def _set_points(admin: Any, request: HttpRequest, exam: Exam, argument: str) -> HttpResponse:
    points: dict[Place, Decimal] = {}
    for name, value in request.POST.items():
        if name.startswith("points-"):
            points[_place_named(exam, name.removeprefix("points-"))] = _decimal(str(value))
    changed = structure.set_points(exam, points, actor=_person(request))
    messages.success(request, f"Points of {changed} place{'' if changed == 1 else 's'} changed.")
    return redirect(address_of(exam, focus="points"))


def _move_section(admin: Any, request: HttpRequest, exam: Exam, argument: str, *, up: bool) -> HttpResponse:
    structure.move_section(_section_named(exam, argument), up=up, actor=_person(request))
    return redirect(address_of(exam, focus=f"section-{'up' if up else 'down'}-{argument}"))


def _add_section(admin: Any, request: HttpRequest, exam: Exam, argument: str) -> HttpResponse:
    form = SectionForm(request.POST)
    if not form.is_valid():
        return _show(admin, request, exam, may_change=True, section_form=form)
    structure.add_section(exam, title=form.cleaned_data["title"], actor=_person(request))
    return redirect(address_of(exam, focus="new-section"))


def _add_questions(admin: Any, request: HttpRequest, exam: Exam, argument: str) -> HttpResponse:
    chosen = [int(each) for each in request.POST.getlist("question") if each.isdecimal() and len(each) < 19]
    questions = list(Question.objects.filter(pk__in=chosen))
    section = _section_named(exam, request.POST.get("section", ""))
    points = _decimal(request.POST.get("points", ""))
    added = structure.add_questions(section, questions, points=points, actor=_person(request))
    messages.success(request, f"{added} question{'' if added == 1 else 's'} added to “{section.title}”.")
    query = {name: request.POST.get(f"search-{name}", "") for name in ("q", "category")}
    return redirect(address_of(exam, **query) + "#bank")


def _save_pool(admin: Any, request: HttpRequest, exam: Exam, argument: str) -> HttpResponse:
    form = PoolForm(exam, request.POST)
    pool = _pool_named(exam, argument)
    if argument and pool is None:
        raise InvalidInput("That pool is gone.", field="pool")
    if not form.is_valid():
        return _show(admin, request, exam, may_change=True, pool_form=form)
    values = dict(form.cleaned_data)
    section = values.pop("section")
    try:
        saved = structure.save_pool(section, pool=pool, actor=_person(request), **values)
    except InvalidInput as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return _show(admin, request, exam, may_change=True, pool_form=form)
    messages.success(request, f"The pool draws {saved}.")
    return redirect(address_of(exam, focus=f"pool-{saved.pk}"))


_VERBS: dict[str, Callable[[Any, HttpRequest, Exam, str], HttpResponse]] = {
    "up": lambda *each: _move(*each, up=True),
    "down": lambda *each: _move(*each, up=False),
    "remove": _remove,
    "points": _set_points,
    "section-up": lambda *each: _move_section(*each, up=True),
    "section-down": lambda *each: _move_section(*each, up=False),
    "add-section": _add_section,
    "add-questions": _add_questions,
    "save-pool": _save_pool,
}


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _key(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def _place_named(exam: Exam, name: str) -> Place:
    kind, _, key = name.partition("-")
    model = _MODELS.get(kind)
    rows = model.objects.select_related("section__exam") if model else None
    found = rows.filter(section__exam=exam, pk=_key(key)).first() if rows is not None else None
    if found is None:
        raise InvalidInput("That question or pool is not in this exam any more.", field="do")
    return found


def _section_named(exam: Exam, key: str) -> Section:
    found = Section.objects.filter(exam=exam, pk=_key(key)).select_related("exam").first()
    if found is None:
        raise InvalidInput("Choose a section of this exam.", field="section")
    return found


def _pool_named(exam: Exam, key: str) -> SectionPool | None:
    rows = SectionPool.objects.select_related("section__exam", "category").prefetch_related("tags")
    return rows.filter(section__exam=exam, pk=_key(key)).first()


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text.strip().replace(",", ".")) if len(text) <= 12 else Decimal("NaN")
    except InvalidOperation:
        raise InvalidInput("Points are a number, such as 1 or 2.5.", field="points") from None
