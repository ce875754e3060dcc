"""Marks at submit: by rule at once, essays wait for a person, the result says so."""

from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Institution, User
from exams.delivery import attempts
from exams.delivery.journal import save_batch
from exams.marking.automatic import Result
from exams.marking.services import mark_automatically, result_of
from exams.models import Mark
from proctor_site.kernel import clock
from tests.factories.exams import RIGHT, WRONG, enrol, make_attempt, make_exam, make_sitting

AUTOMATIC = ("single_choice", "multiple_choice", "true_false", "numeric", "short_answer")


def sit(institution: Institution, user: User, answers: dict[str, Any], kinds: tuple[str, ...]) -> Result:
    attempt = make_attempt(enrol(make_sitting(make_exam(institution, kinds=kinds, points=2)), user))
    items = {item.version.question.kind: item.pk for item in attempt.paper.all()}
    changes = [
        {"client_sequence": number, "item": items[kind], "value": value, "client_at": clock.now().isoformat()}
        for number, (kind, value) in enumerate(answers.items(), start=1)
    ]
    assert save_batch(attempt, device="device-1", changes=changes).refused == []
    attempts.submit(attempt, actor=user, ended_by="candidate")
    assert mark_automatically(attempt) == []
    return result_of(attempt)


@pytest.mark.parametrize(
    ("answers", "points", "passed"),
    [
        ({kind: RIGHT[kind] for kind in AUTOMATIC}, 10, True),
        ({kind: WRONG[kind] for kind in AUTOMATIC}, 0, False),
        ({}, 0, False),
        ({"numeric": "3,14", "true_false": True, "single_choice": "b"}, 4, False),
    ],
)
def test_answers_are_marked_at_once(
    scoped: Institution, candidate: User, answers: dict[str, Any], points: int, passed: bool
) -> None:
    found = sit(scoped, candidate, answers, AUTOMATIC)
    assert found == Result(Decimal(points), Decimal(10), Decimal(points * 10), passed, 0)
    assert Mark.objects.filter(marker=None).count() == 5


def test_an_essay_waits_for_a_person_and_an_empty_one_does_not(
    scoped: Institution, candidate: User, second_candidate: User
) -> None:
    kinds = ("true_false", "essay")
    written = sit(scoped, candidate, {"true_false": True, "essay": "Text"}, kinds)
    assert written == Result(Decimal(2), Decimal(4), Decimal(50), None, 1)
    empty = sit(scoped, second_candidate, {"true_false": True, "essay": " "}, kinds)
    assert empty == Result(Decimal(2), Decimal(4), Decimal(50), True, 0)


def test_before_the_end_nothing_is_marked(scoped: Institution, candidate: User) -> None:
    attempt = make_attempt(enrol(make_sitting(make_exam(scoped)), candidate))
    assert result_of(attempt) == Result(Decimal(0), Decimal(2), Decimal(0), None, 2)
