"""Which question was on the screen: late, twice, in any order, and never of another paper or a pause."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import Institution, User
from exams import states
from exams.delivery import question_views
from exams.models import Attempt, QuestionView
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, TooLarge
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scoped")]

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
AHEAD_MS = 3_600_000
"""The candidate's clock is an hour fast."""


@pytest.fixture
def attempt(institution: Institution, candidate: User) -> Attempt:
    sitting = make_sitting(make_exam(institution, kinds=("single_choice", "essay")))
    attempt = make_attempt(enrol(sitting, candidate))
    attempt.started_at = NOW - timedelta(minutes=10)
    attempt.save(update_fields=["started_at"])
    return attempt


def view(number: int, item: Any, ago: float, seconds: float | None = None) -> dict[str, Any]:
    at = (NOW.timestamp() - ago) * 1000 + AHEAD_MS
    return {"n": number, "item": item, "at": at} | ({} if seconds is None else {"seconds": seconds})


def send(attempt: Attempt, *views: dict[str, Any]) -> list[int]:
    with clock.at(NOW):
        return question_views.note(attempt, {"now": NOW.timestamp() * 1000 + AHEAD_MS, "views": list(views)})


def seen(attempt: Attempt) -> list[tuple[int, int, int]]:
    with clock.at(NOW):
        return [
            (
                each.position,
                round((NOW - each.begin).total_seconds()),
                round((NOW - each.end).total_seconds()),
            )
            for each in question_views.seen_in(attempt)
        ]


def test_looks_are_believed_by_how_long_ago_they_were(attempt: Attempt) -> None:
    first, second = attempt.paper.values_list("pk", flat=True)
    assert seen(attempt) == []
    assert send(attempt, view(2, second, 40), view(1, first, 100, 60)) == [2, 1]
    assert seen(attempt) == [(1, 100, 40), (2, 40, 0)], "the second still goes on"


def test_what_comes_again_only_ends_the_look(attempt: Attempt) -> None:
    first, second = attempt.paper.values_list("pk", flat=True)
    send(attempt, view(1, first, 100))
    send(attempt, view(1, second, 90, 30))
    send(attempt, view(1, first, 100, 20))
    send(attempt, view(1, first, 100))
    assert seen(attempt) == [(1, 100, 80)]


def test_a_look_without_an_end_ends_with_the_next(attempt: Attempt) -> None:
    first, second = attempt.paper.values_list("pk", flat=True)
    send(attempt, view(1, first, 100), view(2, second, 30, 10))
    assert seen(attempt) == [(1, 100, 30), (2, 30, 20)]


def test_what_is_no_look_of_this_paper_is_acknowledged_and_forgotten(attempt: Attempt) -> None:
    [first, _] = attempt.paper.values_list("pk", flat=True)
    attempt.state, attempt.paused_at = states.PAUSED, NOW - timedelta(seconds=50)
    attempt.save(update_fields=["state", "paused_at"])
    assert send(attempt, view(1, 10**9, 100), view(2, first, 40), view(3, first, 60, 60)) == [1, 2, 3]
    assert seen(attempt) == [(1, 60, 50)], "nobody is to know what is looked at in a pause"
    send(attempt, view(4, first, 10_000, 1))
    assert seen(attempt)[0] == (1, 600, 599), "nothing is older than the attempt"


def test_no_attempt_fills_the_database(attempt: Attempt, monkeypatch: pytest.MonkeyPatch) -> None:
    [first, _] = attempt.paper.values_list("pk", flat=True)
    monkeypatch.setattr(question_views, "MOST_ROWS", 2)
    assert len(send(attempt, *(view(number, first, 100, 1) for number in range(4)))) == 4
    assert QuestionView.objects.count() == 2


@pytest.mark.parametrize(
    ("views", "field"),
    [
        ("no", "views"),
        ([1], "views.0"),
        ([{"n": -1}], "views.0.n"),
        ([{"n": True}], "views.0.n"),
        ([{"n": 1, "item": float("nan")}], "views.0.item"),
        ([{"n": 1, "item": 1, "at": "x"}], "views.0.at"),
        ([{"n": 1, "item": 1, "at": 1, "seconds": 1e9}], "views.0.seconds"),
    ],
)
def test_a_refusal_names_the_place(attempt: Attempt, views: Any, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        question_views.note(attempt, {"views": views})
    assert refused.value.field == field
    assert not QuestionView.objects.exists()


def test_too_many_and_too_late(attempt: Attempt) -> None:
    with pytest.raises(TooLarge):
        send(attempt, *(view(number, 1, 1) for number in range(51)))
    attempt.state, attempt.ended_at = states.SUBMITTED, NOW - timedelta(minutes=16)
    attempt.save(update_fields=["state", "ended_at"])
    with pytest.raises(Conflict):
        send(attempt, view(1, 1, 1))
