"""How a face is held: MediaPipe's 478 points and blendshapes, run by ONNX Runtime on one thread."""

import math
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from proctoring.observations import FaceBox, Head
from proctoring.vision.engines.base import Frame, HeadEngine
from proctoring.vision.engines.onnx_sessions import open_session
from proctoring.vision.weights import resolve_weights

POINTS_FILE = "face_landmarks_detector.onnx"
SHAPES_FILE = "face_blendshapes.onnx"
_SIDE = 256  # pixels of the square that the points model looks at
_MARGIN = 1.5  # its side in sides of the face box, as the model's makers crop
_LEAST_SIDE = 16.0  # pixels; a smaller face has no points worth naming

# The points that the blendshapes model reads: kLandmarksSubsetIdxs of MediaPipe's face_blendshapes_graph.cc.
# fmt: off
_SHAPE_POINTS = np.array([
    0, 1, 4, 5, 6, 7, 8, 10, 13, 14, 17, 21, 33, 37, 39, 40, 46, 52, 53, 54, 55, 58, 61, 63, 65, 66, 67, 70,
    78, 80, 81, 82, 84, 87, 88, 91, 93, 95, 103, 105, 107, 109, 127, 132, 133, 136, 144, 145, 146, 148, 149,
    150, 152, 153, 154, 155, 157, 158, 159, 160, 161, 162, 163, 168, 172, 173, 176, 178, 181, 185, 191, 195,
    197, 234, 246, 249, 251, 263, 267, 269, 270, 276, 282, 283, 284, 285, 288, 291, 293, 295, 296, 297, 300,
    308, 310, 311, 312, 314, 317, 318, 321, 323, 324, 332, 334, 336, 338, 356, 361, 362, 365, 373, 374, 375,
    377, 378, 379, 380, 381, 382, 384, 385, 386, 387, 388, 389, 390, 397, 398, 400, 402, 405, 409, 415, 454,
    466, 468, 469, 470, 471, 472, 473, 474, 475, 476, 477,
])
# fmt: on
_BLINKS = (9, 10)  # blendshapes eyeBlinkLeft and eyeBlinkRight
_BROWS_DOWN, _SQUINTS, _SMILES, _JAW_OPEN = (1, 2), (19, 20), (44, 45), 25

# Sixteen points of MediaPipe's canonical face model, centimetres: x to the right, y up, z to the camera.
_CANONICAL = {
    1: (0.0, -1.13, 7.48),
    4: (0.0, -0.46, 7.59),
    10: (0.0, 8.26, 4.48),
    152: (0.0, -9.4, 4.26),
    168: (0.0, 3.27, 5.24),
    199: (0.0, -7.94, 5.18),
    33: (-4.45, 2.66, 3.17),
    133: (-1.86, 2.59, 3.76),
    61: (-2.46, -4.34, 4.28),
    234: (-7.66, 0.67, -2.44),
    127: (-7.74, 2.36, -2.01),
    263: (4.45, 2.66, 3.17),
    362: (1.86, 2.59, 3.76),
    291: (2.46, -4.34, 4.28),
    454: (7.66, 0.67, -2.44),
    356: (7.74, 2.36, -2.01),
}
_POSE_POINTS = list(_CANONICAL)
# OpenCV's camera has y down and z away from it.
_MODEL = np.array(list(_CANONICAL.values())) * (1.0, -1.0, -1.0)
# Iris, outer and inner corner of each eye, ordered so that 0..1 runs from picture left to picture right.
_EYES = ((468, 33, 133), (473, 362, 263))
_LIPS = (13, 14)  # inner edge of the upper and the lower lip
_MOUTH_CORNERS = (78, 308)

cv2.setNumThreads(1)


