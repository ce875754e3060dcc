"""What was heard in one recording, as the rules judge it and as it is kept: numbers and moments (pure).

No sound, no word, no vector of a voice. The rules judge the rounded form, so that what is kept leads to the
same incidents again.
"""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from proctoring.audio.exchange import ClipReport, Span, Voice, VoiceResult
from proctoring.incidents.known_voices import NOT_TOLD, KnownVoices
from proctoring.incidents.observed import rounded
from proctoring.observations import Observation, ObservationKind, find_observation

FORMAT = 1
MOST_VOICES = 6
MOST_SPANS = 60
"""Of each voice, and of two at once: what a recording of a minute can hold is less; this bounds a row."""


@dataclass(frozen=True, slots=True)
class HeardVoice:
    """One voice of a recording. `number`: the same for the same other voice of a session, NOT_TOLD of the
    expected one and where voices cannot be known again. `spans`: seconds from the begin of the recording."""

    seconds: float
    spans: tuple[Span, ...]
    is_expected: bool
    number: int = NOT_TOLD


@dataclass(frozen=True, slots=True)
class HeardClip:
    """One recording. `at`: when it began, epoch seconds in whole milliseconds; `seconds`: its length.

    `level_db`: decibels of full scale. `is_silent`: no signal at all. `voices`: most spoken first; None where
    nobody listened for voices. `overlaps`: where two people speak at once.
    """

    at: float
    sequence: int
    seconds: float
    level_db: float
    is_silent: bool
    observations: tuple[Observation, ...] = ()
    voices: tuple[HeardVoice, ...] | None = None
    overlaps: tuple[Span, ...] = ()
    speech_seconds: float = 0.0

    def observation(self, kind: ObservationKind) -> Observation | None:
        """The observation of that kind, or None when this recording says nothing about it."""
        return find_observation(self.observations, kind)

    def others(self) -> list[HeardVoice]:
        """Every voice but the one that is expected."""
        return [each for each in self.voices or () if not each.is_expected]


def heard_clip(report: ClipReport, known: KnownVoices) -> tuple[HeardClip, KnownVoices]:
    """What is judged and kept of a report, and the voices that are known after it.

    Other voices are numbered only where something was pointed out: nobody else's need be known again.
    """
    found = tuple(_told(rounded(each)) for each in report.observations)
    result = report.voices
    voices: tuple[HeardVoice, ...] | None = None
    if result is not None:
        shows = any(each.present and each.informative for each in found)
        voices, known = _voices(result, known, shows)
    clip = HeardClip(
        at=round(report.captured_at, 3),
        sequence=report.sequence,
        seconds=round(report.duration_s, 3),
        level_db=round(report.level_db, 1),
        is_silent=report.silent,
        observations=found,
        voices=voices,
        overlaps=_spans(result.overlap_spans) if result else (),
        speech_seconds=round(result.speech_seconds, 2) if result else 0.0,
    )
    return clip, known


def pack(clip: HeardClip) -> bytes:
    """The recording as some hundred bytes; at most about ten kilobytes."""
    voices = clip.voices
    told = {
        "v": FORMAT,
        "t": round(clip.at * 1000),
        "n": clip.sequence,
        "s": clip.seconds,
        "db": clip.level_db,
        "q": int(clip.is_silent),
        "o": [_to_json(each) for each in clip.observations],
        "w": None if voices is None else [_voice_to_json(each) for each in voices],
        "x": clip.overlaps,
        "p": clip.speech_seconds,
    }
    return zlib.compress(json.dumps(told, separators=(",", ":")).encode(), 9)


def unpack(data: bytes) -> HeardClip:
    """Inverse of `pack`. ValueError when it was written by another format or is damaged."""
    try:
        told = json.loads(zlib.decompress(data))
    except zlib.error as error:
        raise ValueError("what was heard is damaged") from error
    if told.get("v") != FORMAT:
        raise ValueError(f"what was heard is of format {told.get('v')!r}, expected {FORMAT}")
    voices = told["w"]
    return HeardClip(
        at=told["t"] / 1000,
        sequence=told["n"],
        seconds=told["s"],
        level_db=told["db"],
        is_silent=bool(told["q"]),
        observations=tuple(_from_json(each) for each in told["o"]),
        voices=None if voices is None else tuple(_voice_from_json(each) for each in voices),
        overlaps=_pairs(told["x"]),
        speech_seconds=told["p"],
    )


def in_words(clip: HeardClip) -> dict[str, Any]:
    """The same for the person whom it is about: plain values by names that tell what they are."""
    return {
        "began": clip.at,
        "seconds": clip.seconds,
        "level_db": clip.level_db,
        "silent": clip.is_silent,
        "speech_seconds": clip.speech_seconds,
        "voices": [
            {"seconds": each.seconds, "spans": each.spans, "expected": each.is_expected, "voice": each.number}
            for each in clip.voices or ()
        ],
        "overlaps": clip.overlaps,
        "said": [each.to_json() for each in clip.observations],
    }


def _told(seen: Observation) -> Observation:
    """Of sightings their numbers too, of others how sure."""
    return seen if seen.present and seen.informative else replace(seen, measurements={})


def _voices(
    result: VoiceResult, known: KnownVoices, shows: bool
) -> tuple[tuple[HeardVoice, ...], KnownVoices]:
    """The expected voice is the enrolled one, else the one that speaks most."""
    expected = result.enrolled_voice or (result.voices[0].label if result.voices else "")
    found = []
    for voice in _first(result.voices, expected):
        number = NOT_TOLD
        if shows and voice.label != expected:
            known, number = known.number_of(voice.centroid)
        seconds = round(voice.seconds, 2)
        found.append(HeardVoice(seconds, _spans(voice.spans), voice.label == expected, number))
    return tuple(found), known


def _first(voices: Sequence[Voice], expected: str) -> list[Voice]:
    """As many as are kept, the expected one among them."""
    kept = list(voices[:MOST_VOICES])
    if expected and all(each.label != expected for each in kept):
        kept[-1:] = [each for each in voices if each.label == expected]
    return kept


def _spans(spans: Sequence[Span]) -> tuple[Span, ...]:
    return tuple((round(start, 2), round(end, 2)) for start, end in spans[:MOST_SPANS])


def _pairs(spans: Sequence[Sequence[float]]) -> tuple[Span, ...]:
    return tuple((start, end) for start, end in spans)


def _to_json(seen: Observation) -> list[Any]:
    told = dict(seen.measurements)
    return [seen.kind.value, int(seen.present), int(seen.informative), seen.confidence, told]


def _from_json(told: Sequence[Any]) -> Observation:
    kind, present, informative, confidence, measurements = told
    numbers: Mapping[str, Any] = measurements
    return Observation(ObservationKind(kind), bool(present), confidence, numbers, bool(informative))


def _voice_to_json(voice: HeardVoice) -> list[Any]:
    return [voice.seconds, voice.spans, int(voice.is_expected), voice.number]


def _voice_from_json(told: Sequence[Any]) -> HeardVoice:
    seconds, spans, is_expected, number = told
    return HeardVoice(seconds, _pairs(spans), bool(is_expected), number)
