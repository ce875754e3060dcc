"""Voices from the words of a provider, each with a speaker and its times; pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from proctoring.audio import thresholds
from proctoring.audio.exchange import Span, TranscriptLine, Voice
from proctoring.audio.speech import union

LEAST_WORDS = 2
"""A speaker of a single word is a slip of the provider far more often than a person."""
_LABELS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NOT_SAID = 0.5
"""Confidence of a voice for whose words the provider gives none."""


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """One word. ``start``, ``end``: seconds from the clip's start. ``confidence``: 0..1, that it is this
    speaker's, or None."""

    text: str
    start: float
    end: float
    speaker: int
    confidence: float | None


@dataclass(frozen=True, slots=True)
class HeardVoices:
    """Voices, most spoken first, where two of them speak at once, and what was written down of each."""

    voices: tuple[Voice, ...]
    overlaps: tuple[Span, ...]
    lines: tuple[TranscriptLine, ...]

    @property
    def speech_seconds(self) -> float:
        """Seconds in which any of the voices speaks."""
        return _length(union([span for voice in self.voices for span in voice.spans]))


def voices_of(words: Sequence[SpokenWord], seconds: float) -> HeardVoices:
    """Speakers of fewer than `LEAST_WORDS` words or less than ``thresholds.SHORT_VOICE_S`` are left out.

    ``seconds``: of the clip; whatever a word claims beyond it is cut off.
    """
    by_speaker: dict[int, list[SpokenWord]] = {}
    for word in sorted(words, key=lambda each: (each.start, each.end)):
        by_speaker.setdefault(word.speaker, []).append(word)
    found = []
    for speaker, own in by_speaker.items():
        spans = joined_spans([(word.start, word.end) for word in own], seconds)
        if len(own) >= LEAST_WORDS and _length(spans) >= thresholds.SHORT_VOICE_S:
            found.append((speaker, spans, _confidence(own)))
    found.sort(key=lambda each: -_length(each[1]))
    labels = {speaker: label for label, (speaker, _, _) in zip(_LABELS, found, strict=False)}
    voices = tuple(
        Voice(labels[speaker], _length(spans), spans, confidence)
        for speaker, spans, confidence in found[: len(_LABELS)]
    )
    return HeardVoices(voices, _overlaps(voices), _lines(words, labels, seconds))


def joined_spans(spans: Sequence[Span], seconds: float) -> tuple[Span, ...]:
    """The spans inside a clip of ``seconds``, with pauses of less than ``thresholds.JOIN_S`` filled."""
    joined: list[Span] = []
    inside = [(max(0.0, start), min(seconds, end)) for start, end in spans]
    for start, end in union([(start, end) for start, end in inside if end > start]):
        if joined and start - joined[-1][1] < thresholds.JOIN_S:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return tuple(joined)


def _confidence(words: Sequence[SpokenWord]) -> float:
    """Above ``thresholds.COUNTED_CONFIDENCE``, the more, the surer the provider is of its words."""
    said = [word.confidence for word in words if word.confidence is not None]
    mean = math.fsum(said) / len(said) if said else _NOT_SAID
    return thresholds.COUNTED_CONFIDENCE + 0.49 * min(1.0, max(0.0, mean))


def _overlaps(voices: Sequence[Voice]) -> tuple[Span, ...]:
    found = []
    for place, voice in enumerate(voices):
        for other in voices[place + 1 :]:
            for a, b in voice.spans:
                found += [(max(a, c), min(b, d)) for c, d in other.spans if min(b, d) > max(a, c)]
    return union(found)


def _lines(
    words: Sequence[SpokenWord], labels: Mapping[int, str], seconds: float
) -> tuple[TranscriptLine, ...]:
    """What one voice says without another one in between, as one line."""
    lines: list[TranscriptLine] = []
    for word in sorted(words, key=lambda each: (each.start, each.end)):
        label = labels.get(word.speaker)
        if label is None or word.start >= seconds:
            continue
        end = min(seconds, word.end)
        last = lines[-1] if lines else None
        if last and last.label == label:
            lines[-1] = TranscriptLine(last.start, max(last.end, end), label, f"{last.text} {word.text}")
        else:
            lines.append(TranscriptLine(max(0.0, word.start), end, label, word.text))
    return tuple(lines)


def _length(spans: Sequence[Span]) -> float:
    return math.fsum(end - start for start, end in spans)
