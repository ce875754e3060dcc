"""Cuts a short playable recording out of a clip, around what was heard."""

import io
import wave

import numpy as np

from proctoring.audio.diarizers.base import SAMPLE_RATE, Samples
from proctoring.audio.exchange import ClipCut, Span


def cut(samples: Samples, spans: tuple[Span, ...], margin_s: float, longest_s: float) -> ClipCut:
    """A WAV file from ``margin_s`` before the first span on, at most ``longest_s`` long.

    Where the spans lie too far apart, the stretch of that length is taken that holds most of them. No
    spans: the beginning of the clip. WAV, because every browser plays and draws it, and nothing is encoded
    twice.
    """
    seconds = len(samples) / SAMPLE_RATE
    inside = sorted((max(0.0, start), min(seconds, end)) for start, end in spans if start < seconds)
    start, end = _stretch(inside, margin_s, longest_s) if inside else (0.0, longest_s)
    first, last = int(max(0.0, start) * SAMPLE_RATE), int(min(seconds, end) * SAMPLE_RATE)
    out = io.BytesIO()
    with wave.open(out, "wb") as target:
        target.setnchannels(1)
        target.setsampwidth(2)
        target.setframerate(SAMPLE_RATE)
        target.writeframes(np.rint(samples[first:last] * 32767).astype("<i2").tobytes())
    return ClipCut("audio/wav", out.getvalue(), first / SAMPLE_RATE, (last - first) / SAMPLE_RATE)


def _stretch(spans: list[Span], margin_s: float, longest_s: float) -> Span:
    """Where to cut: all of the spans with margins, or the stretch of full length that holds most of them."""
    start, end = spans[0][0] - margin_s, max(end for _, end in spans) + margin_s
    if end - start <= longest_s:
        return start, end
    begins = [each - margin_s for each, _ in spans]
    best = max(begins, key=lambda begin: _held(spans, begin, begin + longest_s))
    return best, best + longest_s


def _held(spans: list[Span], start: float, end: float) -> float:
    return sum(max(0.0, min(b, end) - max(a, start)) for a, b in spans)
