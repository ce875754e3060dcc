"""The questions of an interview as staff change them, and the notes that pages keep as they are typed."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.pages.guards import person_of, require_right
from proctor_site.kernel.errors import InvalidInput, Refusal
from proctoring.interviews import sheet
from proctoring.models import Interview
from proctoring.pages.interviews import ACTS, found_interview, interview_page

_BY = {"up": -1, "down": 1}


@require_POST
@require_right(ACTS)
def interview_questions(request: HttpRequest, slug: str, interview_id: int) -> HttpResponse:
    """One change of the sheet: `do` is propose:<place on paper>, own, reword:<id>, up:, down: or remove:."""
    found = found_interview(request, interview_id)
    try:
        anchor, said = _carry_out(request, found)
    except Refusal as refusal:
        return interview_page(request, found_interview(request, interview_id), refusal=refusal)
    if said:
        messages.success(request, said)
    return redirect(f"{reverse('interview', args=[slug, found.pk])}#{anchor}")


@require_POST
@require_right(ACTS)
def interview_notes(request: HttpRequest, slug: str, interview_id: int) -> HttpResponse:
    """Keeps the notes of one question: JSON of question, notes and the version that the page has.

    409 `changed_meanwhile` brings what stands there now, so that the page can show both.
    """
    found = found_interview(request, interview_id)
    try:
        given = _read(request.body)
        kept = sheet.save_notes(
            found,
            given["question"],
            actor=person_of(request),
            notes=given["notes"],
            version=given["version"],
        )
    except Refusal as refusal:
        answer = {"code": refusal.code, "detail": refusal.message, **refusal.details}
        return JsonResponse(answer, status=refusal.status)
    return JsonResponse({"version": kept.notes_version, "saved_at": kept.notes_saved_at})


def _carry_out(request: HttpRequest, found: Interview) -> tuple[str, str]:
    """Where the page goes on, and what it says."""
    act, _, named = request.POST.get("do", "").partition(":")
    person, number, asks = person_of(request), _number(named), request.POST.get("asks", "")
    if act == "propose":
        made = sheet.add_proposed(found, actor=person, position=number)
        return f"question-{made.pk}", "The question is on the sheet."
    if act == "own":
        made = sheet.add_own(found, actor=person, asks=asks)
        return f"question-{made.pk}", "The question is on the sheet."
    if act == "reword":
        sheet.reword(found, number, actor=person, asks=asks)
        return f"question-{number}", "The new wording is kept."
    if act in _BY:
        sheet.shift(found, number, actor=person, by=_BY[act])
        return f"question-{number}", ""
    if act == "remove":
        sheet.remove(found, number, actor=person)
        return "questions-title", "The question is taken off the sheet."
    raise InvalidInput("Choose one of the buttons.", field="do")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _read(body: bytes) -> dict[str, Any]:
    try:
        given = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("This is not JSON.", field="body") from error
    known = isinstance(given, dict) and all(
        isinstance(given.get(name), int) and not isinstance(given.get(name), bool)
        for name in ("question", "version")
    )
    if not known or not 0 <= given["question"] < 2**63:
        raise InvalidInput("question and version are whole numbers.", field="question")
    return {name: given.get(name) for name in ("question", "notes", "version")}
