"""A whole paper, drawn now or of an attempt: as candidates see it, and to print, with or without the key."""

import secrets
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import select_template
from django.utils.http import urlencode

from exams.bank import wording
from exams.bank.paper import PlannedItem, plan_paper
from exams.bank.shown import prepare
from exams.bank.tools import tools_of
from exams.kinds import certainty
from exams.models import Attempt, Exam
from proctor_site.kernel.errors import Conflict

_SEED_BITS = 31
_LARGEST_SEED = 2**62 - 1


def preview_page(admin: Any, request: HttpRequest, exam_id: int) -> HttpResponse:
    """A paper as candidates see it: of the number in `seed`, of an `attempt`, or newly drawn."""
    return render(request, "exams/paper_preview.html", _context(admin, request, exam_id))


def print_page(admin: Any, request: HttpRequest, exam_id: int) -> HttpResponse:
    """The same paper for a printer; `large` for large print."""
    context = _context(admin, request, exam_id) | {"is_large": bool(request.GET.get("large"))}
    return render(request, "exams/paper_print.html", context)


def _context(admin: Any, request: HttpRequest, exam_id: int) -> dict[str, Any]:
    exam: Exam | None = admin.get_object(request, str(exam_id))
    if exam is None:
        raise Http404("There is no such exam.")
    if not admin.has_view_permission(request, exam):
        raise PermissionDenied
    attempt = _attempt(request, exam)
    seed = attempt.seed if attempt else _seed(request)
    problem, planned = "", []
    try:
        planned = _drawn(attempt) if attempt else plan_paper(exam, seed)
    except Conflict as refusal:
        problem = refusal.message
    may_see_key = request.user.has_perm("exams.view_question")
    shows_key = may_see_key and bool(request.GET.get("key"))
    return {
        "exam": exam,
        "institution_name": exam.institution.name,
        "attempt": attempt,
        "seed": seed,
        "next_seed": secrets.randbits(_SEED_BITS),
        "paper_query": urlencode({"attempt": attempt.pk} if attempt else {"seed": seed}),
        "problem": problem,
        "may_see_key": may_see_key,
        "shows_key": shows_key,
        "question_count": len(planned),
        "certainty_count": sum(each.asks_certainty for each in planned),
        "points": sum((each.points for each in planned), Decimal(0)),
        "language": exam.written_in,
        "tools": tools_of(exam),
        "sections": _sections(planned, exam, with_key=shows_key),
    }


def _attempt(request: HttpRequest, exam: Exam) -> Attempt | None:
    key = request.GET.get("attempt", "")
    if not key:
        return None
    rows = Attempt.objects.select_related("enrolment__candidate")
    number = int(key) if key.isdecimal() and len(key) < 19 else 0
    found = rows.filter(pk=number, enrolment__sitting__exam=exam).first()
    if found is None:
        raise Http404("There is no such attempt of this exam.")
    if not request.user.has_perm("exams.view_attempt", found):
        raise PermissionDenied
    return found


def _seed(request: HttpRequest) -> int:
    given = request.GET.get("seed", "")
    if given.isdecimal() and len(given) <= 19:
        return min(int(given), _LARGEST_SEED)
    return secrets.randbits(_SEED_BITS)


def _drawn(attempt: Attempt) -> list[PlannedItem]:
    rows = attempt.paper.select_related("section", "version__question").order_by("position")
    return [
        PlannedItem(
            row.section, row.version, row.position, row.points, list(row.option_order), row.asks_certainty
        )
        for row in rows
    ]


def _sections(planned: Sequence[PlannedItem], exam: Exam, *, with_key: bool) -> list[dict[str, Any]]:
    sections: dict[int, dict[str, Any]] = {}
    for each in planned:
        section = sections.setdefault(each.section.pk, {"section": each.section, "items": []})
        of_exam = {"language": exam.written_in, "spell_check": exam.spell_check}
        section["items"].append(_shown(each, with_key=with_key) | of_exam)
    return list(sections.values())


def _shown(each: PlannedItem, *, with_key: bool) -> dict[str, Any]:
    version = each.version
    shown = prepare(version, each.option_order, asks_certainty=each.asks_certainty)
    return {
        "id": each.position,
        "position": each.position,
        "points": format(each.points.normalize(), "f"),
        "points_number": each.points,
        "certainty_levels": certainty.levels_for(each.points) if each.asks_certainty else [],
        "kind": shown.kind,
        "widget": f"exams/kinds/{shown.kind}.html",
        "print": select_template([f"exams/print/{shown.kind}.html", "exams/print/any.html"]),
        "stem": shown.stem,
        "text_format": shown.text_format,
        "content": shown.content,
        "key": wording.key_in_words(version, asks_certainty=each.asks_certainty) if with_key else "",
    }
