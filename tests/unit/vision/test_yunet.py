"""What the face detector's numbers mean, and where the comparer wants a face, without looking at pictures."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from proctoring.vision.engines import yunet
from proctoring.vision.engines.opencv_faces import align


class _Cells:
    """Stands for the model: answers with the cells that a test has filled, keeps what it was shown."""

    def __init__(self) -> None:
        self.filled: list[tuple[int, int, int, float]] = []
        self.shown: tuple[int, ...] = ()

    def run(self, names: list[str], values: dict[str, Any]) -> list[Any]:
        """Each filled cell (stride, column, row, likeness) holds a face twice as large as its stride."""
        self.shown = values["input"].shape
        height, width = self.shown[2:]
        outputs = []
        for name in names:
            part, stride = name.split("_")[0], int(name.split("_")[1])
            columns, size = width // stride, {"cls": 1, "obj": 1, "bbox": 4, "kps": 10}[part]
            output = np.zeros((1, columns * (height // stride), size), np.float32)
            for at, x, y, likeness in self.filled:
                if at == stride:
                    middle = [0.5, 0.5, np.log(2), np.log(2)]
                    numbers = {"cls": [likeness], "obj": [likeness], "bbox": middle, "kps": [0.25] * 10}
                    output[0, y * columns + x] = numbers[part]
            outputs.append(output)
        return outputs


@pytest.fixture
def cells(monkeypatch: pytest.MonkeyPatch) -> _Cells:
    model = _Cells()
    monkeypatch.setattr(yunet, "open_session", lambda path: model)
    return model


def test_a_face_is_where_its_cell_says_in_a_picture_of_any_size(cells: _Cells) -> None:
    cells.filled = [(16, 3, 2, 0.9), (8, 0, 1, 0.5)]
    [row] = yunet.YuNet(Path("model"), 0.6).find(np.zeros((50, 100, 3), np.uint8))
    assert cells.shown == (1, 3, 64, 128)
    assert row[:4].tolist() == pytest.approx([3.5 * 16 - 16, 2.5 * 16 - 16, 32, 32])
    assert row[4:14].tolist() == pytest.approx([3.25 * 16, 2.25 * 16] * 5)
    assert row[14] == pytest.approx(0.9)


def test_of_faces_in_one_place_the_best_is_kept(cells: _Cells) -> None:
    cells.filled = [(32, 0, 0, 0.7), (32, 1, 0, 0.8), (8, 15, 7, 0.9)]
    found = yunet.YuNet(Path("model"), 0.6).find(np.zeros((64, 128, 3), np.uint8))
    assert sorted(found[:, 14].tolist()) == pytest.approx([0.8, 0.9])


def test_nothing_to_see_is_no_rows(cells: _Cells) -> None:
    assert yunet.YuNet(Path("model"), 0.6).find(np.zeros((32, 32, 3), np.uint8)).shape == (0, 15)


def test_a_turned_small_face_is_laid_where_the_comparer_expects_it() -> None:
    home = [
        (38.2946, 51.6963),
        (73.5318, 51.5014),
        (56.0252, 71.7366),
        (41.5493, 92.3655),
        (70.7299, 92.2041),
    ]
    turned = [(200 + 0.6 * x - 0.3 * y, 100 + 0.3 * x + 0.6 * y) for x, y in home]
    frame = np.zeros((400, 400, 3), np.uint8)
    for x, y in turned:
        cv2.circle(frame, (round(x), round(y)), 2, (255, 255, 255), -1)
    laid = align(frame, turned)
    assert laid.shape == (112, 112, 3)
    assert all(laid[round(y), round(x)].min() > 150 for x, y in home)
