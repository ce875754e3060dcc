"""Flat rows of a sitting's results: who counts, what each answer earned, totals that never go below 0."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Institution, User
from accounts.roles import Role
from exams import states
from exams.marking.automatic import Result
from exams.marking.queries import results_of, sums_of, versions_on
from exams.marking.services import mark_automatically, result_of
from exams.models import Answer, Attempt, Mark, Sitting
from proctor_site.kernel import clock
from tests.factories.accounts import make_member
from tests.factories.exams import RIGHT, enrol, make_attempt, make_exam, make_sitting


def sat(sitting: Sitting, user: User, *, state: str = states.SUBMITTED, **values: object) -> Attempt:
    attempt = make_attempt(enrol(sitting, user), state=state)
    for item in attempt.paper.select_related("version__question"):
        kind = item.version.question.kind
        if kind in values:
            Answer.objects.create(
                institution=sitting.institution,
                attempt=attempt,
                item=item,
                value=values[kind],
                saved_at=clock.now(),
            )
    mark_automatically(attempt)
    return attempt


@pytest.fixture
def sitting(scoped: Institution) -> Sitting:
    return make_sitting(make_exam(scoped, kinds=("single_choice", "essay"), points=2))


def test_rows_hold_answers_points_and_totals(sitting: Sitting, candidate: User) -> None:
    attempt = sat(sitting, candidate, single_choice=RIGHT["single_choice"], essay="Text.")
    [row] = results_of(sitting)
    assert (row.attempt, row.name, row.run) == (attempt.pk, "Carla Candidate", 1)
    assert row.result == Result(Decimal(2), Decimal(4), Decimal(50), None, 1) == result_of(attempt)
    choice, essay = row.answers
    assert (choice.kind, choice.value, choice.points, choice.by) == ("single_choice", "a", 2, "rule")
    assert (essay.kind, essay.points, essay.possible, essay.by) == ("essay", None, 2, "")
    assert versions_on(sitting)[choice.version].question_id == choice.question


def test_only_attempts_that_began_and_are_over_have_results(
    sitting: Sitting, institution: Institution
) -> None:
    for state in (states.IN_PROGRESS, states.MISSED, states.REFUSED, states.TERMINATED, states.SUBMITTED):
        sat(sitting, make_member(institution, Role.CANDIDATE, name=f"{state} person"), state=state)
    sat(make_sitting(sitting.exam), make_member(institution, Role.CANDIDATE))
    assert [row.state for row in results_of(sitting)] == [states.SUBMITTED, states.TERMINATED]


def test_the_total_is_floored_at_nothing_and_single_questions_are_not(
    sitting: Sitting, candidate: User
) -> None:
    attempt = sat(sitting, candidate, single_choice="b")
    Mark.objects.filter(attempt=attempt, item__position=1).update(points=Decimal("-0.50"))
    Mark.objects.filter(attempt=attempt, item__position=2).update(points=Decimal("0.25"))
    [row] = results_of(sitting)
    assert [each.points for each in row.answers] == [Decimal("-0.50"), Decimal("0.25")]
    assert row.result == Result(Decimal(0), Decimal(4), Decimal(0), False, 0) == result_of(attempt)


def test_totals_alone_are_the_same_in_few_queries(sitting: Sitting, institution: Institution) -> None:
    for number in range(7):
        user = make_member(institution, Role.CANDIDATE, name=f"Person {number}")
        sat(sitting, user, single_choice="ab"[number % 2], essay="Text." if number % 3 else "")
    with_answers = [row.result for row in results_of(sitting)]
    with CaptureQueriesContext(connection) as queries:
        totals = results_of(sitting, with_answers=False)
    assert [row.result for row in totals] == with_answers
    assert len(queries) == 2
    assert totals[0].answers == ()


def test_a_question_that_was_left_out_counts_nothing(sitting: Sitting, candidate: User) -> None:
    attempt = sat(sitting, candidate, single_choice="a", essay="Text.")
    essay = attempt.paper.get(position=2)
    Mark.objects.create(
        institution=sitting.institution,
        attempt=attempt,
        item=essay,
        points=0,
        possible=0,
        ruling="left_out",
        marked_at=clock.now(),
    )
    [row] = results_of(sitting)
    assert row.answers[1].is_left_out and row.answers[1].by == "ruling"
    assert row.result == Result(Decimal(2), Decimal(2), Decimal(100), True, 0)
    assert sums_of([attempt.pk]) == {attempt.pk: (Decimal(2), Decimal(2), 0)}
