"""The quality gate: can this frame be judged at all, and what should the candidate change?"""

import numpy as np

from proctoring.observations import FaceBox, Quality, QualityReason
from proctoring.vision import thresholds
from proctoring.vision.engines.base import Frame
from proctoring.vision.image import Light

_LIGHT = thresholds.LIGHT
_FACE_LIGHT = thresholds.FACE_LIGHT

SPOILERS = frozenset(
    {
        QualityReason.TOO_DARK,
        QualityReason.BACK_LIT,
        QualityReason.OVER_EXPOSED,
        QualityReason.BLURRED,
        QualityReason.COMPRESSED,
    }
)
"""Light, blur or compression in which a face may be counted but not judged: it is coached, not flagged."""


def measure_face_light(frame: Frame, face: FaceBox) -> float | None:
    """Mean grey level (0..255) of the middle half of the face; None when that part lies outside the frame."""
    height, width = frame.shape[:2]
    left, right = max(0, round(face.x + face.w / 4)), min(width, round(face.x + face.w * 3 / 4))
    top, bottom = max(0, round(face.y + face.h / 4)), min(height, round(face.y + face.h * 3 / 4))
    if right - left < 2 or bottom - top < 2:
        return None
    blue, green, red = frame[top:bottom, left:right].reshape(-1, 3).mean(axis=0)
    return float(np.dot((blue, green, red), (0.114, 0.587, 0.299)))


def judge_frame(
    light: Light, face_light: float | None, face_height: float | None, coarseness: float = 0.0
) -> Quality:
    """Quality of one frame.

    ``coarseness``: see ``PictureHeader``. ``face_height``: pixels of the main face at the working size, None
    when no face was found clearly. With a clear face the frame is always usable for counting, and the reasons
    are hints; without one, bad light, blur or compression make it unusable, because then "no face" would be a
    guess.
    """
    if face_height is None:
        reasons = _reasons_without_face(light)
    else:
        reasons = _reasons_with_face(light, face_light, face_height)
    if coarseness > _LIGHT.compressed_step:
        reasons += (QualityReason.COMPRESSED,)
    return Quality(
        usable=face_height is not None or not reasons,
        reasons=reasons,
        brightness=light.brightness,
        highlight=light.highlight,
        contrast=light.contrast,
        sharpness=light.sharpness,
    )


def is_dark(light: Light) -> bool:
    """True for a dark or dim frame; only meaningful when no face was found."""
    dim = light.brightness < _LIGHT.dim_brightness and light.highlight < _LIGHT.dim_highlight
    return light.highlight < _LIGHT.dark_highlight or dim


def _reasons_without_face(light: Light) -> tuple[QualityReason, ...]:
    found = (
        (QualityReason.TOO_DARK, is_dark(light)),
        (
            QualityReason.BACK_LIT,
            light.bright_share > _LIGHT.back_lit_bright_share
            and light.dark_share > _LIGHT.back_lit_dark_share,
        ),
        (QualityReason.OVER_EXPOSED, light.bright_share > _LIGHT.over_exposed_share),
        (QualityReason.BLURRED, light.sharpness < _LIGHT.blurred_sharpness),
    )
    return tuple(reason for reason, holds in found if holds)


def _reasons_with_face(
    light: Light, face_light: float | None, face_height: float
) -> tuple[QualityReason, ...]:
    face = light.brightness if face_light is None else face_light
    back_lit = face < _FACE_LIGHT.back_lit and light.brightness - face > _FACE_LIGHT.back_lit_difference
    found = (
        (QualityReason.BACK_LIT, back_lit),
        (QualityReason.TOO_DARK, face < _FACE_LIGHT.shadow and not back_lit),
        (QualityReason.OVER_EXPOSED, face > _FACE_LIGHT.washed_out),
        (QualityReason.BLURRED, light.sharpness < _LIGHT.blurred_sharpness),
        (QualityReason.TOO_SMALL, face_height < thresholds.IDENTITY.least_height),
    )
    return tuple(reason for reason, holds in found if holds)
