"""Statistics pages for authors and the office: sittings with results, a sitting or exam, one question."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.pages.guards import here_of, person_of, require_right
from exams.kinds.registry import KINDS
from exams.models import Question, Section
from exams.reports import drawings, readings
from exams.reports.answer_statistics import FIFTHS
from exams.reports.columns import Subject, is_by_certainty
from exams.reports.exports import NAMELESS, What
from exams.reports.queries import sittings_with_results
from exams.reports.question_detail import detail_of
from exams.reports.report import Line, Report
from exams.reports.services import Found, find_report, subject_of
from exams.tables import Format

_PER_PAGE = 50
SORTS = {
    "number": "Order in the exam",
    "facility": "Hardest first",
    "discrimination": "Worst discrimination first",
    "weight": "Greatest effective weight first",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table of questions, with everything in words."""

    line: Line
    title: str
    kind: str
    section: str
    url: str
    facility: readings.Reading
    discrimination: readings.Reading
    efficiency: readings.Reading
    weight: readings.Reading

    @property
    def is_doubtful(self) -> bool:
        shown = (self.facility, self.discrimination)
        return any(each.tone is readings.Tone.PROBLEM for each in shown)


@never_cache
@require_safe
@require_right("exams.view_statistics")
def reports(request: HttpRequest, slug: str) -> HttpResponse:
    """The sittings that have results, newest first."""
    page = Paginator(sittings_with_results(), _PER_PAGE).get_page(request.GET.get("page"))
    exams = {sitting.exam_id: sitting.exam for sitting in page}
    several = [exam for exam in exams.values() if sum(each.exam_id == exam.pk for each in page) > 1]
    context = {"page": page, "exams": several, "zone": _zone(request)}
    return render(request, "exams/reports/index.html", context)


@never_cache
@require_safe
@require_right("exams.view_statistics")
def statistics(
    request: HttpRequest, slug: str, sitting_id: int | None = None, exam_id: int | None = None
) -> HttpResponse:
    """The statistics of a sitting, or of all sittings of an exam."""
    subject = _subject(sitting_id, exam_id)
    found = find_report(subject, actor=person_of(request))
    sort = request.GET.get("sort", "")
    context = _about(request, subject, found) | {"sorts": SORTS, "sort": sort if sort in SORTS else "number"}
    if subject.sitting is not None:
        may_name = request.user.has_perm("exams.export_results")
        context |= {"formats": Format, "tables": [each for each in What if may_name or each in NAMELESS]}
    if found.report is not None:
        context |= _figures(slug, subject, found.report, str(context["sort"]))
    return render(request, "exams/reports/statistics.html", context)


@never_cache
@require_safe
@require_right("exams.view_statistics")
def question_statistics(
    request: HttpRequest,
    slug: str,
    section_id: int,
    question_id: int,
    sitting_id: int | None = None,
    exam_id: int | None = None,
) -> HttpResponse:
    """One question of a sitting or exam: its figures in words, and every answer with who gave it."""
    subject = _subject(sitting_id, exam_id)
    found = find_report(subject, actor=person_of(request))
    lines = found.report.lines if found.report else []
    wanted = (section_id, question_id)
    line = next((each for each in lines if (each.section, each.question) == wanted), None)
    if found.report is None or line is None:
        raise Http404("This question is not on any paper that was handed in.")
    [row] = _rows(slug, subject, [line])
    detail = detail_of(subject, found.report, line)
    versions = [
        (
            version,
            [(each, readings.of_answer(each.figures, is_right=each.is_right)) for each in version.answers],
        )
        for version in detail.versions
    ]
    place = lines.index(line)
    context = _about(request, subject, found) | {
        "row": row,
        "figures": line.figures,
        "versions": versions,
        "fifths": drawings.fifths(detail.fifths) if len(detail.fifths) == FIFTHS else None,
        "before": _question_url(slug, subject, lines[place - 1]) if place else "",
        "after": _question_url(slug, subject, lines[place + 1]) if place + 1 < len(lines) else "",
    }
    return render(request, "exams/reports/question.html", context)


def _subject(sitting_id: int | None, exam_id: int | None) -> Subject:
    found = subject_of(exam_id, sitting_id)
    if found is None:
        raise Http404("There is no such sitting or exam.")
    return found


def _about(request: HttpRequest, subject: Subject, found: Found) -> dict[str, Any]:
    slug = here_of(request).slug
    name, own_id = _address(subject)
    return {
        "subject": subject,
        "about": subject.sitting or subject.exam,
        "by_certainty": is_by_certainty(subject),
        "found": found,
        "report": found.report,
        "zone": _zone(request),
        "url": reverse(f"{name}_statistics", args=[slug, own_id]),
        "few": found.report is not None and found.report.exam.attempts < readings.FEW_ATTEMPTS,
        "few_attempts": readings.FEW_ATTEMPTS,
        "one_point": [100],
    }


def _figures(slug: str, subject: Subject, report: Report, sort: str) -> dict[str, Any]:
    rows = _rows(slug, subject, report.lines)
    points = [
        (each.line.number, each.title, facility, index)
        for each in rows
        if (facility := each.line.figures.facility.value) is not None
        and (index := each.line.figures.discrimination.value) is not None
    ]
    words = readings.exam_readings(report.exam)
    names = {place: row.line.number for place, row in enumerate(rows)}
    return {
        "rows": sorted(rows, key=_SORT_KEYS[sort]),
        "doubtful": [row for row in rows if row.is_doubtful],
        "left_out": [names[place] for place in report.exam.left_out],
        "words": words,
        "histogram": drawings.histogram(report.exam.results, pass_mark=subject.exam.pass_percentage),
        "scatter": drawings.scatter(points) if points else None,
    }


def _or_last(value: float | None, sign: int = 1) -> tuple[bool, float]:
    return value is None, sign * (value or 0.0)


_SORT_KEYS: dict[str, Any] = {
    "number": lambda row: row.line.number,
    "facility": lambda row: (_or_last(row.line.figures.facility.value), row.line.number),
    "discrimination": lambda row: (_or_last(row.line.figures.discrimination.value), row.line.number),
    "weight": lambda row: (_or_last(row.line.figures.effective_weight.value, -1), row.line.number),
}


def _rows(slug: str, subject: Subject, lines: list[Line]) -> list[Row]:
    questions = Question.objects.in_bulk([line.question for line in lines])
    sections = Section.objects.in_bulk({line.section for line in lines})
    return [
        Row(
            line=line,
            title=questions[line.question].title,
            kind=KINDS[questions[line.question].kind].label,
            section=sections[line.section].title,
            url=_question_url(slug, subject, line),
            facility=readings.facility(line.figures),
            discrimination=readings.discrimination(line.figures),
            efficiency=readings.efficiency(line.figures),
            weight=readings.weight(line.figures),
        )
        for line in lines
    ]


def _question_url(slug: str, subject: Subject, line: Line) -> str:
    name, own_id = _address(subject)
    return reverse(f"{name}_question_statistics", args=[slug, own_id, line.section, line.question])


def _address(subject: Subject) -> tuple[str, int]:
    sitting: Any = subject.sitting
    return ("sitting", sitting.pk) if sitting else ("exam", subject.exam.pk)


def _zone(request: HttpRequest) -> str:
    return person_of(request).time_zone or here_of(request).time_zone
