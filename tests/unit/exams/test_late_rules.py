"""Which late answers count: claims of a device's clock, bounded by what the server knows."""

from datetime import UTC, datetime, timedelta

import pytest

from exams.delivery.late_rules import Known, skew_of, why_not

END = datetime(2026, 11, 23, 12, tzinfo=UTC)
S = timedelta(seconds=1)


def known(*, now: timedelta, skew: timedelta = 0 * S, came_back: timedelta | None = None) -> Known:
    back = None if came_back is None else END + came_back
    return Known(END, 600 * S, skew, back, END + now)


@pytest.mark.parametrize(
    ("claimed", "facts", "why"),
    [
        (-30 * S, known(now=300 * S), ""),
        (2 * S, known(now=300 * S), ""),
        (3 * S, known(now=300 * S), "given_after_end"),
        (-30 * S, known(now=600 * S), ""),
        (-30 * S, known(now=601 * S), "upload_over"),
        (-30 * S, known(now=300 * S, came_back=290 * S), ""),
        (-30 * S, known(now=300 * S, came_back=100 * S), "came_back_before"),
        (3 * 3600 * S - 30 * S, known(now=300 * S, skew=-3 * 3600 * S), ""),
        (-3600 * S + 30 * S, known(now=300 * S, skew=3600 * S), "given_after_end"),
    ],
)
def test_why_not(claimed: timedelta, facts: Known, why: str) -> None:
    assert why_not(END + claimed, facts) == why


@pytest.mark.parametrize(
    ("differences", "skew"),
    [
        ([], 0),
        ([0.8, 1.5, 300.0], 0),  # sent quickly at least once: the clock is right
        ([300.0], 0),  # one that waited proves nothing
        ([3601.0, 3600.5, 3700.0], 3600.5),
        ([-7200.0], -7200.0),  # cannot arrive before it was given
        ([-7200.0, -7100.0, 5.0], -7200.0),
    ],
)
def test_skew(differences: list[float], skew: float) -> None:
    samples = [(END + each * S, END) for each in differences]
    assert skew_of(samples) == skew * S