class MeshHead(HeadEngine):
    """MediaPipe Face Landmarker v2; needs both weights files, 3.5 MB."""

    name = "mesh-head"

    def __init__(self, weights_dir: Path | None = None) -> None:
        """Load both models; WeightsError when a file is missing or damaged, EngineError when ONNX Runtime
        cannot read them."""
        super().__init__(weights_dir)
        points_path, points = resolve_weights(POINTS_FILE, weights_dir)
        shapes_path, shapes = resolve_weights(SHAPES_FILE, weights_dir)
        self.model_versions = {"points": points.version, "shapes": shapes.version}
        self._points, self._shapes = open_session(points_path), open_session(shapes_path)
        self._points_input, self._shapes_input = (
            each.get_inputs()[0].name for each in (self._points, self._shapes)
        )

    def look(self, frame: Frame, face: FaceBox) -> Head | None:
        """See the base class; about 5 ms of CPU."""
        if min(face.w, face.h) < _LEAST_SIDE or len(face.landmarks) < 2:
            return None
        points, presence = self._find_points(frame, face)
        angles = _pose(points, frame.shape[1], frame.shape[0])
        if angles is None:
            return None
        yaw, pitch, roll = angles
        return Head(
            yaw=yaw,
            pitch=pitch,
            roll=roll,
            gaze_x=_gaze_x(points),
            eyes_closed=self._eyes_closed(points),
            mouth_open=_mouth_open(points),
            presence=presence,
        )

    def brows(self, frame: Frame, face: FaceBox) -> float | None:
        """See the base class; about 5 ms of CPU."""
        if min(face.w, face.h) < _LEAST_SIDE or len(face.landmarks) < 2:
            return None
        shapes = self._blendshapes(self._find_points(frame, face)[0])
        down, squint, smile = (float(shapes[list(each)].mean()) for each in (_BROWS_DOWN, _SQUINTS, _SMILES))
        return down + 0.4 * squint - smile - 0.5 * float(shapes[_JAW_OPEN])

    def _find_points(self, frame: Frame, face: FaceBox) -> tuple[NDArray[np.float64], float]:
        """478 points in pixels of the frame, and 0..1 how sure the model is that a face is there."""
        (right_x, right_y), (left_x, left_y) = face.landmarks[:2]
        tilt = math.atan2(left_y - right_y, left_x - right_x)
        scale = _SIDE / (max(face.w, face.h) * _MARGIN)
        cos, sin = math.cos(tilt) * scale, math.sin(tilt) * scale
        x, y, half = face.x + face.w / 2, face.y + face.h / 2, _SIDE / 2
        there = np.array(
            [[cos, sin, half - cos * x - sin * y], [-sin, cos, half + sin * x - cos * y]], np.float64
        )
        crop = cv2.warpAffine(frame, there, (_SIDE, _SIDE))
        values = cv2.cvtColor(crop, cv2.COLOR_BGR2RGB).astype(np.float32) * np.float32(1 / 255)
        found, certainty = self._points.run(["Identity", "Identity_1"], {self._points_input: values[None]})
        flat = np.asarray(found, np.float64).reshape(478, 3)[:, :2]
        back = cv2.invertAffineTransform(there)
        return flat @ back[:, :2].T + back[:, 2], _share(float(np.ravel(certainty)[0]))

    def _eyes_closed(self, points: NDArray[np.float64]) -> float:
        return float(np.clip(self._blendshapes(points)[list(_BLINKS)].mean(), 0.0, 1.0))

    def _blendshapes(self, points: NDArray[np.float64]) -> NDArray[np.float32]:
        """The 52 values of the face, 0..1, in MediaPipe's order."""
        values = points[_SHAPE_POINTS].astype(np.float32)[None]
        return np.asarray(np.ravel(self._shapes.run(None, {self._shapes_input: values})[0]), np.float32)


def _share(logit: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, logit))))


def _pose(points: NDArray[np.float64], width: int, height: int) -> tuple[float, float, float] | None:
    """Yaw, pitch and roll in degrees (signs: ``observations.Head``), None where no pose fits the points.

    A pinhole camera whose focal length is the width of the picture; real ones differ, so only changes
    against the same person's usual pose mean much.
    """
    lens = np.array([[width, 0, width / 2], [0, width, height / 2], [0, 0, 1]], np.float64)
    seen = np.ascontiguousarray(points[_POSE_POINTS])
    try:
        solved, turn, shift = cv2.solvePnP(_MODEL, seen, lens, None, flags=cv2.SOLVEPNP_SQPNP)
        if solved:
            solved, turn, shift = cv2.solvePnP(
                _MODEL, seen, lens, None, turn, shift, True, flags=cv2.SOLVEPNP_ITERATIVE
            )
    except cv2.error:  # points that coincide: what the model sees there is no face
        return None
    if not solved or not np.isfinite(turn).all():
        return None
    matrix: Any = cv2.Rodrigues(turn)[0]
    yaw = math.degrees(math.atan2(-matrix[2, 0], math.hypot(matrix[0, 0], matrix[1, 0])))
    pitch = math.degrees(math.atan2(matrix[2, 1], matrix[2, 2]))
    roll = math.degrees(math.atan2(matrix[1, 0], matrix[0, 0]))
    return yaw, pitch, roll


def _gaze_x(points: NDArray[np.float64]) -> float:
    """Mean place of both irises on the line between the corners of their eye, 0..1."""
    places = []
    for iris, start, end in _EYES:
        axis = points[end] - points[start]
        places.append(float((points[iris] - points[start]) @ axis / max(float(axis @ axis), 1e-6)))
    return float(np.clip(np.mean(places), 0.0, 1.0))


def _mouth_open(points: NDArray[np.float64]) -> float:
    """Distance of the inner lips in widths of the mouth, at most 1."""
    gap = float(np.linalg.norm(points[_LIPS[0]] - points[_LIPS[1]]))
    width = float(np.linalg.norm(points[_MOUTH_CORNERS[0]] - points[_MOUTH_CORNERS[1]]))
    return min(1.0, gap / max(width, 1e-6))
