"""The default engine, after OpenCV's model zoo: YuNet finds faces, SFace compares them, by ONNX Runtime."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from proctoring.observations import FaceBox
from proctoring.vision import thresholds
from proctoring.vision.engines.base import FaceEngine, Frame, Vector
from proctoring.vision.engines.onnx_sessions import open_session
from proctoring.vision.engines.yunet import YuNet
from proctoring.vision.image import shrink
from proctoring.vision.weights import resolve_weights

DETECTOR_FILE = "face_detection_yunet_2023mar.onnx"
EMBEDDER_FILE = "face_recognition_sface_2021dec.onnx"
_WORKING = thresholds.WORKING
_MOTION = thresholds.MOTION

# Where SFace's makers put eyes, nose and corners of the mouth in its square of 112 pixels, as x + iy.
_SFACE_SIDE = 112
_SFACE_POINTS = np.array(
    [38.2946 + 51.6963j, 73.5318 + 51.5014j, 56.0252 + 71.7366j, 41.5493 + 92.3655j, 70.7299 + 92.2041j]
)

cv2.setNumThreads(1)


class OpenCVFaces(FaceEngine):
    """YuNet and SFace; needs both weights files, 11 MB."""

    name = "opencv-faces"
    thresholds = thresholds.OPENCV_FACES

    def __init__(self, weights_dir: Path | None = None) -> None:
        """Load both models; WeightsError when a file is missing or damaged, EngineError when ONNX Runtime
        cannot read them."""
        super().__init__(weights_dir)
        detector_path, detector = resolve_weights(DETECTOR_FILE, weights_dir)
        embedder_path, embedder = resolve_weights(EMBEDDER_FILE, weights_dir)
        self.model_versions = {"yunet": detector.version, "sface": embedder.version}
        self._detector = YuNet(detector_path, self.thresholds.trace)
        self._embedder = open_session(embedder_path)

    def detect(self, frame: Frame) -> list[FaceBox]:
        """See the base class. Large faces, and frames without any, get a second look at half the size."""
        height, width = frame.shape[:2]
        rows = self._detector.find(frame)
        if not len(rows) or float(rows[:, 3].max()) > _WORKING.large_face_share * height:
            factor = _WORKING.coarse_long_side / max(width, height)
            if factor < 1:
                size = (max(1, round(width * factor)), max(1, round(height * factor)))
                coarse = self._detector.find(cv2.resize(frame, size, interpolation=cv2.INTER_AREA))
                if len(coarse):
                    coarse[:, :14] /= factor
                    rows = coarse
        return sorted((_face_box(row) for row in rows), key=lambda face: -face.score)

    def detect_near(self, frame: Frame, face: FaceBox) -> list[FaceBox]:
        """See the base class: a square around the face, shrunk so that the face is about 60 pixels high."""
        height, width = frame.shape[:2]
        side = min(round(_MOTION.cut_heights * max(face.w, face.h)), width, height) & ~1  # even: halves fast
        left = min(max(0, round(face.x + face.w / 2 - side / 2)), width - side)
        top = min(max(0, round(face.y + face.h / 2 - side / 2)), height - side)
        cut: NDArray[Any] = frame[top : top + side, left : left + side]
        factor = min(1.0, _MOTION.cut_side / side)
        if factor < 1:
            cut = shrink(cut, (_MOTION.cut_side, _MOTION.cut_side))
        rows = self._detector.find(cut)
        rows[:, :14] /= factor
        rows[:, (0, 4, 6, 8, 10, 12)] += left
        rows[:, (1, 5, 7, 9, 11, 13)] += top
        return sorted((_face_box(row) for row in rows), key=lambda found: -found.score)

    def embed(self, frame: Frame, face: FaceBox) -> Vector:
        """See the base class; uses the face's five landmarks to turn and crop it."""
        blob = cv2.dnn.blobFromImage(align(frame, face.landmarks), swapRB=True)
        vector = np.ravel(self._embedder.run(None, {"data": blob})[0])
        return np.asarray(vector / np.linalg.norm(vector), np.float32)


def align(frame: Frame, points: Sequence[tuple[float, float]]) -> Frame:
    """The face with these five points, turned, moved and scaled to where SFace expects them: 112x112 pixels.

    By least squares. As complex numbers turning and scaling is one factor, so no decomposition is needed.
    """
    seen = np.array([complex(x, y) for x, y in points])
    middle, target = seen.mean(), _SFACE_POINTS.mean()
    apart = seen - middle
    factor = complex(np.vdot(apart, _SFACE_POINTS - target)) / max(float(np.vdot(apart, apart).real), 1e-6)
    shift = complex(target) - factor * complex(middle)
    turn = np.array([[factor.real, -factor.imag, shift.real], [factor.imag, factor.real, shift.imag]])
    return np.asarray(cv2.warpAffine(frame, turn, (_SFACE_SIDE, _SFACE_SIDE)), np.uint8)


def _face_box(row: NDArray[np.float32]) -> FaceBox:
    values = [float(value) for value in row]
    points = tuple((values[i], values[i + 1]) for i in range(4, 14, 2))
    return FaceBox(values[0], values[1], values[2], values[3], values[14], points)
