"""Deterministic engines for tests: a rectangle of pure colour is a face, its hue the person."""

from pathlib import Path

import cv2
import numpy as np

from proctoring.observations import FaceBox, Head
from proctoring.vision import thresholds
from proctoring.vision.engines.base import FaceEngine, Frame, HeadEngine, Vector

_SATURATION = 180  # photographs and grey scenes stay below, painted rectangles survive JPEG above
_LEAST_SIDE = 12
_SCORE = 0.95
_LEAST_HEAD = 16
_LEAST_SPOT = 20  # pixels
_BLACK, _WHITE = 40, 220  # grey levels
_EDGE_DEGREES = 60.0
# Share of box width and height of the five points of a frontal face.
_FIVE_POINTS = ((0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8))


class ScriptedFaces(FaceEngine):
    """Needs no models. Paint a filled, fully saturated rectangle to put a person into a frame."""

    name = "scripted-faces"
    thresholds = thresholds.SCRIPTED

    def __init__(self, weights_dir: Path | None = None) -> None:
        super().__init__(weights_dir)
        self.model_versions = {"rule": "1"}

    def detect(self, frame: Frame) -> list[FaceBox]:
        """See the base class; every painted rectangle of at least 12 px a side scores .95."""
        saturation = cv2.cvtColor(frame, cv2.COLOR_BGR2HSV)[:, :, 1]
        # The value guard keeps noise on black, whose saturation is meaningless, from being a person.
        painted = ((saturation > _SATURATION) & (frame.max(axis=2) > 100)).astype(np.uint8)
        count, _, stats, _ = cv2.connectedComponentsWithStats(painted)
        faces = []
        for x, y, w, h, area in stats[1:count].tolist():
            if min(w, h) >= _LEAST_SIDE and area > 0.7 * w * h:
                points = tuple((x + px * w, y + py * h) for px, py in _FIVE_POINTS)
                faces.append(FaceBox(float(x), float(y), float(w), float(h), _SCORE, points))
        return sorted(faces, key=lambda face: -face.area)

    def embed(self, frame: Frame, face: FaceBox) -> Vector:
        """See the base class; direction of the mean colour away from grey."""
        x, y, w, h = round(face.x), round(face.y), round(face.w), round(face.h)
        inner = frame[y + h // 4 : y + h - h // 4, x + w // 4 : x + w - w // 4]
        colour = inner.reshape(-1, 3).mean(axis=0) - inner.mean()
        return np.asarray(colour / max(float(np.linalg.norm(colour)), 1e-6), np.float32)


class ScriptedHead(HeadEngine):
    """Needs no models. A black spot in the painted rectangle is the nose: in the middle (or without one) the
    head is straight, at the edge it is turned by 60 degrees; a white bar is the mouth, as open as it is high.
    """

    name = "scripted-head"

    def __init__(self, weights_dir: Path | None = None) -> None:
        super().__init__(weights_dir)
        self.model_versions = {"rule": "1"}

    def look(self, frame: Frame, face: FaceBox) -> Head | None:
        """See the base class; None for rectangles below 16 px a side."""
        x, y, w, h = round(face.x), round(face.y), round(face.w), round(face.h)
        inner = frame[max(0, y) : y + h, max(0, x) : x + w]
        if min(inner.shape[:2]) < _LEAST_HEAD:
            return None
        nose_y, nose_x = np.nonzero(inner.max(axis=2) < _BLACK)
        seen = len(nose_x) > _LEAST_SPOT
        across = float(nose_x.mean()) / w - 0.5 if seen else 0.0
        down = float(nose_y.mean()) / h - 0.5 if seen else 0.0
        lips = (inner.min(axis=2) > _WHITE).any(axis=1)
        return Head(
            yaw=-_EDGE_DEGREES * 2 * across,
            pitch=_EDGE_DEGREES * 2 * down,
            roll=0.0,
            gaze_x=0.5,
            eyes_closed=0.1,
            mouth_open=float(lips.mean()),
            presence=1.0,
        )
