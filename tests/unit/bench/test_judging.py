"""Figures of the bench: rates, ROC, flags against what a clip should be flagged for."""

from pathlib import Path

import pytest

from proctoring.bench.clips import judge
from proctoring.bench.dataset import Expected, LabelledClip
from proctoring.bench.player import Flag
from proctoring.bench.scores import area_under_curve, count_hits
from proctoring.bench.turns import HeadAt, is_certain, judge_clip
from proctoring.observations import FaceBox, Head
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


def _heads(*yaws: float) -> list[HeadAt]:
    """Four looks a second, of a head turned so many degrees."""
    face = FaceBox(100, 100, 80, 100, 0.9)
    heads = [Head(yaw, 5.0, 0.0, 0.5, 0.1, 0.02, 1.0) for yaw in yaws]
    return [HeadAt(number / 4, head, face) for number, head in enumerate(heads)]


def test_turned_heads_are_told_from_how_the_first_seconds_were() -> None:
    later = Expected("looking_away", frozenset({Kind.LOOKING_AWAY}), 4.0, 6.0)
    yaws = [22.0] * 16 + [-25.0] * 4 + [0.0]
    said = judge_clip(_clip(later), _heads(*yaws))
    # After 3 s, without the three looks within .3 s of the beginning at 4 s.
    assert said == [(False, False, False)] * 2 + [(True, True, True)] * 2 + [(True, True, False)]
    assert judge_clip(_clip(later), _heads(*yaws[:6])) == []


def test_only_clips_that_are_certain_tell_about_turned_heads() -> None:
    assert is_certain(_clip())
    assert not is_certain(_clip(Expected("looking_away", frozenset({Kind.LOOKING_AWAY}), 2.0, 6.0)))
    assert not is_certain(_clip(allowed=frozenset({Kind.LOOKING_AWAY})))
