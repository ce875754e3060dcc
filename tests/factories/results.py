"""Sittings that are over: attempts of candidates of different skill, answered and marked, made in bulk."""

import itertools
import random
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from accounts.models import Institution, User
from accounts.tenancy import within
from exams import states
from exams.kinds.registry import KINDS
from exams.marking.automatic import points_for
from exams.models import (
    Answer,
    Attempt,
    Enrolment,
    Mark,
    PaperItem,
    QuestionVersion,
    SectionQuestion,
    Sitting,
)
from proctor_site.kernel import clock
from tests.factories.exams import RIGHT, WRONG, make_exam, make_sitting

_AT_ONCE = 5_000
_count = itertools.count(1)


def make_results(
    institution: Institution,
    *,
    attempts: int = 12,
    kinds: Sequence[str] = ("single_choice", "multiple_choice", "true_false", "numeric", "short_answer"),
    sitting: Sitting | None = None,
    seed: int = 1,
) -> Sitting:
    """A sitting whose candidates have handed in; the best come first, and answers follow skill and chance.

    Essays stay without a mark, as after the end of a real exam. With `sitting`, further candidates of it.
    """
    source = random.Random(seed)
    sitting = sitting or make_sitting(make_exam(institution, kinds=kinds))
    with within(institution):
        enrolments = _enrolments(sitting, attempts)
        now = clock.now()
        runs = Attempt.objects.bulk_create(
            (
                Attempt(
                    institution=institution,
                    enrolment=each,
                    state=states.SUBMITTED,
                    ended_by="candidate",
                    seed=number,
                    started_at=now - timedelta(minutes=50),
                    deadline_at=now,
                    ended_at=now - timedelta(minutes=5),
                )
                for number, each in enumerate(enrolments)
            ),
            batch_size=_AT_ONCE,
        )
        for number in range(0, len(runs), 500):
            _papers(runs[number : number + 500], sitting, source, number, attempts)
    return sitting


def _enrolments(sitting: Sitting, attempts: int) -> list[Enrolment]:
    people = User.objects.bulk_create(
        (
            User(email=f"sat{number}@example.org", name=f"Sat {number:05}", password="!")
            for number in itertools.islice(_count, attempts)
        ),
        batch_size=_AT_ONCE,
    )
    rows = (Enrolment(institution=sitting.institution, sitting=sitting, candidate=user) for user in people)
    return Enrolment.objects.bulk_create(rows, batch_size=_AT_ONCE)


def _papers(runs: Sequence[Attempt], sitting: Sitting, source: random.Random, first: int, of: int) -> None:
    placements = SectionQuestion.objects.filter(section__exam=sitting.exam).select_related("question")
    ordered = list(placements.order_by("section__position", "section_id", "position", "id"))
    versions = {
        each.question_id: each
        for each in QuestionVersion.objects.select_related("question").order_by("number")
    }
    own: dict[str, Any] = {"institution": sitting.institution}
    items = PaperItem.objects.bulk_create(
        PaperItem(
            attempt=run,
            section_id=placement.section_id,
            version=versions[placement.question_id],
            position=position,
            points=placement.points,
            **own,
        )
        for run in runs
        for position, placement in enumerate(ordered, start=1)
    )
    numbers = {run.pk: first + number for number, run in enumerate(runs)}
    given = [(item, _answer(item, 1 - numbers[item.attempt_id] / of, source)) for item in items]
    Answer.objects.bulk_create(
        Answer(attempt_id=item.attempt_id, item=item, value=value, saved_at=clock.now(), **own)
        for item, value in given
    )
    Mark.objects.bulk_create(_marks(given, own))


def _marks(given: Sequence[tuple[PaperItem, Any]], own: dict[str, Any]) -> Iterator[Mark]:
    now = clock.now()
    for item, value in given:
        share = KINDS[item.version.question.kind].mark(item.version.content, value)
        if share is not None:
            points = points_for(share, item.points)
            yield Mark(
                attempt_id=item.attempt_id, item=item, points=points, rule_points=points, marked_at=now, **own
            )


def _answer(item: PaperItem, skill: float, source: random.Random) -> Any:
    kind = item.version.question.kind
    if source.random() < 0.03:
        return None
    hard = (item.position * 37 % 10) / 10
    is_right = source.random() < 0.15 + 0.8 * skill * (1 - hard / 2)
    if kind == "single_choice" and not is_right:
        return source.choice("bc")
    return RIGHT[kind] if is_right else WRONG.get(kind, RIGHT[kind])
