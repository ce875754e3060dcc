"""The default engine for things: EfficientDet-Lite0, run by ONNX Runtime."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from proctoring.vision import thresholds
from proctoring.vision.engines.base import Box, Frame, ThingsEngine
from proctoring.vision.engines.onnx_sessions import open_session
from proctoring.vision.engines.things_layouts import Floats, Layout, find_boxes, letterbox
from proctoring.vision.weights import resolve_weights

FILE = "efficientdet_lite0.onnx"
_SIDE = 320
_CLASSES = {"person": (0,), "tv": (1,), "laptop": (2,), "phone": (3,), "book": (4,)}
_ZERO = 127  # the pixel value that is 0 in the model
_STRIDES = (8, 16, 32, 64, 128)
# The model makers' boxes of a cell: three sizes, from 3 strides, in three proportions.
_SIZES = tuple(3.0 * 2 ** (third / 3) for third in range(3))
_PROPORTIONS = (1.0, 2.0, 0.5)


def _make_anchors() -> Floats:
    """Centre y, x, height and width (pixels of the input) of each box that the model starts from."""
    shapes = [(size / root, size * root) for size in _SIZES for root in np.sqrt(_PROPORTIONS)]
    found = []
    for stride in _STRIDES:
        middles = (np.arange(-(-_SIDE // stride)) + 0.5) * stride
        across, down = np.meshgrid(middles, middles)
        centres = np.repeat(np.stack([down.ravel(), across.ravel()], axis=1), len(shapes), axis=0)
        sizes = np.tile(np.array(shapes) * stride, (len(middles) ** 2, 1))
        found.append(np.concatenate([centres, sizes], axis=1))
    return np.concatenate(found).astype(np.float32)


_ANCHORS = _make_anchors()


def _prepare(frame: Frame, side: int) -> tuple[NDArray[Any], tuple[float, float]]:
    """RGB from 0 to 255, channels last."""
    square, factor = letterbox(frame, side, _ZERO)
    return cv2.cvtColor(square, cv2.COLOR_BGR2RGB)[None], (factor, factor)


def _decode(outputs: Sequence[Any], side: int) -> tuple[Floats, Floats]:
    """Scores of every anchor, and by how much of its size, and what power of e, its box differs from it."""
    scores, moves = (np.asarray(each, np.float32)[0] for each in outputs)
    centre = moves[:, :2] * _ANCHORS[:, 2:] + _ANCHORS[:, :2]
    half = np.exp(moves[:, 2:]) * _ANCHORS[:, 2:] / 2
    return np.concatenate([centre - half, centre + half], axis=1)[:, [1, 0, 3, 2]], scores


_LAYOUT = Layout(_prepare, _decode)


class EfficientDetThings(ThingsEngine):
    """About 13 ms of one core a look. Small things are only hinted at in a whole frame: phones and books are
    judged on a closer look (see ``detectors.things``)."""

    name = "efficientdet-things"
    scores = thresholds.EFFICIENTDET_THINGS

    def __init__(self, weights_dir: Path | None = None) -> None:
        """Load the model; WeightsError when its file is missing or damaged, EngineError when ONNX Runtime
        cannot read it."""
        super().__init__(weights_dir)
        path, entry = resolve_weights(FILE, weights_dir)
        self.model_versions = {"efficientdet-lite0": entry.version}
        self._session = open_session(path)
        self._input = self._session.get_inputs()[0].name

    def find(self, frame: Frame) -> list[Box]:
        """See the base class."""
        values, factors = _LAYOUT.prepare(frame, _SIDE)
        return find_boxes(self._session.run(None, {self._input: values}), _LAYOUT, _SIDE, factors, _CLASSES)
