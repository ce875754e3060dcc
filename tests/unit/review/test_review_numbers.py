"""Risk, agreement and samples: numbers against worked examples, and what they must never say."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from proctoring.review import agreement, opening, queue, risk

BEGIN = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)


@dataclass
class _Found:
    kind: str = "phone"
    severity: str = "high"
    started_at: datetime = BEGIN + timedelta(minutes=10)
    last_seen_at: datetime = BEGIN + timedelta(minutes=11)
    ended_at: datetime | None = BEGIN + timedelta(minutes=11)


def test_the_curve_rises_where_something_was_and_falls_afterwards() -> None:
    curve = risk.risk_curve([_Found()], BEGIN, BEGIN + timedelta(hours=1), points=61)
    assert curve[5] == (BEGIN + timedelta(minutes=5), 0)
    assert curve[10][1] == pytest.approx(63.2, abs=0.1)
    assert curve[10][1] > curve[12][1] > curve[14][1] > 0
    assert max(value for _, value in curve) <= 100


def test_a_short_incident_between_two_points_is_not_passed_over() -> None:
    at = BEGIN + timedelta(minutes=10, seconds=29)
    short = _Found(started_at=at, last_seen_at=at, ended_at=at)
    curve = risk.risk_curve([short], BEGIN, BEGIN + timedelta(hours=1), points=61)
    assert max(value for _, value in curve) > 60


def test_no_span_no_curve() -> None:
    assert risk.risk_curve([_Found()], BEGIN, BEGIN) == []


def test_a_look_is_worth_more_where_people_confirm_more() -> None:
    once = risk.expected_value([_Found()])
    assert once == pytest.approx(30 * 0.5 * 1.2)
    assert risk.expected_value([_Found(), _Found()]) > once
    assert risk.expected_value([_Found()], lambda kind: 0.1) < once
    assert risk.expected_value([_Found(severity="low")]) < once
    assert risk.expected_value([]) == 0


def test_kappa_of_a_worked_example() -> None:
    """50 cases, two readers: 20 both yes, 15 both no, 5 and 10 apart: 0.7 observed, 0.5 by chance."""
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    kappa = agreement.kappa_of(pairs)
    assert kappa.value == pytest.approx(0.4)
    assert kappa.low == pytest.approx(0.15, abs=0.02) and kappa.high == pytest.approx(0.65, abs=0.02)
    assert (kappa.pairs, kappa.agreed) == (50, 35)


@pytest.mark.parametrize("pairs", [[], [("a", "a")], [("a", "a")] * 9])
def test_kappa_says_nothing_where_nothing_can_be_said(pairs: list[tuple[str, str]]) -> None:
    assert agreement.kappa_of(pairs).value is None


def test_a_draw_is_the_same_for_everybody_who_has_the_seed() -> None:
    ids = [f"session-{number}" for number in range(100)]
    first = sorted(ids, key=lambda each: opening.place_of("seed", each))[:5]
    ids.reverse()
    assert first == sorted(ids, key=lambda each: opening.place_of("seed", each))[:5]
    assert first != sorted(ids, key=lambda each: opening.place_of("another", each))[:5]
    assert opening.fingerprint(ids) == opening.fingerprint(reversed(ids))


def test_a_budget_takes_the_best_that_fits() -> None:
    numbers = [(60, 30.0), (600, 200.0), (30, 5.0), (40, 0.0)]
    assert queue.fill(numbers, 130) == (130, 35.0, 3, pytest.approx(90.0))
    assert queue.fill(numbers, 0) == (0, 0.0, 0, pytest.approx(60.0))
    assert queue.fill([], 100) == (0, 0.0, 0, None)
