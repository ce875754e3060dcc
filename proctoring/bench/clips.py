"""Plays the labelled clips at one frame a second and compares the flags with what was expected."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from proctoring.bench import films
from proctoring.bench.dataset import DataError, Expected, LabelledClip
from proctoring.bench.player import Flag, Player, enrol
from proctoring.vision.pipeline import Pipeline

WITHIN_S = 5.0
"""A flag must be raised at most this long after what it is about began."""
_EARLY_S = 1.0
"""Labels are given to the second; a flag may be about something that began this much earlier."""


@dataclass(frozen=True, slots=True)
class Played:
    """A clip, its flags in order, and which of the expected ones were found in time. ``worst_ms``: CPU
    milliseconds of the dearest frame, 0 where that was not measured."""

    clip: LabelledClip
    flags: tuple[Flag, ...]
    found: tuple[Expected, ...]
    false: tuple[Flag, ...]
    worst_ms: float = 0.0


def play(pipeline: Pipeline, clip: LabelledClip) -> Played:
    """One clip from its beginning to its end, as the first frames of an exam: only the reference is known."""
    player = check_in(pipeline, clip)
    times = tuple(float(second) for second in range(math.ceil(clip.seconds)))
    frames = zip(times, films.frames_of(clip.path, times), strict=False)
    costs = [player.look(pipeline, frame, at).cpu_ms["total"] for at, frame in frames]
    return replace(judge(clip, player.flags), worst_ms=max(costs, default=0.0))


def check_in(pipeline: Pipeline, clip: LabelledClip) -> Player:
    """The camera of a clip's candidate after check-in; DataError when the reference is not good enough."""
    if clip.reference is None:
        return Player()
    try:
        return Player(enrol(pipeline, clip.reference.read_bytes()))
    except DataError as error:
        raise DataError(f"clips.csv, {clip.file}, reference_image: {error}") from error


def judge(clip: LabelledClip, flags: Iterable[Flag]) -> Played:
    """Which of the expected were flagged within 5 s, and which flags nobody expected; pure.

    A flag counts for an expected spell of its kind when it opens from the spell's beginning on and at most
    5 s later, or, for what is expected at some time, while it lasts. A flag is false when its kind is neither
    expected nor allowed in this clip, or when it opens before every such spell or 5 s after it.
    """
    given = tuple(flags)
    found = tuple(each for each in clip.expected if any(_answers(flag, each) for flag in given))
    false = tuple(flag for flag in given if flag.kind not in clip.allowed and not _has_cause(flag, clip))
    return Played(clip, given, found, false)


def _answers(flag: Flag, expected: Expected) -> bool:
    latest = max(expected.start + WITHIN_S, expected.end if expected.at_some_time else 0.0)
    return flag.kind in expected.kinds and expected.start - _EARLY_S <= flag.opened_at <= latest


def _has_cause(flag: Flag, clip: LabelledClip) -> bool:
    return any(
        flag.kind in each.kinds and each.start - _EARLY_S <= flag.opened_at <= each.end + WITHIN_S
        for each in clip.expected
    )
