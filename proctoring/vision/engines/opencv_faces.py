"""The default engine: YuNet finds faces, SFace compares them, both run by OpenCV on one thread."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from proctoring.observations import FaceBox
from proctoring.vision import thresholds
from proctoring.vision.engines.base import EngineError, FaceEngine, Frame, Vector
from proctoring.vision.weights import resolve_weights

DETECTOR_FILE = "face_detection_yunet_2023mar_int8bq.onnx"
EMBEDDER_FILE = "face_recognition_sface_2021dec_int8bq.onnx"
_OVERLAP = 0.3  # non-maximum suppression, the model makers' value
_MOST_FACES = 500
_WORKING = thresholds.WORKING
_MOTION = thresholds.MOTION

cv2.setNumThreads(1)


class OpenCVFaces(FaceEngine):
    """YuNet and SFace (int8) on OpenCV 4.12 to 4.x; needs both weights files, 11 MB."""

    name = "opencv-faces"
    thresholds = thresholds.OPENCV_FACES

    def __init__(self, weights_dir: Path | None = None) -> None:
        """Load both models; WeightsError when a file is missing or damaged, EngineError when OpenCV
        cannot read them (4.11 and older, and 5.0, cannot)."""
        super().__init__(weights_dir)
        detector_path, detector = resolve_weights(DETECTOR_FILE, weights_dir)
        embedder_path, embedder = resolve_weights(EMBEDDER_FILE, weights_dir)
        self.model_versions = {"yunet": detector.version, "sface": embedder.version}
        try:
            self._detector = cv2.FaceDetectorYN.create(
                str(detector_path), "", (640, 480), self.thresholds.trace, _OVERLAP, _MOST_FACES
            )
            self._coarse = cv2.FaceDetectorYN.create(
                str(detector_path), "", (320, 240), self.thresholds.trace, _OVERLAP, _MOST_FACES
            )
            self._near = cv2.FaceDetectorYN.create(
                str(detector_path),
                "",
                (_MOTION.cut_side, _MOTION.cut_side),
                self.thresholds.trace,
                _OVERLAP,
                _MOST_FACES,
            )
            self._embedder = cv2.FaceRecognizerSF.create(str(embedder_path), "")
        except cv2.error as error:
            raise EngineError(f"OpenCV {cv2.__version__} cannot load the face models: {error}") from error

    def detect(self, frame: Frame) -> list[FaceBox]:
        """See the base class. Large faces, and frames without any, get a second look at half the size."""
        height, width = frame.shape[:2]
        rows = _run(self._detector, frame)
        if not len(rows) or float(rows[:, 3].max()) > _WORKING.large_face_share * height:
            factor = _WORKING.coarse_long_side / max(width, height)
            if factor < 1:
                size = (max(1, round(width * factor)), max(1, round(height * factor)))
                coarse = _run(self._coarse, cv2.resize(frame, size, interpolation=cv2.INTER_AREA))
                if len(coarse):
                    coarse[:, :14] /= factor
                    rows = coarse
        return sorted((_face_box(row) for row in rows), key=lambda face: -face.score)

    def detect_near(self, frame: Frame, face: FaceBox) -> list[FaceBox]:
        """See the base class: a square around the face, shrunk so that the face is about 60 pixels high."""
        height, width = frame.shape[:2]
        side = min(round(_MOTION.cut_heights * max(face.w, face.h)), width, height)
        left = min(max(0, round(face.x + face.w / 2 - side / 2)), width - side)
        top = min(max(0, round(face.y + face.h / 2 - side / 2)), height - side)
        cut: NDArray[Any] = frame[top : top + side, left : left + side]
        factor = min(1.0, _MOTION.cut_side / side)
        if factor < 1:
            cut = cv2.resize(cut, (_MOTION.cut_side, _MOTION.cut_side), interpolation=cv2.INTER_AREA)
        rows = _run(self._near, cut)
        rows[:, :14] /= factor
        rows[:, (0, 4, 6, 8, 10, 12)] += left
        rows[:, (1, 5, 7, 9, 11, 13)] += top
        return sorted((_face_box(row) for row in rows), key=lambda found: -found.score)

    def embed(self, frame: Frame, face: FaceBox) -> Vector:
        """See the base class; uses the face's five landmarks to turn and crop it."""
        points = [value for point in face.landmarks for value in point]
        row = np.array([face.x, face.y, face.w, face.h, *points, face.score], np.float32)
        vector = self._embedder.feature(self._embedder.alignCrop(frame, row))[0]
        return np.asarray(vector / np.linalg.norm(vector), np.float32)


def _run(detector: Any, frame: NDArray[Any]) -> NDArray[np.float32]:
    """Rows of x, y, w, h, five points, score; an empty array when there is no face."""
    height, width = frame.shape[:2]
    detector.setInputSize((width, height))
    rows = detector.detect(frame)[1]
    return np.zeros((0, 15), np.float32) if rows is None else np.array(rows, np.float32)


def _face_box(row: NDArray[np.float32]) -> FaceBox:
    values = [float(value) for value in row]
    points = tuple((values[i], values[i + 1]) for i in range(4, 14, 2))
    return FaceBox(values[0], values[1], values[2], values[3], values[14], points)
