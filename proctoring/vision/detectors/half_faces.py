"""People whom the edge of the picture cuts in half: doubtful as bodies, told by the half of their face.

A body that is cut scores too low to count, and so do coats, chairs and curtains at the edge. Half a face and
its mirror image make a whole one; half a coat does not.
"""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from proctoring.vision import thresholds
from proctoring.vision.engines.base import Box, FaceEngine, Frame

_LIMITS = thresholds.HALF_FACES
NOTE = "half a face is seen at the edge of the picture"


def confirm_halves(boxes: Sequence[Box], least: float, engine: FaceEngine, frame: Frame) -> list[Box]:
    """``boxes`` with each doubtful body at the left or right edge raised to a person if it has half a face.

    ``least``: the score from which bodies count. A raised one scores the mean of body and face, with a note.
    """
    return [_confirm(box, least, engine, frame) if _is_cut(box, least, frame) else box for box in boxes]


def _is_cut(box: Box, least: float, frame: Frame) -> bool:
    """True for a doubtful body that reaches over the left or right edge, from near by."""
    height, width = frame.shape[:2]
    is_doubtful = box.label == "person" and _LIMITS.body_share * least <= box.score < least
    reaches_over = box.x <= _LIMITS.edge * width or box.x + box.w >= (1 - _LIMITS.edge) * width
    return is_doubtful and reaches_over and box.h >= _LIMITS.least_body_height * height


def _confirm(box: Box, least: float, engine: FaceEngine, frame: Frame) -> Box:
    picture = mirror_edge(box, frame)
    middle = picture.shape[1] / 2
    scores = [
        face.score
        for face in engine.detect(picture)
        if abs(face.x + face.w / 2 - middle) <= _LIMITS.most_off_middle * face.w
    ]
    best = max(scores, default=0.0)
    if best < engine.thresholds.extra_face:
        return box
    return replace(box, score=max(least, (box.score + best) / 2), note=NOTE)


def mirror_edge(box: Box, frame: Frame) -> Frame:
    """The upper part of a body at the edge with its mirror image beyond the edge, shrunk."""
    height, width = frame.shape[:2]
    top = max(0, round(box.y - _LIMITS.above * box.h))
    side = max(2, round(min(_LIMITS.head_share * box.h, height - top)))
    half = min(max(1, side // 2), width)
    if box.x <= _LIMITS.edge * width:
        strip = frame[top : top + side, :half]
        both = np.hstack([strip[:, ::-1], strip])
    else:
        strip = frame[top : top + side, width - half :]
        both = np.hstack([strip, strip[:, ::-1]])
    shrink = min(1.0, _LIMITS.long_side / max(both.shape[:2]))
    size = (max(1, round(both.shape[1] * shrink)), max(1, round(both.shape[0] * shrink)))
    return np.asarray(cv2.resize(both, size, interpolation=cv2.INTER_AREA), np.uint8)
