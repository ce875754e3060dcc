"""Measures the ears on labelled recordings: more than one voice, how many, where, whose, and at what cost."""

import multiprocessing
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from proctoring.audio.cutting import cut
from proctoring.audio.diarizers.base import SAMPLE_RATE
from proctoring.audio.exchange import ClipReport, ClipRequest, EarsChoice, Embedding, Span, Voice
from proctoring.audio.judging import likeness
from proctoring.audio.pipeline import AudioPipeline
from proctoring.audio.speech import union
from proctoring.bench.footprint import Footprint, resident_mb
from proctoring.bench.voices_data import ENROLMENT, LabelledClip
from proctoring.observations import SOUND_KINDS, ObservationKind

WANTED = SOUND_KINDS - {ObservationKind.SPEECH}
"""What a policy listens for unless it says otherwise."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard in one clip. ``truth``: where somebody else spoke; ``found``: where it was heard."""

    clip: LabelledClip
    people: int
    is_flagged: bool
    truth: tuple[Span, ...]
    found: tuple[Span, ...]
    seconds: float
    cpu_s: float
    main: Voice | None


@dataclass(frozen=True, slots=True)
class VoiceFigures:
    """Everything measured. ``genuine``, ``impostors``: likeness of enrolled voices with main ones."""

    heard: list[Heard]
    footprint: Footprint
    engine: str
    genuine: list[float] = field(default_factory=list)
    impostors: list[float] = field(default_factory=list)


def measure_voices(clips: list[LabelledClip], choice: EarsChoice, say: Callable[[str], None]) -> VoiceFigures:
    """Listens to all clips, one after the other, on one thread; raises EarsError when it cannot."""
    say("memory and start")
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        footprint = pool.apply(_load, (choice,))
    pipeline = AudioPipeline(choice)
    say("recordings")
    heard = [_hear(pipeline, clip) for clip in clips if clip.kind != ENROLMENT]
    say("enrolled voices")
    figures = VoiceFigures(heard, footprint, pipeline.description)
    enrolled = {
        clip.main: pipeline.enrol_voice(clip.path.read_bytes()).vector for clip in clips if _enrols(clip)
    }
    for (who, vector), each in product(enrolled.items(), heard):
        found = _compared(vector, each)
        if found is not None:
            (figures.genuine if who == each.clip.main else figures.impostors).append(found)
    return figures


def _enrols(clip: LabelledClip) -> bool:
    return clip.kind == ENROLMENT


def _compared(vector: Embedding | None, heard: Heard) -> float | None:
    """Likeness with the one voice of a clip in which one person speaks, for at least four seconds."""
    if not vector or heard.clip.people != 1 or heard.main is None or heard.main.seconds < 4.0:
        return None
    return likeness(vector, heard.main.centroid)


def _hear(pipeline: AudioPipeline, clip: LabelledClip) -> Heard:
    data = clip.path.read_bytes()
    start = time.process_time()
    report = pipeline.analyse_clip(data, ClipRequest(0.0, 0, WANTED))
    spent = time.process_time() - start
    seen = report.observation(ObservationKind.ANOTHER_VOICE)
    result = report.voices
    main = result.voices[0] if result and result.voices else None
    return Heard(
        clip=clip,
        people=result.speakers if result else 0,
        is_flagged=bool(seen and seen.present),
        truth=union(clip.others(main.spans if main else ())),
        found=_elsewhere(report),
        seconds=report.duration_s,
        cpu_s=spent,
        main=main,
    )


def _elsewhere(report: ClipReport) -> tuple[Span, ...]:
    """Where another voice than the main one was heard, or two at once."""
    if report.voices is None:
        return ()
    spans = [span for voice in report.voices.voices[1:] for span in voice.spans]
    return union([*spans, *report.voices.overlap_spans])


def _load(choice: EarsChoice) -> Footprint:
    wall, cpu = time.monotonic(), time.process_time()
    pipeline = AudioPipeline(choice)
    loaded_cpu, loaded = time.process_time() - cpu, time.monotonic() - wall
    pipeline.analyse_clip(_minute(), ClipRequest(0.0, 0))
    return Footprint(resident_mb(), loaded_cpu, loaded)


def _minute() -> bytes:
    """A minute of noise, so that all buffers have the size that they have at work."""
    noise = np.random.default_rng(1).standard_normal(60 * SAMPLE_RATE).astype(np.float32) * 0.05
    return cut(noise.clip(-1, 1), (), 0.0, 60.0).data
