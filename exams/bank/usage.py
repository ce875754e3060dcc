"""Where a question is used: exams, sittings still to come, papers of each version. Reads only."""

from dataclasses import dataclass

from django.db.models import Count, Q

from exams.models import Exam, PaperItem, Question
from proctor_site.kernel import clock


@dataclass(frozen=True, slots=True)
class ExamUse:
    """One exam that holds the question; `sittings_ahead` have not closed and are not cancelled."""

    exam: Exam
    sections: list[str]
    sittings_ahead: int


@dataclass(frozen=True, slots=True)
class Usage:
    """All use of one question; `papers` counts the papers by version number."""

    exams: list[ExamUse]
    papers: dict[int, int]

    @property
    def paper_count(self) -> int:
        return sum(self.papers.values())


def usage_of(question: Question) -> Usage:
    """Three queries, however much it is used. Practice counts nowhere."""
    ahead = Q(sittings__closes_at__gt=clock.now(), sittings__cancelled_at=None, sittings__is_practice=False)
    placements = question.placements.select_related("section").order_by("section__position")
    sections: dict[int, list[str]] = {}
    for placement in placements:
        sections.setdefault(placement.section.exam_id, []).append(placement.section.title)
    exams = Exam.objects.filter(pk__in=sections).annotate(ahead=Count("sittings", filter=ahead))
    drawn = PaperItem.objects.filter(
        version__question=question, attempt__enrolment__sitting__is_practice=False
    ).order_by()
    return Usage(
        exams=[ExamUse(exam, sections[exam.pk], exam.ahead) for exam in exams.order_by("title", "id")],
        papers=dict(drawn.values_list("version__number").annotate(count=Count("pk"))),
    )
