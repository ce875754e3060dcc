"""The page on which one answer is marked: claim, points by keys, comment, undo, previous and next."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.naming import names_for
from accounts.pages.guards import person_of
from exams import states
from exams.bank import wording
from exams.kinds.registry import kind_named
from exams.marking import progress, readings, rubrics
from exams.marking.readings import Given
from exams.models import Reading, RoundAnswer, RoundMarker
from exams.models.marking_round import ReadingPlace
from exams.pages.marking_rounds import open_to
from proctor_site.kernel.errors import Conflict, Refusal

_READ_ONLY = "read_only"
_MARK = "mark"
_DECIDE = "decide"


@require_safe
def next_answer(request: HttpRequest, slug: str, round_id: int, question_id: int) -> HttpResponse:
    """Leads to the next answer to this question that the person can mark, or back to the round."""
    found, _ = open_to(request, round_id)
    after = request.GET.get("after", "")
    start = int(after) if after.isdecimal() and len(after) < 8 else 0
    answer = progress.next_answer(found, question_id, person_of(request), after=start)
    if answer is None:
        messages.success(request, "Nothing is left for you to mark in this question.")
        return redirect("marking_round", slug=slug, round_id=round_id)
    saved = request.GET.get("saved", "")
    address = reverse("marking_answer", args=[slug, round_id, answer.pk])
    return redirect(address + (f"?saved={saved}" if saved.isdecimal() else ""))


@never_cache
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, slug: str, round_id: int, answer_id: int) -> HttpResponse:
    """Shows an answer and claims it (a reservation that runs out by itself); a POST marks it and leads on."""
    _, part = open_to(request, round_id)
    found = _found(round_id, answer_id)
    person = person_of(request)
    readings.marker_of(found, person)
    own = Reading.objects.filter(answer=found, marker=person).first()
    mode = _mode(request, found, part, own)
    if request.method == "POST":
        return _save(request, found, part, own, mode)
    notice = "" if mode == _READ_ONLY else _claimed(found, person)
    return _page(request, found, own, mode, notice=notice)


@require_POST
def undo(request: HttpRequest, slug: str, round_id: int, answer_id: int) -> HttpResponse:
    """Takes one's last save of an answer back and shows the answer again."""
    open_to(request, round_id)
    found = _found(round_id, answer_id)
    try:
        readings.undo(found, person=person_of(request))
    except Conflict as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "Undone. This is how it was before.")
    return redirect("marking_answer", slug=slug, round_id=round_id, answer_id=answer_id)


def _found(round_id: int, answer_id: int) -> RoundAnswer:
    rows = RoundAnswer.objects.select_related(
        "round__sitting__exam",
        "item__version__question",
        "item__answer",
        "item__mark",
        "item__attempt__enrolment__candidate",
        "claimed_by",
    )
    found: RoundAnswer = get_object_or_404(rows, pk=answer_id, round=round_id)
    return found


def _mode(request: HttpRequest, found: RoundAnswer, part: RoundMarker | None, own: Reading | None) -> str:
    """Whether the person marks, decides as a moderator, or only reads."""
    if part is None or found.round.state != states.OPEN:
        return _READ_ONLY
    decided = Reading.objects.filter(answer=found, place=ReadingPlace.MODERATION).exists()
    is_third = own is None or own.place == ReadingPlace.MODERATION
    asks = found.is_disputed or decided or "decide" in request.GET
    if part.is_moderator and is_third and asks and found.reading_count:
        return _DECIDE
    is_free = found.reading_count < 1 + found.needs_second
    return _MARK if part.is_marker and not decided and (own is not None or is_free) else _READ_ONLY


def _claimed(found: RoundAnswer, person: User) -> str:
    try:
        readings.claim(found, person)
    except Conflict as refusal:
        return refusal.message
    return ""


