"""What one recording shows of a kind: where in it, for how long, how grave (pure)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from proctoring.audio.exchange import Span
from proctoring.incidents.heard_clips import HeardClip, HeardVoice
from proctoring.incidents.known_voices import NOT_TOLD
from proctoring.incidents.rule_table import Rule
from proctoring.observations import Observation, ObservationKind, Severity


@dataclass(frozen=True, slots=True)
class Sighting:
    """One kind in one recording: when it shows, how much of it, how grave.

    `voices`: numbers of the other voices that are heard.
    """

    seen: Observation
    begin: float
    end: float
    seconds: float
    severity: Severity
    spans: tuple[Span, ...]
    measurements: Mapping[str, Any]
    voices: tuple[int, ...] = ()


def sighting_of(rule: Rule, seen: Observation, clip: HeardClip, zone: tzinfo) -> Sighting:
    """What an observation that sees its kind says about it. `zone`: in which times of day are told."""
    others = clip.others()
    spans, seconds = _what_shows(rule.kind, seen, clip, others)
    begin = clip.at + (spans[0][0] if spans else 0.0)
    end = clip.at + (max(each[1] for each in spans) if spans else clip.seconds)
    longest = max(spans, key=lambda each: each[1] - each[0]) if spans else (0.0, clip.seconds)
    weak = rule.kind is ObservationKind.ANOTHER_VOICE and seconds < rule.persist_seconds
    measurements = {
        **{name: _rounded(value) for name, value in seen.measurements.items()},
        "clip_seconds": round(clip.seconds),
        "span": "-".join(_clock(clip.at + at, zone) for at in longest),
    }
    if rule.kind is ObservationKind.SPEECH:
        measurements["speech_seconds"] = round(seconds, 1)
    return Sighting(
        seen, begin, end, seconds, Severity.INFO if weak else rule.severity, spans, measurements,
        tuple(each.number for each in others if each.number != NOT_TOLD),
    )  # fmt: skip


def _what_shows(
    kind: ObservationKind, seen: Observation, clip: HeardClip, others: list[HeardVoice]
) -> tuple[tuple[Span, ...], float]:
    """Where in the recording it shows, and for how many seconds."""
    whole = ((0.0, clip.seconds),)
    voices = clip.voices
    if kind is ObservationKind.MICROPHONE_SILENT or voices is None:
        return (), clip.seconds
    if kind is ObservationKind.ANOTHER_VOICE:
        spans = _merged([*(span for voice in others for span in voice.spans), *clip.overlaps])
        longest = max((voice.seconds for voice in others), default=0.0)
        at_once = sum(end - start for start, end in clip.overlaps)
        said = [seen.measurements.get(name, 0.0) for name in ("second_seconds", "overlap_s")]
        return spans or whole, max(longest, at_once, *map(float, said))
    if kind is ObservationKind.SPEECH:
        return _merged(span for voice in voices for span in voice.spans) or whole, clip.speech_seconds
    main = voices[0] if voices else None
    return (main.spans if main else whole), (main.seconds if main else clip.seconds)


def _merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans in order of time, those that touch made one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def _clock(at: float, zone: tzinfo) -> str:
    return datetime.fromtimestamp(at, zone).strftime("%H:%M:%S")


def _rounded(value: Any) -> Any:
    return round(value, 2) if isinstance(value, float) else value
