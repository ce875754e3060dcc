"""The engine of the replaced systems: face_recognition (dlib HOG, 128 values), loaded only when chosen."""

import contextlib
import io
import warnings
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import ImageFile

from proctoring.observations import FaceBox
from proctoring.vision import thresholds
from proctoring.vision.engines.base import EngineError, FaceEngine, Frame, Vector

_UPSAMPLE = 1  # what the replaced systems ran with; 0 misses a third of the faces in groups
# dlib's HOG score is a margin, 0 at its own default and about 2 on a clear frontal face.
_SCORE_SPAN = 4.0
# Indices of the 68 points: both eyes' outlines, nose tip, mouth corners; image-left first.
_EYES = (range(36, 42), range(42, 48))
_NOSE_MOUTH = (30, 48, 54)


class DlibFaces(FaceEngine):
    """face_recognition's HOG detector and ResNet embedding. About seven times the CPU of the default engine,
    and blind to half-hidden faces; kept for comparison and for references enrolled with it."""

    name = "dlib-faces"
    thresholds = thresholds.DLIB_FACES

    def __init__(self, weights_dir: Path | None = None) -> None:
        """Load dlib and its models (a second or two); EngineError when they cannot be imported."""
        super().__init__(weights_dir)
        self._api = import_face_recognition()
        self.model_versions = {
            "dlib": str(import_module("dlib").__version__),
            "face_recognition_models": metadata.version("face_recognition_models"),
        }

    def detect(self, frame: Frame) -> list[FaceBox]:
        """See the base class. dlib's margins are mapped so that its own default threshold becomes 0.5."""
        rgb = np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB), np.uint8)
        least = (self.thresholds.trace - 0.5) * _SCORE_SPAN
        rectangles, margins, _ = self._api.face_detector.run(rgb, _UPSAMPLE, least)
        faces = [
            self._face_box(rgb, rectangle, margin)
            for rectangle, margin in zip(rectangles, margins, strict=True)
        ]
        return sorted(faces, key=lambda face: -face.score)

    def embed(self, frame: Frame, face: FaceBox) -> Vector:
        """See the base class. dlib's own vectors are not of unit length; these are scaled to it."""
        rgb = cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)
        height, width = frame.shape[:2]
        top, right = max(0, round(face.y)), min(width, round(face.x + face.w))
        bottom, left = min(height, round(face.y + face.h)), max(0, round(face.x))
        vector = self._api.face_encodings(rgb, [(top, right, bottom, left)], model="large")[0]
        return np.asarray(vector / np.linalg.norm(vector), np.float32)

    def _face_box(self, rgb: Frame, rectangle: Any, margin: float) -> FaceBox:
        shape = self._api.pose_predictor_68_point(rgb, rectangle)
        points = np.array([(shape.part(i).x, shape.part(i).y) for i in range(68)], np.float64)
        five = [points[list(eye)].mean(axis=0) for eye in _EYES] + [points[i] for i in _NOSE_MOUTH]
        return FaceBox(
            float(rectangle.left()),
            float(rectangle.top()),
            float(rectangle.width()),
            float(rectangle.height()),
            float(np.clip(0.5 + margin / _SCORE_SPAN, 0.0, 1.0)),
            tuple((float(x), float(y)) for x, y in five),
        )


def import_face_recognition() -> Any:
    """The module face_recognition.api; EngineError with its own words when it cannot be had.

    Trap: when its models or pkg_resources are missing (setuptools 81 and later), the package prints a
    misleading hint and calls quit(), which would end the whole process as SystemExit. And it tells Pillow to
    take pictures that are cut off for whole ones, everywhere in the process: that is taken back.
    """
    said = io.StringIO()
    try:
        # Deprecations inside these packages, last released in 2017 and 2020, are not ours to mend.
        with contextlib.redirect_stdout(said), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            module = import_module("face_recognition.api")
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        hint = said.getvalue().strip()
        raise EngineError(
            f"face_recognition cannot be imported ({type(error).__name__}: {error}); it needs dlib, "
            f"face_recognition_models and setuptools below 81. {hint}".strip()
        ) from error
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    return module
