"""Finds lines of text with PaddleOCR's detector on ONNX Runtime; nothing is read."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from proctoring.vision import thresholds
from proctoring.vision.engines.base import Box, Frame, TextEngine
from proctoring.vision.engines.onnx_sessions import open_session
from proctoring.vision.weights import resolve_weights

_MODEL = "PP-OCRv6_det_small.onnx"
_LIMITS = thresholds.TEXT_ENGINE
# The makers' preprocessing: ImageNet means and deviations, on BGR as OpenCV reads it.
_MEAN = np.array([0.485, 0.456, 0.406], np.float32)
_DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)


class PPOcrText(TextEngine):
    """PP-OCRv6 small: a map of how much each point looks like text, cut into boxes."""

    name = "ppocr-text"

    def __init__(self, weights_dir: Path | None = None) -> None:
        super().__init__(weights_dir)
        path, entry = resolve_weights(_MODEL, weights_dir)
        self.model_versions = {"ppocr": entry.version}
        self._session = open_session(path)
        self._input = self._session.get_inputs()[0].name

    def lines(self, frame: Frame) -> list[Box]:
        """See the base class; upright boxes, best score first. Slanted lines give larger boxes."""
        height, width = frame.shape[:2]
        factor = _LIMITS.long_side / max(height, width)
        size = (_to_32(width * factor), _to_32(height * factor))
        small = cv2.resize(frame, size, interpolation=cv2.INTER_AREA).astype(np.float32)
        batch = ((small / 255 - _MEAN) / _DEVIATION).transpose(2, 0, 1)[None]
        found: Any = self._session.run(None, {self._input: batch})[0]
        boxes = _boxes(found[0, 0], width / size[0], height / size[1])
        return sorted(boxes, key=lambda box: -box.score)


def _to_32(side: float) -> int:
    return max(32, round(side / 32) * 32)


def _boxes(likeness: NDArray[np.float32], across: float, down: float) -> list[Box]:
    """Boxes in pixels of the frame around the connected areas of the map."""
    mask = (likeness > _LIMITS.point).astype(np.uint8)
    count, areas, stats, _ = cv2.connectedComponentsWithStats(mask)
    boxes = []
    for number in range(1, count):
        x, y, w, h, _ = (int(value) for value in stats[number])
        if min(w, h) < _LIMITS.least_side:
            continue
        inside = areas[y : y + h, x : x + w] == number
        score = float(likeness[y : y + h, x : x + w][inside].mean())
        if score >= _LIMITS.line:
            boxes.append(Box("text", score, x * across, y * down, w * across, h * down))
    return boxes
