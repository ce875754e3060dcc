"""Figures of the bench: rates, ROC, flags against what a clip should be flagged for."""

from pathlib import Path

import pytest

from proctoring.bench.clips import judge
from proctoring.bench.dataset import Expected, LabelledClip
from proctoring.bench.player import Flag
from proctoring.bench.scores import area_under_curve, count_hits
from proctoring.observations import ObservationKind as Kind

AWAY = Expected("looking_away", frozenset({Kind.LOOKING_AWAY}), 3.0, 6.0)
SOME_TIME = Expected("multiple_faces", frozenset({Kind.SEVERAL_FACES}), 0.0, 10.0, at_some_time=True)


def _clip(*expected: Expected, allowed: frozenset[Kind] = frozenset()) -> LabelledClip:
    return LabelledClip("c.mp4", Path("c.mp4"), 10.0, None, expected, allowed)


def _flag(kind: Kind, at: float) -> Flag:
    return Flag(kind, at, at - 2, "why")


def test_precision_and_recall() -> None:
    hits = count_hits([(True, True), (True, False), (False, True), (False, False), (True, True)])
    assert (hits.precision, hits.recall) == (2 / 3, 2 / 3)
    nothing = count_hits([(False, False)])
    assert (nothing.precision, nothing.recall) == (None, None)


def test_area_under_the_curve_counts_ties_half() -> None:
    assert area_under_curve([0.9, 0.8], [0.1, 0.2]) == 1.0
    assert area_under_curve([0.5], [0.5, 0.1]) == 0.75
    assert area_under_curve([], [0.5]) is None


@pytest.mark.parametrize(
    ("at", "found", "false"),
    [(2.0, 1, 0), (8.0, 1, 0), (8.5, 0, 0), (1.0, 0, 1), (11.5, 0, 1)],
    ids=["a second early", "5 s", "too late to count, with a cause", "before it", "long after it"],
)
def test_a_flag_has_five_seconds(at: float, found: int, false: int) -> None:
    played = judge(_clip(AWAY), [_flag(Kind.LOOKING_AWAY, at)])
    assert (len(played.found), len(played.false)) == (found, false)


def test_what_is_expected_at_some_time_may_come_late() -> None:
    assert len(judge(_clip(SOME_TIME), [_flag(Kind.SEVERAL_FACES, 9.5)]).found) == 1


def test_other_kinds_are_false_unless_allowed() -> None:
    phone = _flag(Kind.PHONE, 4.0)
    assert judge(_clip(AWAY), [phone]).false == (phone,)
    assert judge(_clip(AWAY, allowed=frozenset({Kind.PHONE})), [phone]).false == ()
    assert judge(_clip(), [phone]).false == (phone,)
