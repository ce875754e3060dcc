"""Is the person in view the one who was enrolled?"""

import math
from collections.abc import Sequence

from proctoring.observations import FaceBox, Observation, ObservationKind, Quality
from proctoring.vision import thresholds
from proctoring.vision.detectors.face_count import Headcount
from proctoring.vision.engines.base import EngineThresholds, FaceEngine, Frame, Vector
from proctoring.vision.exchange import SideView
from proctoring.vision.quality import SPOILERS

_LIMITS = thresholds.IDENTITY


def turn_of(face: FaceBox) -> float:
    """How far the nose is off the middle of the eyes, in eye distances: 0 frontal, about .6 at 35 degrees.

    Needs the five landmarks; 0.0 without them.
    """
    if len(face.landmarks) < 3:
        return 0.0
    (right_x, right_y), (left_x, left_y), (nose_x, _) = face.landmarks[:3]
    distance = math.hypot(left_x - right_x, left_y - right_y)
    return (nose_x - (right_x + left_x) / 2) / max(distance, 1.0)


def is_comparable(count: Headcount, quality: Quality, scores: EngineThresholds) -> bool:
    """True when exactly one face is in view, and it is clear, large, lit and frontal enough.

    With several people nobody can say which of them sits the exam; that is its own observation.
    """
    if len(count.people) != 1 or SPOILERS.intersection(quality.reasons):
        return False
    face = count.people[0]
    return (
        face.score >= scores.identity_face
        and face.h >= _LIMITS.least_height
        and abs(turn_of(face)) <= _LIMITS.most_turn
    )


def compare(engine: FaceEngine, vector: Vector, references: Sequence[Vector]) -> float:
    """Best similarity to any reference view; ValueError when there are none."""
    return max(engine.similarity(vector, reference) for reference in references)


def fitting_sides(face: FaceBox, sides: Sequence[SideView]) -> tuple[Vector, ...]:
    """The views from the side that this face is turned to; none for a face that is not turned.

    Comparing every face with every view accepts strangers more often, see decision 0090.
    """
    turn = turn_of(face)
    return tuple(each.vector for each in sides if turn * each.turn >= _LIMITS.least_side_turn)


def observe_identity(
    engine: FaceEngine, frame: Frame, face: FaceBox, references: Sequence[Vector]
) -> Observation:
    """The observation ``different_person`` for a comparable face of ``frame``.

    Between the engine's two thresholds the look is not informative: it neither accuses nor clears.
    ``similarity`` in the measurements is on the engine's own scale.
    """
    similarity = compare(engine, engine.embed(frame, face), references)
    scores = engine.thresholds
    different = similarity < scores.different
    certain = different or similarity >= scores.same
    middle = (scores.same + scores.different) / 2
    step = (similarity - middle) / (_LIMITS.softness * (scores.same - scores.different))
    chance = 1.0 / (1.0 + math.exp(max(-60.0, min(60.0, step))))
    return Observation(
        ObservationKind.DIFFERENT_PERSON,
        different,
        chance if different else 1.0 - chance,
        {"similarity": round(similarity, 3), "threshold": scores.different, "face_px": round(face.h)},
        informative=certain,
    )


def could_not_compare() -> Observation:
    """A comparison was due but the frame was not good enough; keeps the pace asking for another one."""
    return Observation(ObservationKind.DIFFERENT_PERSON, False, 0.0, {}, informative=False)
