"""Deadline arithmetic at its edges: late entry, extra time, pauses, and the nights when clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams import timing
from proctor_site.kernel.errors import InvalidInput

VIENNA = ZoneInfo("Europe/Vienna")
OPENS = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def window(*, minutes: int = 180, duration: int = 60, late: int | None = None) -> timing.Window:
    late_entry = None if late is None else late * MINUTE
    return timing.Window(OPENS, OPENS + minutes * MINUTE, duration * MINUTE, late_entry)


@pytest.mark.parametrize(("late", "minutes"), [(None, 180), (0, 0), (30, 30), (180, 180), (999, 180)])
def test_latest_start(late: int | None, minutes: int) -> None:
    assert timing.latest_start(window(late=late)) == OPENS + minutes * MINUTE


@pytest.mark.parametrize(
    ("started", "extra", "deadline"),
    [(0, 0, 60), (119, 0, 179), (120, 0, 180), (150, 0, 180), (150, 20, 200), (180, 0, 180), (180, 15, 195)],
)
def test_deadline_ends_with_the_window(started: int, extra: int, deadline: int) -> None:
    found = timing.deadline_at_start(OPENS + started * MINUTE, window(), extra=extra * MINUTE)
    assert found == OPENS + deadline * MINUTE


def test_extra_time() -> None:
    hour = timedelta(hours=1)
    assert timing.extra_time(hour, minutes=0, factors=[]) == timedelta(0)
    assert timing.extra_time(hour, minutes=15, factors=[1.25, 1.5]) == 45 * MINUTE


@pytest.mark.parametrize(
    ("own", "groups", "everybody", "wanted"),
    [
        ([], [], [], 0),
        ([10, 5], [], [], 15),
        ([10], [20], [], 20),
        ([10, 15], [20], [], 25),
        ([], [20, 30], [], 30),
        ([10], [20], [5, 5], 30),
        ([], [], [5], 5),
    ],
    ids=range(7),
)
def test_the_better_of_own_and_group_counts_and_what_everybody_got_on_top(
    own: list[int], groups: list[int], everybody: list[int], wanted: int
) -> None:
    assert timing.agreed_minutes(own=own, groups=groups, everybody=everybody) == wanted


def test_the_deadline_itself_still_counts() -> None:
    assert not timing.is_past(OPENS, OPENS)
    assert timing.is_past(OPENS, OPENS + timedelta(microseconds=1))


def test_seconds_left_stand_still_in_a_pause_and_stop_at_zero() -> None:
    deadline = OPENS + 10 * MINUTE
    assert timing.seconds_left(deadline, OPENS, paused_at=None) == 600
    assert timing.seconds_left(deadline, OPENS + 9 * MINUTE, paused_at=OPENS + MINUTE) == 540
    assert timing.seconds_left(deadline, OPENS + 11 * MINUTE, paused_at=None) == 0


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=1)))
def test_a_pause_never_costs_time_and_gives_less_than_a_second(length: timedelta) -> None:
    credited = timedelta(seconds=timing.credit_seconds(OPENS, OPENS + length))
    assert timedelta(0) <= credited - length < timedelta(seconds=1)


def test_a_clock_that_went_back_credits_nothing() -> None:
    assert timing.credit_seconds(OPENS, OPENS - MINUTE) == 0


def test_an_exam_across_the_end_of_summer_time_lasts_as_long_as_announced() -> None:
    """On 25 October 2026 clocks in Vienna go back from 3:00 to 2:00."""
    opens = timing.from_wall_clock(datetime(2026, 10, 25, 1, 30), VIENNA)
    closes = timing.from_wall_clock(datetime(2026, 10, 25, 4, 30), VIENNA)
    assert opens == datetime(2026, 10, 24, 23, 30, tzinfo=UTC)
    assert closes - opens == timedelta(hours=4)
    two_hours = timing.Window(opens, closes, timedelta(hours=2), None)
    assert timing.deadline_at_start(opens, two_hours, extra=timedelta(0)) == opens + timedelta(hours=2)


def test_of_an_hour_that_happens_twice_the_first_is_meant() -> None:
    twice = timing.from_wall_clock(datetime(2026, 10, 25, 2, 30), VIENNA)
    assert twice == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_an_hour_that_does_not_happen_is_refused() -> None:
    with pytest.raises(InvalidInput) as refusal:
        timing.from_wall_clock(datetime(2026, 3, 29, 2, 30), VIENNA)
    assert refusal.value.message.startswith("29 March 2026 02:30 does not exist in Europe/Vienna")
    assert timing.from_wall_clock(datetime(2026, 3, 29, 3, 0), VIENNA) == datetime(2026, 3, 29, 1, tzinfo=UTC)


@given(st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2037, 1, 1)))
def test_wall_clock_and_back(local: datetime) -> None:
    try:
        moment = timing.from_wall_clock(local, VIENNA)
    except InvalidInput:
        assert (local.month, local.hour) == (3, 2)
        return
    assert moment.astimezone(VIENNA).replace(tzinfo=None, fold=0) == local
