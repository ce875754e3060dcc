"""One clip from bytes to a report: decode, measure levels, tell voices apart, compare, observe."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from proctoring.audio import cutting, joining, judging, thresholds
from proctoring.audio.call_sound import CallPieces, CallSound
from proctoring.audio.clips import decode
from proctoring.audio.containers import DEFAULT_LIMITS, ClipLimits
from proctoring.audio.diarizers.base import Clip, Diarizer, DiarizerError, load_diarizer
from proctoring.audio.exchange import (
    ClipCut,
    ClipReport,
    ClipRequest,
    EarsChoice,
    ForProvider,
    Match,
    Span,
    VoiceEnrolment,
    VoiceProblem,
    VoiceResult,
)
from proctoring.audio.levels import level_of, measure_levels, outline
from proctoring.audio.singing import EventModel, without_songs
from proctoring.observations import ObservationKind


class Stages:
    """CPU milliseconds by stage of this thread's work."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Adds what happens inside to that stage."""
        start = time.thread_time()
        try:
            yield
        finally:
            self.spent[name] = self.spent.get(name, 0.0) + (time.thread_time() - start) * 1000

    def total(self) -> dict[str, float]:
        """All stages, and their sum as ``total``."""
        return {**self.spent, "total": sum(self.spent.values())}


