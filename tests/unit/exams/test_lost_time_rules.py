"""How much of an interval is given back: against a count of seconds, and the policy case by case."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.delivery.lost_time_rules import Credit, Policy, credit, uncovered_s

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
pairs = st.tuples(st.integers(0, 60), st.integers(0, 60)).map(sorted)


def at(pair: Any) -> tuple[datetime, datetime]:
    return START + timedelta(seconds=pair[0]), START + timedelta(seconds=pair[1])


@given(interval=pairs, covered=st.lists(pairs, max_size=6))
def test_no_second_is_counted_twice_and_none_is_forgotten(interval: Any, covered: list[Any]) -> None:
    seconds = set(range(*interval)) - {each for pair in covered for each in range(*pair)}
    assert uncovered_s(at(interval), [at(pair) for pair in covered]) == len(seconds)


@pytest.mark.parametrize(
    ("cause", "length", "covered", "given_s", "expected"),
    [
        ("outage", 60, [], 0, Credit(60, "")),
        ("outage", 60.4, [], 0, Credit(61, "")),
        ("outage", 9, [], 0, Credit(0, "too_short")),
        ("connection", 60, [], 0, Credit(0, "not_by_itself")),
        ("outage", 60, [(0, 45)], 0, Credit(15, "overlap")),
        ("outage", 60, [(0, 60)], 0, Credit(0, "overlap")),
        ("outage", 60, [], 570, Credit(30, "most_reached")),
        ("outage", 60, [], 900, Credit(0, "most_reached")),
    ],
)
def test_policy(cause: str, length: float, covered: list[Any], given_s: int, expected: Credit) -> None:
    policy = Policy(frozenset({"outage"}), least_s=10, most_s=600, given_s=given_s)
    interval = START, START + timedelta(seconds=length)
    assert credit(cause, interval, [at(pair) for pair in covered], policy) == expected


def test_a_person_gives_back_all_that_is_left() -> None:
    assert credit("disturbance", at((0, 3)), [], None) == Credit(3, "")
