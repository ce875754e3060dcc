"""Draws the paper of an attempt: newest versions, shuffled by the attempt's seed."""

import random
from collections.abc import Iterable, Sequence

from django.db import transaction

from exams.kinds.registry import kind_named
from exams.models import Attempt, Exam, PaperItem, QuestionVersion, Section, SectionQuestion
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict


def shuffled(count: int, seed: int, purpose: str) -> list[int]:
    """Positions 0 to count - 1 in an order that seed and purpose decide; the same ones give the same order.

    Built on `random()` alone, whose sequence Python promises to keep between versions; `shuffle` has no
    such promise.
    """
    source = random.Random(f"{seed}:{purpose}")  # reproducible by intent; no secret
    return [position for _, position in sorted((source.random(), position) for position in range(count))]


def draw_paper(attempt: Attempt) -> list[PaperItem]:
    """The paper of an attempt, drawn on the first call and the same rows ever after.

    Marks the versions as used, which fixes them. Raises Conflict when the exam has no questions.
    """
    drawn = list(attempt.paper.select_related("version__question").order_by("position"))
    if drawn:
        return drawn
    exam = attempt.enrolment.sitting.exam
    placements = _placements(exam)
    if not placements:
        raise Conflict("This exam has no questions yet; ask the exam officer.", code="no_questions")
    versions = _newest_versions(placement.question_id for placement in placements)
    items = [
        _item(attempt, placement, versions[placement.question_id], position)
        for position, placement in enumerate(_in_order(placements, attempt.seed), start=1)
    ]
    with transaction.atomic():
        PaperItem.objects.bulk_create(items)
        if any(item.section.minutes for item in items):
            attempt.sections_in_order = True
            attempt.save(update_fields=["sections_in_order"])
        QuestionVersion.objects.filter(pk__in=[item.version_id for item in items], used_at=None).update(
            used_at=clock.now()
        )
    return items


def _placements(exam: Exam) -> list[SectionQuestion]:
    rows = SectionQuestion.objects.filter(section__exam=exam).select_related("section", "question")
    return list(rows.order_by("section__position", "section_id", "position", "id"))


def _newest_versions(questions: Iterable[int]) -> dict[int, QuestionVersion]:
    rows = QuestionVersion.objects.filter(question_id__in=list(questions)).select_related("question")
    # Rising numbers: the newest one overwrites the older ones.
    return {version.question_id: version for version in rows.order_by("number")}


def _in_order(placements: Sequence[SectionQuestion], seed: int) -> list[SectionQuestion]:
    sections: dict[Section, list[SectionQuestion]] = {}
    for placement in placements:
        sections.setdefault(placement.section, []).append(placement)
    ordered: list[SectionQuestion] = []
    for section, own in sections.items():
        if section.shuffle_questions:
            own = [own[position] for position in shuffled(len(own), seed, f"section:{section.pk}")]
        ordered += own
    return ordered


def _item(attempt: Attempt, placement: SectionQuestion, version: QuestionVersion, position: int) -> PaperItem:
    options = kind_named(version.question.kind).option_count(version.content)
    shuffle = placement.section.shuffle_options and options > 0
    return PaperItem(
        institution=attempt.institution,
        attempt=attempt,
        section=placement.section,
        version=version,
        position=position,
        points=placement.points,
        option_order=shuffled(options, attempt.seed, f"options:{version.question_id}") if shuffle else [],
    )
