"""What is kept beside a piece of sound, so that it can be drawn, and read by those who do not hear it (pure).

`about` of an evidence item: `seconds` (length), `peaks` (0..255, equal steps), `spans` (list of
`[start, end, label]` in seconds of the piece), `lines` (list of `[start, end, label, text]`: what a provider
wrote down), `text` (what is to be heard, in words). A label is "voice 1" for the voice that is expected.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from proctoring.audio.call_sound import CallSound
from proctoring.audio.exchange import ClipCut, ClipReport, Span, VoiceResult

_MOST_PEAKS = 600
EXPECTED, OTHER = "voice 1", "another voice"
MISSING = "not recorded"
_LEAST_END_S = 2.0


def describe(report: ClipReport, piece: ClipCut) -> dict[str, Any]:
    """What is to be heard in a piece that was cut out of the recording of `report`."""
    spans = _labelled(report.voices, piece)
    return {
        "seconds": round(piece.duration_s, 2),
        "peaks": _peaks(report, piece),
        "spans": [list(each) for each in spans],
        "lines": _lines(report.voices, piece),
        "text": _words(piece.duration_s, spans),
    }


def describe_call(sound: CallSound, call_seconds: float) -> dict[str, Any]:
    """The same for the whole of a call. Nobody is told apart: what is marked is what is missing."""
    missing = list(sound.gaps)
    if call_seconds - sound.seconds > _LEAST_END_S:
        missing.append((round(sound.seconds, 1), round(call_seconds, 1)))
    words = ", ".join(f"{clock(start)}-{end_clock(start, end)}" for start, end in missing)
    return {
        "seconds": round(sound.seconds, 2),
        "peaks": _fewer(sound.waveform),
        "spans": [[start, end, MISSING] for start, end in sound.gaps],
        "lines": [],
        "text": f"{clock(sound.seconds)} recording of a call, both sides"
        + (f"; not recorded: {words} of the call" if missing else ""),
    }


def _labelled(found: VoiceResult | None, piece: ClipCut) -> list[tuple[float, float, str]]:
    """Who is heard when in the piece, in order of time."""
    if found is None or not found.voices:
        return []
    names = _names(found)
    spans = [
        (*inside, names[voice.label])
        for voice in found.voices
        for span in voice.spans
        if (inside := _inside(span, piece)) is not None
    ]
    return sorted(spans)


def _names(found: VoiceResult) -> dict[str, str]:
    expected = found.enrolled_voice or found.voices[0].label
    others = [voice.label for voice in found.voices if voice.label != expected]
    names = {
        label: OTHER if len(others) == 1 else f"{OTHER} ({place})" for place, label in enumerate(others, 1)
    }
    return {expected: EXPECTED, **names}


def _inside(span: Span, piece: ClipCut) -> tuple[float, float] | None:
    """The part of a span that the piece holds, in seconds of the piece."""
    start = max(0.0, span[0] - piece.offset_s)
    end = min(piece.duration_s, span[1] - piece.offset_s)
    return (round(start, 2), round(end, 2)) if end > start else None


def _lines(found: VoiceResult | None, piece: ClipCut) -> list[list[Any]]:
    if found is None or not found.transcript:
        return []
    names = _names(found) if found.voices else {}
    return [
        [*inside, names.get(line.label, OTHER), line.text]
        for line in found.transcript
        if (inside := _inside((line.start, line.end), piece)) is not None
    ]


def _peaks(report: ClipReport, piece: ClipCut) -> list[int]:
    """The drawing of the recording, as far as the piece reaches."""
    if not report.waveform or report.duration_s <= 0:
        return []
    steps = len(report.waveform) / report.duration_s
    part = report.waveform[int(piece.offset_s * steps) : int((piece.offset_s + piece.duration_s) * steps) + 1]
    return _fewer(part)


def _fewer(peaks: Sequence[int]) -> list[int]:
    size = -(-len(peaks) // _MOST_PEAKS) or 1
    return [max(peaks[start : start + size]) for start in range(0, len(peaks), size)]


def _words(seconds: float, spans: Sequence[tuple[float, float, str]]) -> str:
    heard = ", ".join(f"{name} {clock(start)}-{end_clock(start, end)}" for start, end, name in spans)
    return f"{seconds:.0f} s recording; {heard or 'no voice is marked in it'}"


def clock(seconds: float) -> str:
    """Minutes and seconds: 0:07."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def end_clock(start: float, end: float) -> str:
    """The end of a span; within one second it is rounded up, because "0:01-0:01" would be nothing."""
    return clock(end if int(end) > int(start) else int(start) + 1)


def text_of(about: Mapping[str, Any]) -> str:
    """The words of an item, with what was written down, for readers and screen readers."""
    said = " ".join(f"{label}: “{text}”" for _, _, label, text in about.get("lines", ()))
    return f"{about.get('text', '')}{'. ' + said if said else ''}"
