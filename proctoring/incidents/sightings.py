"""What one recording shows of a kind: where in it, for how long, how grave (pure)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from proctoring.audio.exchange import ClipReport, Embedding, Span, Voice
from proctoring.incidents.rule_table import Rule
from proctoring.observations import Observation, ObservationKind, Severity


@dataclass(frozen=True, slots=True)
class Sighting:
    """One kind in one recording: when it shows, how much of it, how grave."""

    seen: Observation
    begin: float
    end: float
    seconds: float
    severity: Severity
    spans: tuple[Span, ...]
    measurements: Mapping[str, Any]
    voices: tuple[Embedding, ...] = ()


def sighting_of(rule: Rule, seen: Observation, report: ClipReport, zone: tzinfo) -> Sighting:
    """What an observation that sees its kind says about it. `zone`: in which times of day are told."""
    others = other_voices(report)
    spans, seconds = _what_shows(rule.kind, seen, report, others)
    begin = report.captured_at + (spans[0][0] if spans else 0.0)
    end = report.captured_at + (max(each[1] for each in spans) if spans else report.duration_s)
    longest = max(spans, key=lambda each: each[1] - each[0]) if spans else (0.0, report.duration_s)
    weak = rule.kind is ObservationKind.ANOTHER_VOICE and seconds < rule.persist_seconds
    measurements = {
        **{name: _rounded(value) for name, value in seen.measurements.items()},
        "clip_seconds": round(report.duration_s),
        "span": "-".join(_clock(report.captured_at + at, zone) for at in longest),
    }
    if rule.kind is ObservationKind.SPEECH:
        measurements["speech_seconds"] = round(seconds, 1)
    return Sighting(
        seen, begin, end, seconds, Severity.INFO if weak else rule.severity, spans, measurements,
        tuple(voice.centroid for voice in others if voice.centroid),
    )  # fmt: skip


def other_voices(report: ClipReport) -> list[Voice]:
    """Every voice but the one that is expected: the enrolled one, else the one that speaks most."""
    if report.voices is None or not report.voices.voices:
        return []
    found = report.voices
    expected = found.enrolled_voice or found.voices[0].label
    return [voice for voice in found.voices if voice.label != expected]


def _what_shows(
    kind: ObservationKind, seen: Observation, report: ClipReport, others: list[Voice]
) -> tuple[tuple[Span, ...], float]:
    """Where in the recording it shows, and for how many seconds."""
    whole = ((0.0, report.duration_s),)
    found = report.voices
    if kind is ObservationKind.MICROPHONE_SILENT or found is None:
        return (), report.duration_s
    if kind is ObservationKind.ANOTHER_VOICE:
        spans = _merged([*(span for voice in others for span in voice.spans), *found.overlap_spans])
        longest = max((voice.seconds for voice in others), default=0.0)
        said = [seen.measurements.get(name, 0.0) for name in ("second_seconds", "overlap_s")]
        return spans or whole, max(longest, found.overlap_seconds, *map(float, said))
    if kind is ObservationKind.SPEECH:
        return _merged(span for voice in found.voices for span in voice.spans) or whole, found.speech_seconds
    main = found.voices[0] if found.voices else None
    return (main.spans if main else whole), (main.seconds if main else report.duration_s)


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
