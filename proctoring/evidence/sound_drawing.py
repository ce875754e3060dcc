"""Draws what is kept beside a piece of sound: bars and marked spans, captions for readers (pure)."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from proctoring.evidence.sounds import EXPECTED, clock, end_clock

MOST_BARS = 200
HEIGHT = 100
"""Of the drawing's box; a bar as loud as can be reaches from 0 to this."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A span of one voice. `x` and `width` in per cent of the drawing, `start` and `end` in seconds."""

    start: float
    end: float
    x: float
    width: float
    label: str
    is_other: bool

    @property
    def words(self) -> str:
        return f"{self.label} {clock(self.start)} to {end_clock(self.start, self.end)}"


@dataclass(frozen=True, slots=True)
class Drawing:
    """`path` draws `bars` bars, each one unit wide, in a box of `HEIGHT`."""

    bars: int
    path: str
    marks: tuple[Mark, ...]

    @property
    def words(self) -> str:
        """The drawing for those who do not see it."""
        marked = ", ".join(mark.words for mark in self.marks)
        return f"Loudness over time; {'marked: ' + marked if marked else 'nothing is marked'}"


def draw(about: Mapping[str, Any]) -> Drawing:
    """The drawing of a piece; empty where nothing is kept beside it."""
    bars = _fewer(about.get("peaks", ()))
    path = "".join(f"M{place}.5 {HEIGHT / 2 - half:.0f}v{2 * half:.0f}" for place, half in enumerate(bars))
    return Drawing(len(bars), path, _marks(about))


def _fewer(peaks: Sequence[int]) -> list[float]:
    """Half the height of each bar. Peaks are in decibels already (`audio.levels.outline`), as ears hear."""
    size = -(-len(peaks) // MOST_BARS) or 1
    loudest = [max(peaks[start : start + size]) for start in range(0, len(peaks), size)]
    return [max(1.0, peak / 255 * HEIGHT / 2) for peak in loudest]


def _marks(about: Mapping[str, Any]) -> tuple[Mark, ...]:
    seconds = about.get("seconds") or 0.0
    if seconds <= 0:
        return ()
    return tuple(
        Mark(
            start,
            end,
            round(100 * start / seconds, 2),
            round(100 * (end - start) / seconds, 2),
            label,
            label != EXPECTED,
        )
        for start, end, label in about.get("spans", ())
    )


def captions_of(about: Mapping[str, Any]) -> str:
    """A WebVTT file: what was written down, each line with its voice; without any, who is heard when."""
    said = [(start, end, f"[{label}] {text}") for start, end, label, text in about.get("lines", ())]
    heard = [(start, end, f"[{label}]") for start, end, label in about.get("spans", ())]
    cues = [
        # An arrow or an empty line would end a cue; text never holds either once white space is joined.
        f"{_moment(start)} --> {_moment(end)}\n{html.escape(' '.join(text.split()), quote=False)}\n"
        for start, end, text in said or heard
    ]
    return "\n".join(["WEBVTT\n", *cues])


def _moment(seconds: float) -> str:
    thousandths = round(seconds * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}.{rest % 1000:03d}"