class AudioPipeline:
    """Holds native state: one per process, never two threads."""

    def __init__(self, choice: EarsChoice, limits: ClipLimits = DEFAULT_LIMITS) -> None:
        """Loads and warms the diarizer of that choice. Raises EarsError when it cannot work."""
        self.limits = limits
        self.diarizer = load_diarizer(choice)
        self.events = EventModel() if self.diarizer and self.diarizer.hears_songs else None
        if self.diarizer:
            self.diarizer.warm_up()

    @property
    def description(self) -> str:
        """What it listens with: name and model versions; "off" without a diarizer."""
        return self.diarizer.description if self.diarizer else "off"

    def analyse_clip(self, data: bytes, request: ClipRequest, told: VoiceResult | None = None) -> ClipReport:
        """Everything about one clip; ClipError when it is no acceptable recording.

        A clip that the diarizer fails on is a report with ``voices.error``, and says nothing about voices.
        ``told``: what a provider says about its voices; then our own diarizer only measures them.
        """
        stages = Stages()
        with stages.stage("decode"):
            clip = decode(data, self.limits)
        return self._report(clip, request, stages, told)

    def prepare(
        self, data: bytes, request: ClipRequest, longest_s: float, only_speech: bool
    ) -> ClipReport | ForProvider:
        """What a provider may be sent of a clip, or the report at once where there is nothing to send.

        Silence is never sent; ``only_speech``: nor is anything in which our own diarizer hears nobody.
        Raises as `analyse_clip`.
        """
        stages = Stages()
        with stages.stage("decode"):
            clip = decode(data, self.limits)
        if measure_levels(clip.samples).silent:
            return self._report(clip, request, stages, None)
        if only_speech and self.diarizer:
            with stages.stage("speech"):
                spoken = self.diarizer.speech_seconds(clip)
            if spoken is not None and spoken < thresholds.LEAST_SPEECH_S:
                return self._report(clip, request, stages, self._nobody())
        if clip.seconds > longest_s or clip.seconds >= self.limits.max_seconds:
            piece = cutting.cut(clip.samples, (), 0.0, min(longest_s, clip.seconds))
            return ForProvider(piece.data, piece.duration_s)
        return ForProvider(data, clip.seconds)

    def _report(
        self, clip: Clip, request: ClipRequest, stages: Stages, told: VoiceResult | None
    ) -> ClipReport:
        with stages.stage("levels"):
            levels = measure_levels(clip.samples)
            waveform = outline(clip.samples)
        result, sung = None, 0.0
        with stages.stage("voices"):
            if told is not None:
                result = judging.compare_enrolled(self._measured(clip, told, request), request.enrolled)
            elif levels.silent:
                result = self._nobody()
            elif self.diarizer:
                result = judging.compare_enrolled(_diarize(self.diarizer, clip), request.enrolled)
        if self.events and told is None and result and _is_worth_a_check(result, request):
            with stages.stage("events"):
                heard = self.events.listen(clip)
                result = judging.compare_enrolled(without_songs(result, heard), request.enrolled)
                sung = min(1.0, sum(end - start for start, end in heard.singing) / clip.seconds)
        spans = tuple(span for voice in result.voices for span in voice.spans) if result else ()
        return ClipReport(
            captured_at=request.captured_at,
            sequence=request.sequence,
            container=clip.container,
            duration_s=clip.seconds,
            truncated=clip.truncated,
            channels=clip.channels,
            level_db=level_of(clip.samples, spans) if spans else levels.level_db,
            noise_db=levels.noise_db,
            clipped_share=levels.clipped_share,
            silent=levels.silent,
            voices=result,
            singing_share=sung,
            observations=judging.observe(clip, levels, result, request.detectors),
            cpu_ms=stages.total(),
            engine=self.description if told is None or result is None else result.model,
            waveform=waveform,
        )

    def _measured(self, clip: Clip, told: VoiceResult, request: ClipRequest) -> VoiceResult:
        """A provider's voices with vectors of our own, where there is somebody to compare with."""
        if self.diarizer is None or (request.enrolled is None and told.speakers < 2):
            return told
        embed = self.diarizer.embed
        voices = tuple(
            each if each.centroid else replace(each, centroid=embed(clip, each.spans)) for each in told.voices
        )
        return replace(told, voices=voices)

    def enrol_voice(self, data: bytes) -> VoiceEnrolment:
        """Judge a recording as the candidate's voice at once; ClipError as for clips."""
        clip = decode(data, self.limits)
        levels = measure_levels(clip.samples)
        if levels.silent:
            return VoiceEnrolment(None, 0.0, (VoiceProblem.SILENT,), self.description)
        result = _diarize(self.diarizer, clip) if self.diarizer else None
        if result is None or result.error or (result.voices and not result.voices[0].centroid):
            return VoiceEnrolment(None, 0.0, (VoiceProblem.NOT_MEASURED,), self.description)
        main = result.voices[0] if result.voices else None
        speech_db = level_of(clip.samples, main.spans) if main else levels.level_db
        wrong = {
            VoiceProblem.SEVERAL_VOICES: result.speakers > 1,
            VoiceProblem.TOO_SHORT: main is None or main.seconds < thresholds.LEAST_ENROLLED_S,
            VoiceProblem.TOO_QUIET: speech_db < thresholds.ENROLMENT_LEVEL_DB,
            VoiceProblem.TOO_NOISY: levels.noise_db > speech_db + thresholds.ENROLMENT_NOISE_DB,
            VoiceProblem.CLIPPED: levels.clipped_share > thresholds.ENROLMENT_CLIPPED,
        }
        problems = tuple(problem for problem, is_so in wrong.items() if is_so)
        vector = main.centroid if main and not problems else None
        return VoiceEnrolment(vector, main.seconds if main else 0.0, problems, self.description)

    def cut(self, data: bytes, spans: tuple[Span, ...], margin_s: float, longest_s: float) -> ClipCut:
        """A short playable recording around the spans, for evidence; ClipError as for clips."""
        return cutting.cut(decode(data, self.limits).samples, spans, margin_s, longest_s)

    def join(self, pieces: CallPieces, longest_s: float) -> CallSound:
        """The pieces of a call as one recording; nobody's voice is judged."""
        return joining.join(pieces, longest_s, self.limits)

    def _nobody(self) -> VoiceResult | None:
        """The result for a clip without any signal, which no diarizer need hear."""
        return VoiceResult(self.diarizer.name, self.description) if self.diarizer else None


def _is_worth_a_check(result: VoiceResult, request: ClipRequest) -> bool:
    """True when something would be said of a person that a song on the radio could have caused."""
    if not result.voices or result.error:
        return False
    says_speech = ObservationKind.SPEECH in request.detectors
    return says_speech or result.speakers > 1 or result.enrolled_match is Match.DIFFERENT


def _diarize(diarizer: Diarizer, clip: Clip) -> VoiceResult:
    try:
        return diarizer.diarize(clip)
    except DiarizerError as error:
        return VoiceResult(diarizer.name, diarizer.description, error=error.code)
