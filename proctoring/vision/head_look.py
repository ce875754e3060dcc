"""What one measured head says: turned away, eyes closed, partly hidden, mouth moving."""

from collections.abc import Sequence

from proctoring.observations import FaceBox, Head, Observation, Quality, QualityReason
from proctoring.vision.baseline import Baseline
from proctoring.vision.detectors.eyes_closed import observe_eyes
from proctoring.vision.detectors.face_hidden import observe_hidden
from proctoring.vision.detectors.looking_away import observe_gaze
from proctoring.vision.detectors.mouth_moving import observe_mouth
from proctoring.vision.quality import SPOILERS

BAD_FOR_HEADS = SPOILERS | {QualityReason.TOO_SMALL}
"""Pictures in which the points of a face are guessed: coached, not flagged."""


def observe_head(
    head: Head | None,
    face: FaceBox,
    quality: Quality,
    baseline: Baseline | None,
    mouth: Sequence[float],
    first_yaw: float | None = None,
) -> list[Observation]:
    """The observations about the main face of one frame; none where light or size forbid a judgement.

    ``mouth``: the openings of the last looks, see ``detectors.mouth_moving``. ``first_yaw``: see
    ``baseline.first_yaw``.
    """
    if BAD_FOR_HEADS.intersection(quality.reasons):
        return []
    return [
        observe_gaze(head, face, baseline, first_yaw),
        observe_eyes(head, baseline),
        observe_hidden(head, face),
        observe_mouth(head, mouth),
    ]
