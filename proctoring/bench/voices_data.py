"""Labelled recordings: who speaks when, from the ``labels.csv`` of a folder."""

import csv
from dataclasses import dataclass
from pathlib import Path

from proctoring.audio.exchange import Span
from proctoring.audio.speech import shared_seconds
from proctoring.bench.dataset import DataError

ENROLMENT = "enroll"


@dataclass(frozen=True, slots=True)
class LabelledClip:
    """One recording. ``turns``: spans by speaker; ``people``: how many speak; ``bit_rate``: bits a second."""

    path: Path
    kind: str
    people: int
    turns: dict[str, list[Span]]
    bit_rate: int

    @property
    def main(self) -> str:
        """Who speaks longest; "" for nobody."""
        return max(self.turns, key=lambda who: _seconds(self.turns[who]), default="")

    def others(self, heard: tuple[Span, ...]) -> list[Span]:
        """Where somebody else speaks than the one whose voice was heard in those spans."""
        who = max(self.turns, key=lambda each: shared_seconds(self.turns[each], heard), default="")
        return [span for each, spans in self.turns.items() if each != who for span in spans]


def read_clips(folder: Path) -> list[LabelledClip]:
    """Clips of ``labels.csv``, one for each recording; DataError when there are none or files are missing.

    The same recording in several containers is taken once: WebM, as browsers send it.
    """
    try:
        with (folder / "labels.csv").open(encoding="utf-8", newline="") as source:
            clips = [_clip(folder, row) for row in csv.DictReader(source)]
    except (OSError, KeyError, ValueError) as error:
        raise DataError(f"{folder}/labels.csv cannot be read: {error}") from error
    first = {clip.path.with_suffix(""): clip for clip in reversed(clips)}
    first.update({c.path.with_suffix(""): c for c in clips if c.path.suffix == ".webm"})
    missing = [str(clip.path) for clip in first.values() if not clip.path.is_file()]
    if missing or not first:
        raise DataError(f"no such recordings: {', '.join(missing) or folder}")
    return sorted(first.values(), key=lambda clip: clip.path)


def _clip(folder: Path, row: dict[str, str]) -> LabelledClip:
    turns: dict[str, list[Span]] = {}
    for item in filter(None, row["spans"].split(";")):
        who, _, span = item.rpartition(":")
        start, _, end = span.partition("-")
        turns.setdefault(who, []).append((float(start), float(end)))
    rate = int(float(row["bitrate"] or 0))
    return LabelledClip(folder / row["file"], row["category"], int(row["n_speakers"]), turns, rate)


def _seconds(spans: list[Span]) -> float:
    return sum(end - start for start, end in spans)