def _save(
    request: HttpRequest, found: RoundAnswer, part: RoundMarker | None, own: Reading | None, mode: str
) -> HttpResponse:
    levels = {
        name.removeprefix("level-"): value
        for name, value in request.POST.items()
        if name.startswith("level-")
    }
    given = Given(request.POST.get("points"), request.POST.get("comment"), levels, request.POST.get("reason"))
    person = person_of(request)
    try:
        if mode == _DECIDE:
            readings.moderate(found, given, person=person)
        else:
            readings.save_reading(found, given, person=person)
        if request.POST.get("keep_phrase") and given.comment:
            rubrics.keep_phrase(given.comment, marker=person, version=found.item.version)
    except Refusal as refusal:
        return _page(request, found, own, mode, refusal=refusal, typed=request.POST)
    slug, round_id = request.resolver_match.kwargs["slug"], found.round_id  # type: ignore[union-attr]
    if mode == _DECIDE:
        messages.success(request, f"Decided about candidate {found.number}.")
        return redirect("marking_differences", slug=slug, round_id=round_id)
    address = reverse("marking_next", args=[slug, round_id, found.question_id])
    return redirect(f"{address}?after={found.number}&saved={found.pk}")


def _page(
    request: HttpRequest,
    found: RoundAnswer,
    own: Reading | None,
    mode: str,
    *,
    notice: str = "",
    refusal: Refusal | None = None,
    typed: Any = None,
) -> HttpResponse:
    item, person = found.item, person_of(request)
    kind = kind_named(item.version.question.kind)
    saved = getattr(item, "answer", None)
    before, after = progress.neighbours(found)
    rubric = rubrics.rubric_for(item.version)
    done = RoundAnswer.objects.filter(round=found.round_id, question=found.question_id)
    context = {
        "answer": found,
        "round": found.round,
        "item": item,
        "most": format(readings.most_of(item).normalize(), "f"),
        "value": saved.value if saved else None,
        "in_words": wording.answer_in_words(item.version, saved.value if saved else None),
        "key": wording.key_in_words(item.version, kind),
        "answer_templates": [f"exams/kinds/answers/{kind.name}.html", "exams/marking/_answer_in_words.html"],
        "own": own,
        "mode": mode,
        "notice": notice,
        "refusal": refusal,
        "criteria": _criteria(rubric, own, typed),
        "points": _typed(typed, "points", _plain(own)),
        "comment": _typed(typed, "comment", own.comment if own else ""),
        "reason": _typed(typed, "reason", own.reason if own else ""),
        "phrases": rubrics.phrases_of(person),
        "previous": before,
        "next": after,
        "place": done.filter(number__lte=found.number).count(),
        "total": done.count(),
        "left": progress.left_for(found.round, person).filter(question=found.question_id).count(),
        "others": _others(found) if mode == _DECIDE else [],
        "undoable": _undoable(request, found, person),
        "candidate": _candidate(found, person),
    }
    return render(request, "exams/marking/answer.html", context, status=refusal.status if refusal else 200)


def _candidate(found: RoundAnswer, person: User) -> str:
    """The name, where the round is not anonymous and the marker may know it."""
    if found.round.is_anonymous:
        return ""
    return names_for(person, found.institution).of(found.item.attempt.enrolment.candidate)


def _typed(typed: Any, name: str, otherwise: str) -> str:
    return otherwise if typed is None else typed.get(name, "")


def _plain(own: Reading | None) -> str:
    return "" if own is None else format(own.points.normalize(), "f")


def _criteria(rubric: Any, own: Reading | None, typed: Any) -> list[dict[str, Any]]:
    if rubric is None:
        return []
    chosen = own.levels if own is not None and own.rubric_id == rubric.pk else {}
    if typed is not None:
        chosen = {each["id"]: typed.get(f"level-{each['id']}") for each in rubric.criteria}
    return [{**each, "chosen": chosen.get(each["id"])} for each in rubric.criteria]


def _others(found: RoundAnswer) -> list[Reading]:
    return list(found.readings.exclude(place=ReadingPlace.MODERATION).select_related("marker"))


def _undoable(request: HttpRequest, found: RoundAnswer, person: User) -> RoundAnswer | None:
    """The answer that was saved just before, or this one when it has a mark of one's own."""
    saved = request.GET.get("saved", "")
    key = int(saved) if saved.isdecimal() and len(saved) < 18 else found.pk
    mine = Reading.objects.filter(marker=person).values("answer")
    return RoundAnswer.objects.filter(pk=key, round=found.round_id, pk__in=mine).first()
