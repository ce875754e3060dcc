"""Whether a check-in photo can serve as the reference, with every problem named at once."""

import cv2

from proctoring.observations import FaceBox, Quality, QualityReason
from proctoring.vision import thresholds
from proctoring.vision.coaching import Coaching
from proctoring.vision.detectors.face_count import Headcount
from proctoring.vision.detectors.same_person import turn_of
from proctoring.vision.engines.base import FaceEngine, Frame
from proctoring.vision.exchange import EnrolmentReport

_LIMITS = thresholds.ENROLMENT
_CROP = (112, 112)


def judge_enrolment(
    engine: FaceEngine,
    frame: Frame,
    count: Headcount,
    quality: Quality,
    covered: bool,
    *,
    with_template: bool = True,
) -> EnrolmentReport:
    """Report on a frame at the working size whose faces and light are known; boxes stay in its pixels.

    Without ``with_template`` the face is found and judged, but nothing is made that tells it from others.
    """
    problems = _problems(engine, frame, count, quality, covered)
    vector = engine.embed(frame, count.people[0]) if with_template and not problems else None
    return EnrolmentReport(
        ok=not problems,
        problems=tuple(code.value for code in problems),
        quality=quality,
        vector=vector,
        face=count.main,
        engine=engine.description,
    )


def face_sharpness(frame: Frame, face: FaceBox) -> float:
    """Variance of the Laplacian of the grey face crop at 112x112; 0.0 when the box is outside the frame."""
    height, width = frame.shape[:2]
    left, right = max(0, round(face.x)), min(width, round(face.x + face.w))
    top, bottom = max(0, round(face.y)), min(height, round(face.y + face.h))
    if right - left < 8 or bottom - top < 8:
        return 0.0
    grey = cv2.cvtColor(frame[top:bottom, left:right], cv2.COLOR_BGR2GRAY)
    return float(cv2.Laplacian(cv2.resize(grey, _CROP, interpolation=cv2.INTER_AREA), cv2.CV_64F).var())


def _problems(
    engine: FaceEngine, frame: Frame, count: Headcount, quality: Quality, covered: bool
) -> list[Coaching]:
    if covered:
        return [Coaching.CAMERA_COVERED]
    # Bad light comes first: mending it often mends the rest.
    problems = [Coaching(reason.value) for reason in quality.reasons if reason is not QualityReason.TOO_SMALL]
    face = count.main
    if face is None:
        return [*problems, Coaching.NO_FACE]
    found = (
        (Coaching.SEVERAL_FACES, len(count.people) > 1 or bool(count.doubtful)),
        (Coaching.TOO_SMALL, face.h < _LIMITS.least_height),
        (Coaching.CUT_OFF, _is_cut_off(frame, face)),
        (Coaching.TURNED_AWAY, abs(turn_of(face)) > _LIMITS.most_turn),
        (
            Coaching.BLURRED,
            Coaching.BLURRED not in problems and face_sharpness(frame, face) < _LIMITS.least_face_sharpness,
        ),
        (Coaching.NO_FACE, face.score < engine.thresholds.identity_face),
    )
    return problems + [code for code, holds in found if holds]


def _is_cut_off(frame: Frame, face: FaceBox) -> bool:
    """True when the box touches the sides or the bottom: engines shrink it to the part they can see.

    The top does not matter: a tight portrait without the hair compares as well.
    """
    height, width = frame.shape[:2]
    across, down = _LIMITS.edge * width, _LIMITS.edge * height
    outside_x = face.x < across or face.x + face.w > width - across
    return bool(outside_x or face.y + face.h > height - down)
