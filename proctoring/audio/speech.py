"""Who is speaking in each instant of a clip, window by window: runs and turns from the segmentation model.

The model hears ten seconds and tells up to three people apart inside them, also when two talk at once; the
same person may have another number in the next window. Runs of one person are joined to turns, and pieces
of turns go to the voice model (``voiceprints``).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from proctoring.audio import thresholds
from proctoring.audio.diarizers.base import SAMPLE_RATE, Samples
from proctoring.audio.exchange import Span
from proctoring.audio.levels import decibels

FRAME_S = 0.016875
"""Step of the model's answers: 270 samples."""
WINDOW_S = 10.0
# The model answers with one of these sets of people, a bit for each: nobody, each of three, each pair.
_SETS = np.array([0b000, 0b001, 0b010, 0b100, 0b011, 0b101, 0b110], np.int64)
_ALONE = frozenset({0b001, 0b010, 0b100})

Scores = NDArray[np.float32]
Listen = Callable[[Samples], Scores]
"""The model: ten seconds of samples to log probabilities, (frames, 7)."""


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch in which the same people speak. ``people``: bits; ``window``: in which they have these
    bits."""

    start: float
    end: float
    people: int
    window: int
    spoken: float

    @property
    def is_alone(self) -> bool:
        """True when one person speaks."""
        return self.people in _ALONE


@dataclass(frozen=True, slots=True)
class Speech:
    """``runs`` in which anybody speaks, in order, and ``turns`` of one person alone with short pauses in
    them."""

    runs: tuple[Run, ...]
    turns: tuple[Run, ...]

    @property
    def seconds(self) -> float:
        """Seconds in which anybody speaks."""
        return sum(run.spoken for run in self.runs)

    @property
    def overlaps(self) -> tuple[Span, ...]:
        """Where at least two people speak at once."""
        return union([(run.start, run.end) for run in self.runs if not run.is_alone])


def find_speech(samples: Samples, listen: Listen) -> Speech:
    """Runs and turns of a clip; windows without any sound are not shown to the model."""
    count = int(len(samples) / SAMPLE_RATE / FRAME_S)
    if count < 1:
        return Speech((), ())
    starts = window_starts(len(samples))
    middles = np.array(starts) / SAMPLE_RATE + WINDOW_S / 2
    times = (np.arange(count) + 0.5) * FRAME_S
    owner = np.abs(times[:, None] - middles[None]).argmin(axis=1)
    people = np.zeros(count, np.int64)
    for window, start in enumerate(starts):
        piece = samples[start : start + int(WINDOW_S * SAMPLE_RATE)]
        if _is_quiet(piece):
            continue
        answers = _SETS[listen(_filled(piece)).argmax(axis=1)]
        own = np.flatnonzero(owner == window)
        places = ((times[own] - start / SAMPLE_RATE) / FRAME_S).astype(np.int64)
        people[own] = answers[np.clip(places, 0, len(answers) - 1)]
    runs = _runs(people, owner)
    return Speech(runs, _turns(runs))


def window_starts(length: int) -> list[int]:
    """First samples of the windows that cover a clip; the last ends with it."""
    window, hop = int(WINDOW_S * SAMPLE_RATE), int(thresholds.WINDOW_HOP_S * SAMPLE_RATE)
    return [0] if length <= window else [*range(0, length - window, hop), length - window]


def union(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The same time without overlaps, in order."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def shared_seconds(spans: Sequence[Span], others: Sequence[Span]) -> float:
    """Seconds that lie in both; neither overlaps itself."""
    return sum(max(0.0, min(b, d) - max(a, c)) for a, b in spans for c, d in others)


def _filled(piece: Samples) -> Samples:
    missing = int(WINDOW_S * SAMPLE_RATE) - len(piece)
    return np.pad(piece, (0, missing)) if missing else piece


def _is_quiet(piece: Samples) -> bool:
    """True when not even the loudest tenth of a second can hold speech."""
    length = SAMPLE_RATE // 10
    power = np.square(piece[: len(piece) // length * length].reshape(-1, length)).mean(axis=1)
    return not len(power) or decibels(float(power.max())) < thresholds.LEAST_SPEECH_DB


def _runs(people: NDArray[np.int64], owner: NDArray[np.int64]) -> tuple[Run, ...]:
    changes = np.flatnonzero((np.diff(people) != 0) | (np.diff(owner) != 0)) + 1
    edges = [0, *changes.tolist(), len(people)]
    return tuple(
        Run(a * FRAME_S, b * FRAME_S, int(people[a]), int(owner[a]), (b - a) * FRAME_S)
        for a, b in zip(edges, edges[1:], strict=False)
        if people[a]
    )


def _turns(runs: Sequence[Run]) -> tuple[Run, ...]:
    turns: list[Run] = []
    for run in runs:
        if not run.is_alone:
            continue
        last = turns[-1] if turns else None
        is_same = last and (last.people, last.window) == (run.people, run.window)
        if last and is_same and run.start - last.end < thresholds.JOIN_S:
            turns[-1] = replace(last, end=run.end, spoken=last.spoken + run.spoken)
        else:
            turns.append(run)
    return tuple(turn for turn in turns if turn.spoken >= thresholds.LEAST_TURN_S)
