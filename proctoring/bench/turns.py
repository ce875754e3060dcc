"""Turned heads in clips, look by look: with a baseline of the first seconds, or with them as first looks."""

from collections.abc import Iterable
from dataclasses import dataclass

from proctoring.bench import films
from proctoring.bench.dataset import LabelledClip
from proctoring.bench.scores import Hits, count_hits
from proctoring.observations import FaceBox, Head
from proctoring.observations import ObservationKind as Kind
from proctoring.vision.baseline import LearntFrom, first_yaw, is_calm, learn
from proctoring.vision.detectors.looking_away import observe_gaze
from proctoring.vision.exchange import FrameRequest, Work
from proctoring.vision.head_look import BAD_FOR_HEADS
from proctoring.vision.pipeline import Pipeline

LEARN_S = 3.0
"""The baseline is learnt from so many seconds at the beginning, in which nobody may look away."""
_LOOKS_A_SECOND = 4
_BORDER_S = 0.3  # labels are given to the tenth of a second, by eye


@dataclass(frozen=True, slots=True)
class Turns:
    """Hits of single looks after the first seconds. ``looks``: how many there were."""

    looks: int
    with_baseline: Hits
    with_first_looks: Hits


@dataclass(frozen=True, slots=True)
class HeadAt:
    """One clear look at the only head in view, ``at`` seconds of its clip."""

    at: float
    head: Head
    face: FaceBox


def judge_turns(pipeline: Pipeline, clips: Iterable[LabelledClip]) -> Turns | None:
    """The hits over all clips that say when somebody looks away, or that nobody does; None without a look."""
    said = [each for clip in clips if is_certain(clip) for each in judge_clip(clip, heads_of(pipeline, clip))]
    if not said:
        return None
    return Turns(
        len(said),
        count_hits((truth, baseline) for truth, baseline, _ in said),
        count_hits((truth, first) for truth, _, first in said),
    )


def is_certain(clip: LabelledClip) -> bool:
    """True when it is known of each moment whether somebody looks away, and of the first seconds that not."""
    spells = [each for each in clip.expected if Kind.LOOKING_AWAY in each.kinds]
    known = all(not each.at_some_time and each.start > LEARN_S for each in spells)
    return known and Kind.LOOKING_AWAY not in clip.allowed


def heads_of(pipeline: Pipeline, clip: LabelledClip) -> list[HeadAt]:
    """The clear looks of a clip; frames with several people or in bad light are left out."""
    times = tuple(number / _LOOKS_A_SECOND for number in range(int(clip.seconds * _LOOKS_A_SECOND)))
    kinds = frozenset({Kind.LOOKING_AWAY})
    heads = []
    for number, (at, frame) in enumerate(zip(times, films.frames_of(clip.path, times), strict=False)):
        report = pipeline.analyse(frame, FrameRequest(at, number, detectors=kinds, due=(Work.HEAD,)))
        clear = not BAD_FOR_HEADS.intersection(report.quality.reasons)
        if report.head is not None and len(report.faces) == 1 and clear:
            heads.append(HeadAt(at, report.head, report.faces[0]))
    return heads


def judge_clip(clip: LabelledClip, heads: list[HeadAt]) -> list[tuple[bool, bool, bool]]:
    """Of each look after the first seconds: is the head turned, and what is said in the two ways; pure.

    Nothing where the first seconds teach no baseline. Looks at the border of a spell are left out.
    """
    spells = [each for each in clip.expected if Kind.LOOKING_AWAY in each.kinds]
    calm = [each.head for each in heads if each.at <= LEARN_S and is_calm(each.head, 1)]
    baseline = learn(calm, LearntFrom.EXAM)
    if baseline is None:
        return []
    said = []
    for look in heads:
        borders = [moment for each in spells for moment in (each.start, each.end)]
        if look.at <= LEARN_S or any(abs(look.at - moment) < _BORDER_S for moment in borders):
            continue
        truth = any(each.start <= look.at <= each.end for each in spells)
        known = observe_gaze(look.head, look.face, baseline)
        first = observe_gaze(look.head, look.face, None, first_yaw(calm))
        said.append((truth, known.present, first.present))
    return said
