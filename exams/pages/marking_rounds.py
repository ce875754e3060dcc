"""Marking rounds as pages: one's own list, a new round, its progress, markers, differences, closing."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.pages import refusals
from accounts.pages.guards import person_of, require_right
from exams.marking import progress, rounds
from exams.marking.rubrics import rubric_for
from exams.models import MarkingRound, RoundMarker, Sitting
from exams.pages.marking_forms import MarkersForm, RoundForm
from exams.scheduling.queries import marked_sittings
from proctor_site.kernel.errors import Refusal

_LISTED = 200


@require_safe
@require_right("exams.mark_answers")
def marking(request: HttpRequest, slug: str) -> HttpResponse:
    """The rounds that one marks in; for the exam office all of them, and the sittings that wait."""
    manages = request.user.has_perm("exams.manage_marking")
    found = progress.rounds_for(person_of(request), all_of_them=manages)[:_LISTED]
    return render(request, "exams/marking/rounds.html", {"rounds": found, "manages": manages})


@require_http_methods(["GET", "POST"])
@require_right("exams.manage_marking")
def new_round(request: HttpRequest, slug: str, sitting_id: int) -> HttpResponse:
    """Opens a round for answers of a sitting that wait for a person."""
    sitting: Sitting = get_object_or_404(marked_sittings().select_related("exam"), pk=sitting_id)
    form = RoundForm(request.POST if request.method == "POST" else None, sitting=sitting)
    if request.method == "POST" and form.is_valid():
        try:
            made = rounds.open_round(sitting, actor=person_of(request), **form.cleaned_data)
        except Refusal as refusal:
            refusals.add_to_form(form, refusal)
        else:
            messages.success(request, "The round is open. Its markers find it under “Marking”.")
            return redirect("marking_round", slug=slug, round_id=made.pk)
    context = {"form": form, "sitting": sitting, "nothing_waits": not form.offered}
    return render(request, "exams/marking/new_round.html", context, status=400 if form.errors else 200)


@require_safe
def marking_round(request: HttpRequest, slug: str, round_id: int) -> HttpResponse:
    """The progress of a round, for its markers and the exam office."""
    found, part = open_to(request, round_id)
    person = person_of(request)
    questions = [
        (row, rubric_for(newest) if (newest := row.question.versions.first()) else None, newest)
        for row in progress.by_question(found, person)
    ]
    context = {
        "round": found,
        "part": part,
        "questions": questions,
        "markers": progress.by_marker(found),
        "agreement": progress.agreement_of(found),
        "manages": request.user.has_perm("exams.manage_marking"),
        "may_write_rubrics": request.user.has_perm("exams.change_rubric"),
        "disputed": sum(row.disputed for row, _, _ in questions),
    }
    return render(request, "exams/marking/round.html", context)


@require_safe
def marking_differences(request: HttpRequest, slug: str, round_id: int) -> HttpResponse:
    """What two people gave for the same answers, disputes first; for moderators and the exam office."""
    found, part = open_to(request, round_id)
    manages = request.user.has_perm("exams.manage_marking")
    if not manages and not (part and part.is_moderator):
        raise PermissionDenied("Only moderators of this round see what the markers gave.")
    rows = [(answer, _readings_by_place(readings)) for answer, readings in progress.differences(found)]
    context: dict[str, Any] = {"round": found, "rows": rows, "moderates": part and part.is_moderator}
    return render(request, "exams/marking/differences.html", context)


def _readings_by_place(readings: list[Any]) -> dict[str, Any]:
    names = {1: "first", 2: "second", 3: "moderated"}
    found = {names[each.place]: each for each in readings}
    return found | {"distance": abs(found["first"].points - found["second"].points)}


@require_http_methods(["GET", "POST"])
@require_right("exams.manage_marking")
def round_markers(request: HttpRequest, slug: str, round_id: int) -> HttpResponse:
    """Who marks in a round from now on."""
    found: MarkingRound = get_object_or_404(MarkingRound.objects.select_related("sitting__exam"), pk=round_id)
    form = MarkersForm(request.POST if request.method == "POST" else None, round_=found)
    if request.method == "POST" and form.is_valid():
        try:
            rounds.change_markers(found, actor=person_of(request), **form.cleaned_data)
        except Refusal as refusal:
            refusals.add_to_form(form, refusal)
        else:
            messages.success(request, "Saved.")
            return redirect("marking_round", slug=slug, round_id=found.pk)
    context = {"form": form, "round": found}
    return render(request, "exams/marking/markers.html", context, status=400 if form.errors else 200)


@require_POST
@require_right("exams.manage_marking")
def round_state(request: HttpRequest, slug: str, round_id: int) -> HttpResponse:
    """Closes a round, or opens it again: `verb` is close or reopen."""
    found: MarkingRound = get_object_or_404(MarkingRound.objects.select_related("sitting"), pk=round_id)
    act = rounds.reopen_round if request.POST.get("verb") == "reopen" else rounds.close_round
    try:
        act(found, actor=person_of(request))
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"The round is {found.state}.")
    return redirect("marking_round", slug=slug, round_id=found.pk)


def open_to(request: HttpRequest, round_id: int) -> tuple[MarkingRound, RoundMarker | None]:
    """The round and one's part in it. Raises PermissionDenied for who neither marks in it nor manages it."""
    found: MarkingRound = get_object_or_404(MarkingRound.objects.select_related("sitting__exam"), pk=round_id)
    part = RoundMarker.objects.filter(round=found, user=person_of(request)).first()
    may_mark = part is not None and request.user.has_perm("exams.mark_answers")
    if not may_mark and not request.user.has_perm("exams.manage_marking"):
        raise PermissionDenied("You do not mark in this round. Ask the exam officer to assign you.")
    return found, part
