"""What the detectors said of frames, without pictures: rounded as it is kept, and packed small (pure).

The rules judge the rounded form, so that what is kept leads to the same incidents again.
"""

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from proctoring.lighting import lighting_of
from proctoring.observations import FrameReport, Measurements, Observation, ObservationKind, Quality, Weight

FORMAT = 1
_NONE = "-"
_KINDS = tuple(ObservationKind)
_STATES = {(False, True): "0", (True, True): "1", (False, False): "a", (True, False): "p"}
"""By present and informative."""
_MEANS = {letter: meaning for meaning, letter in _STATES.items()}
_PRESENT_STEPS, _ABSENT_STEPS = 10_000, 100


@dataclass(frozen=True, slots=True)
class SeenFrame:
    """One frame that was analysed: when, its number, the light, and what each detector said.

    `at`: seconds since the epoch in whole milliseconds.
    """

    at: float
    sequence: int
    light: str
    observations: tuple[Observation, ...]

    def report(self) -> FrameReport:
        """As the rules take it; it has no faces, which only set the pace of the camera."""
        return FrameReport(self.at, self.sequence, 1, 1, Quality(True), self.observations)


def as_kept(report: FrameReport) -> FrameReport:
    """The report with its moment and observations rounded to what is kept of them."""
    found = tuple(rounded(each) for each in report.observations)
    return replace(report, captured_at=round(report.captured_at, 3), observations=found)


def rounded(seen: Observation) -> Observation:
    """The observation as exactly as it is kept."""
    steps = _steps(seen.present)
    numbers: Measurements = seen.measurements
    if seen.present and seen.informative:
        numbers = {
            name: round(value, 4) if isinstance(value, float) else value for name, value in numbers.items()
        }
    return replace(seen, confidence=round(seen.confidence * steps) / steps, measurements=numbers)


def seen_frame(report: FrameReport) -> SeenFrame:
    """What is kept of a report that is `as_kept`: of sightings their numbers too, of others how sure."""
    told = tuple(
        each if each.present and each.informative else replace(each, measurements={})
        for each in report.observations
    )
    return SeenFrame(report.captured_at, report.sequence, lighting_of(report.quality).value, told)


def note_of(frame: SeenFrame) -> str:
    """One frame as a short line of JSON, for the cache; the kinds are in the order of `ObservationKind`."""
    found = {each.kind: each for each in frame.observations}
    letters, steps, more = [], [], {}
    for place, kind in enumerate(_KINDS):
        seen = found.get(kind)
        letters.append(_STATES[seen.present, seen.informative] if seen else _NONE)
        if seen is None:
            continue
        steps.append(round(seen.confidence * _steps(seen.present)))
        if seen.measurements or seen.weight is not Weight.PLAIN:
            more[place] = [dict(seen.measurements), seen.weight.value]
    told = [round(frame.at * 1000), frame.sequence, frame.light, "".join(letters), steps, more]
    return json.dumps(told, separators=(",", ":"))


def pack(notes: Sequence[str]) -> bytes:
    """Some frames in order as one piece: a column for each kind, so that calm costs almost nothing."""
    frames = [json.loads(note) for note in notes]
    kinds: dict[str, dict[str, Any]] = {}
    for place, (_, _, _, letters, steps, more) in enumerate(frames):
        left = iter(steps)
        for number, letter in enumerate(letters):
            if letter == _NONE:
                continue
            empty = {"s": [_NONE] * len(frames), "c": [], "m": {}, "w": {}}
            column = kinds.setdefault(_KINDS[number].value, empty)
            column["s"][place] = letter
            column["c"].append(next(left))
            numbers, weight = more.get(str(number), ({}, Weight.PLAIN))
            if numbers:
                column["m"][place] = numbers
            if weight != Weight.PLAIN:
                column["w"][place] = weight
    for column in kinds.values():
        column["s"] = "".join(column["s"])
    whole = {
        "v": FORMAT,
        "t": _steps_between([frame[0] for frame in frames]),
        "n": _steps_between([frame[1] for frame in frames]),
        "l": [frame[2] for frame in frames],
        "k": kinds,
    }
    return zlib.compress(json.dumps(whole, separators=(",", ":")).encode(), 9)


def unpack(data: bytes) -> list[SeenFrame]:
    """Inverse of `pack`. ValueError when it was written by another format or is damaged."""
    try:
        whole = json.loads(zlib.decompress(data))
    except zlib.error as error:
        raise ValueError("these observations are damaged") from error
    if whole.get("v") != FORMAT:
        raise ValueError(f"observations of format {whole.get('v')!r}, expected {FORMAT}")
    times, numbers = _summed(whole["t"]), _summed(whole["n"])
    found: list[list[Observation]] = [[] for _ in times]
    for kind, column in whole["k"].items():
        for place, observation in _column(ObservationKind(kind), column):
            found[place].append(observation)
    rows = zip(times, numbers, whole["l"], found, strict=True)
    return [SeenFrame(at / 1000, number, light, tuple(seen)) for at, number, light, seen in rows]


def _column(kind: ObservationKind, column: Mapping[str, Any]) -> Iterable[tuple[int, Observation]]:
    confidences = iter(column["c"])
    for place, letter in enumerate(column["s"]):
        if letter == _NONE:
            continue
        present, informative = _MEANS[letter]
        yield (
            place,
            Observation(
                kind,
                present,
                next(confidences) / _steps(present),
                column["m"].get(str(place), {}),
                informative,
                Weight(column["w"].get(str(place), Weight.PLAIN)),
            ),
        )


def _steps(present: bool) -> int:
    """How finely a confidence is kept: of what was not seen only roughly."""
    return _PRESENT_STEPS if present else _ABSENT_STEPS


def _steps_between(values: Sequence[int]) -> list[int]:
    return [*values[:1], *(after - before for before, after in zip(values, values[1:], strict=False))]


def _summed(steps: Iterable[int]) -> list[int]:
    total, found = 0, []
    for step in steps:
        total += step
        found.append(total)
    return found
