"""How object detectors take a picture and give their finds: one pair of functions for each layout."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from proctoring.vision.engines.base import Box, EngineError, Frame

Floats = NDArray[np.float32]
LEAST_SCORE = 0.03
"""Weaker finds are dropped: they are worth no second look."""
_OVERLAP = 0.5  # non-maximum suppression, the model makers' value
_MOST_OF_A_LABEL = 60
_GREY = 114  # what yolox and yolo-nas fill the rest of the square with
_STRIDES = (8, 16, 32)


@dataclass(frozen=True, slots=True)
class Layout:
    """``prepare``: a frame and the side of the input to the input's values, and how many pixels of the input
    a pixel of the frame is, along x and y. ``decode``: the model's outputs to corners x0, y0, x1, y1 in
    pixels of the input (n, 4), and scores by class (n, classes).
    """

    prepare: Callable[[Frame, int], tuple[NDArray[Any], tuple[float, float]]]
    decode: Callable[[Sequence[Any], int], tuple[Floats, Floats]]


def find_boxes(
    outputs: Sequence[Any],
    layout: Layout,
    side: int,
    factors: tuple[float, float],
    classes: Mapping[str, Sequence[int]],
) -> list[Box]:
    """The boxes of the wanted classes in pixels of the frame, best first, without repeats of the same thing.

    EngineError when the outputs are not of that layout or have no such class.
    """
    try:
        corners, scores = layout.decode(outputs, side)
    except (ValueError, IndexError) as error:
        shapes = ", ".join(str(np.shape(each)) for each in outputs)
        raise EngineError(f"its outputs ({shapes}) are not of this layout: {error}") from error
    most = max(max(numbers) for numbers in classes.values())
    if most >= scores.shape[1]:
        raise EngineError(f"it has {scores.shape[1]} classes, and class {most} is asked for")
    scale = np.array([factors[0], factors[1]] * 2, np.float32)
    found: list[Box] = []
    for label, numbers in classes.items():
        found += _of_label(label, corners / scale, scores[:, list(numbers)].max(axis=1))
    return sorted(found, key=lambda box: -box.score)


def _of_label(label: str, corners: Floats, scores: Floats) -> list[Box]:
    chosen = np.flatnonzero(scores >= LEAST_SCORE)
    chosen = chosen[np.argsort(-scores[chosen], kind="stable")][:_MOST_OF_A_LABEL]
    boxes = [
        Box(label, float(scores[i]), float(x0), float(y0), float(x1 - x0), float(y1 - y0))
        for i, (x0, y0, x1, y1) in zip(chosen.tolist(), corners[chosen].tolist(), strict=True)
    ]
    sizes = [(box.x, box.y, box.w, box.h) for box in boxes]
    kept = cv2.dnn.NMSBoxes(sizes, [box.score for box in boxes], LEAST_SCORE, _OVERLAP) if boxes else ()
    return [boxes[int(i)] for i in np.ravel(kept)]


def _squeeze(frame: Frame, side: int) -> tuple[Floats, tuple[float, float]]:
    """The whole frame squeezed into a square, RGB from -1 to 1, channels last."""
    height, width = frame.shape[:2]
    shrinks = max(height, width) > side
    small = cv2.resize(frame, (side, side), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    values = cv2.cvtColor(small, cv2.COLOR_BGR2RGB).astype(np.float32) * np.float32(2 / 255) - np.float32(1)
    return values[None], (side / width, side / height)


def letterbox(frame: Frame, side: int, grey: int = _GREY) -> tuple[Frame, float]:
    """The frame with its proportions in the upper left of a grey square, and how much it was scaled."""
    height, width = frame.shape[:2]
    factor = side / max(height, width)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    square = np.full((side, side, 3), grey, np.uint8)
    interpolation = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    square[: size[1], : size[0]] = cv2.resize(frame, size, interpolation=interpolation)
    return square, factor


def _prepare_yolox(frame: Frame, side: int) -> tuple[Floats, tuple[float, float]]:
    """BGR from 0 to 255, channels first."""
    square, factor = letterbox(frame, side)
    return square.transpose(2, 0, 1)[None].astype(np.float32), (factor, factor)


def _prepare_yolo_nas(frame: Frame, side: int) -> tuple[Floats, tuple[float, float]]:
    """RGB from 0 to 1, channels first."""
    square, factor = letterbox(frame, side)
    rgb = square[:, :, ::-1].transpose(2, 0, 1)[None]
    return np.ascontiguousarray(rgb).astype(np.float32) / np.float32(255), (factor, factor)


def _decode_ssd(outputs: Sequence[Any], side: int) -> tuple[Floats, Floats]:
    """Boxes (y0, x0, y1, x1 from 0 to 1) and scores of every anchor, in either order."""
    corners, scores = _corners_and_scores(outputs)
    return corners[:, [1, 0, 3, 2]] * np.float32(side), scores


def _decode_yolo_nas(outputs: Sequence[Any], side: int) -> tuple[Floats, Floats]:
    """Boxes (x0, y0, x1, y1 in pixels of the input) and scores of every anchor, in either order."""
    return _corners_and_scores(outputs)


def _corners_and_scores(outputs: Sequence[Any]) -> tuple[Floats, Floats]:
    if len(outputs) != 2:
        raise ValueError("boxes and scores are expected")
    first, second = (np.asarray(each, np.float32).reshape(-1, np.shape(each)[-1]) for each in outputs)
    # With four classes nothing tells them apart: then boxes come first.
    corners, scores = (first, second) if first.shape[1] == 4 else (second, first)
    if corners.shape[1] != 4 or len(corners) != len(scores):
        raise ValueError("four numbers a box and as many boxes as rows of scores are expected")
    return corners, scores


def _decode_yolox(outputs: Sequence[Any], side: int) -> tuple[Floats, Floats]:
    """Rows of cx, cy, w, h (relative to their cell of strides 8, 16, 32), being a thing, and the classes."""
    rows = np.asarray(outputs[0], np.float32)
    rows = rows.reshape(-1, rows.shape[-1])
    cells, strides = [], []
    for stride in _STRIDES:
        count = side // stride
        across, down = np.meshgrid(np.arange(count), np.arange(count))
        cells.append(np.stack([across.ravel(), down.ravel()], axis=1))
        strides.append(np.full((count * count, 1), stride))
    cell = np.concatenate(cells).astype(np.float32)
    stride_of = np.concatenate(strides).astype(np.float32)
    if rows.shape[1] < 6 or len(rows) != len(cell):
        raise ValueError(f"{len(cell)} rows of at least 6 numbers are expected")
    centre, size = (rows[:, :2] + cell) * stride_of, np.exp(rows[:, 2:4]) * stride_of
    corners = np.concatenate([centre - size / 2, centre + size / 2], axis=1)
    return corners, rows[:, 4:5] * rows[:, 5:]


LAYOUTS: Mapping[str, Layout] = {
    "ssd": Layout(_squeeze, _decode_ssd),
    "yolox": Layout(_prepare_yolox, _decode_yolox),
    "yolo-nas": Layout(_prepare_yolo_nas, _decode_yolo_nas),
}
