"""Draws papers: fixed questions and pools, newest versions, shuffled by a seed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from exams.bank import outline
from exams.bank.outline import Entry, entries_of, pools_of
from exams.bank.pools import draw, shuffled
from exams.kinds import certainty
from exams.kinds.registry import kind_named
from exams.models import Attempt, Exam, PaperItem, QuestionVersion, Section, SectionPool
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """One question of a paper that a seed gives; the last three as in PaperItem."""

    section: Section
    version: QuestionVersion
    position: int
    points: Decimal
    option_order: list[int]
    asks_certainty: bool


@dataclass(frozen=True, slots=True)
class _Pick:
    section: Section
    question_id: int
    points: Decimal


def plan_paper(exam: Exam, seed: int) -> list[PlannedItem]:
    """The paper that `seed` gives as the exam and the bank stand now; nothing is stored.

    Raises Conflict: no_questions, pool_short (a pool cannot draw as many questions as it should),
    too_many_points (for certainty-based marking).
    """
    picks = _picks(entries_of(exam), seed)
    if not picks:
        raise Conflict("This exam has no questions yet; ask the exam officer.", code="no_questions")
    versions = _newest_versions(pick.question_id for pick in picks)
    return [
        _planned(exam, pick, versions[pick.question_id], position, seed)
        for position, pick in enumerate(_in_order(picks, seed), start=1)
    ]


def draw_paper(attempt: Attempt) -> list[PaperItem]:
    """The paper of an attempt, drawn on the first call and the same rows ever after.

    Marks the versions as used, which fixes them. Raises Conflict as `plan_paper` does.
    """
    drawn = list(attempt.paper.select_related("version__question").order_by("position"))
    if drawn:
        return drawn
    planned = plan_paper(attempt.enrolment.sitting.exam, attempt.seed)
    items = [
        PaperItem(
            institution=attempt.institution,
            attempt=attempt,
            section=each.section,
            version=each.version,
            position=each.position,
            points=each.points,
            option_order=each.option_order,
            asks_certainty=each.asks_certainty,
        )
        for each in planned
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


def _picks(entries: Sequence[Entry], seed: int) -> list[_Pick]:
    wanted = pools_of(entries)
    taken = {entry.question_id for entry in entries if entry.question_id is not None}
    drawn = draw(list(wanted.values()), taken=taken, seed=seed)
    by_pool = dict(zip(wanted, drawn, strict=True))
    picks = []
    for entry in entries:
        if entry.question_id is not None:
            picks.append(_Pick(entry.section, entry.question_id, entry.points))
        elif entry.pool is not None:
            found = by_pool[entry.pool.pk]
            _require_full(entry.pool, len(found))
            picks += [_Pick(entry.section, question, entry.points) for question in found]
    return picks


def _require_full(pool: SectionPool, found: int) -> None:
    if found < pool.count:
        raise Conflict(
            f"The pool {pool.source} in “{pool.section.title}” has {found} of the {pool.count} questions it "
            "needs; ask the exam officer.",
            code="pool_short",
        )


def _newest_versions(questions: Iterable[int]) -> dict[int, QuestionVersion]:
    rows = QuestionVersion.objects.filter(question_id__in=list(questions)).select_related("question")
    # Rising numbers: the newest one overwrites the older ones.
    return {version.question_id: version for version in rows.order_by("number")}


def _in_order(picks: Sequence[_Pick], seed: int) -> list[_Pick]:
    sections: dict[Section, list[_Pick]] = {}
    for pick in picks:
        sections.setdefault(pick.section, []).append(pick)
    ordered: list[_Pick] = []
    for section, own in sections.items():
        if section.shuffle_questions:
            own = [own[position] for position in shuffled(len(own), seed, f"section:{section.pk}")]
        ordered += own
    return ordered


def _planned(exam: Exam, pick: _Pick, version: QuestionVersion, position: int, seed: int) -> PlannedItem:
    kind = kind_named(version.question.kind)
    options = kind.option_count(version.content)
    shuffle = pick.section.shuffle_options and options > 0
    order = shuffled(options, seed, f"options:{version.question_id}") if shuffle else []
    asks_certainty = exam.asks_certainty and not kind.marked_by_person
    if asks_certainty and pick.points > certainty.LARGEST_UNIT:
        raise Conflict(outline.TOO_MANY_POINTS, code="too_many_points")
    points = pick.points * certainty.FACTOR if asks_certainty else pick.points
    return PlannedItem(pick.section, version, position, points, order, asks_certainty)
