"""What every text engine must keep, run against each of them."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import pytest

from proctoring.vision.engines.base import TextEngine, load_engine
from tests import media

WORDS = ("Mitochondria make energy", "Ribosomes make proteins", "1789: the Bastille falls", "a2 + b2 = c2")


def written(x: int, y: int) -> np.ndarray:
    """Our room with a white sheet of four handwritten-looking lines at (x, y), 240 x 150 px."""
    frame = media.scene([])
    cv2.rectangle(frame, (x, y), (x + 240, y + 150), (245, 245, 245), -1)
    for number, words in enumerate(WORDS):
        place = (x + 10, y + 32 + 26 * number)
        cv2.putText(frame, words, place, cv2.FONT_HERSHEY_SIMPLEX, 0.5, (40, 30, 30), 1, cv2.LINE_AA)
    return frame


def painted(x: int, y: int) -> np.ndarray:
    """The same as bars for the scripted engine."""
    frame = media.scene([])
    for number in range(len(WORDS)):
        top = y + 20 + 26 * number
        frame[top : top + 11, x + 10 : x + 200] = (255, 0, 255)
    return frame


@dataclass
class Case:
    engine: TextEngine
    draw: Callable[[int, int], np.ndarray]


ENGINES = {
    "proctoring.vision.engines.ppocr_text.PPOcrText": written,
    "proctoring.vision.engines.scripted_text.ScriptedText": painted,
}


@pytest.fixture(scope="module", params=list(ENGINES), ids=lambda path: path.rpartition(".")[2])
def case(request: pytest.FixtureRequest) -> Case:
    return Case(load_engine(TextEngine, request.param), ENGINES[request.param])


def test_finds_each_line_where_it_is(case: Case) -> None:
    for x, y in ((60, 280), (360, 40)):
        lines = sorted(case.engine.lines(case.draw(x, y)), key=lambda line: line.y)
        assert len(lines) == len(WORDS)
        for number, line in enumerate(lines):
            assert line.label == "text" and 0 < line.score <= 1
            assert {type(value) for value in (line.score, line.x, line.y, line.w, line.h)} == {float}
            assert abs(line.x - (x + 10)) < 20
            assert abs(line.y + line.h / 2 - (y + 26 + 26 * number)) < 12
            assert 60 < line.w < 230


def test_an_empty_room_has_no_lines(case: Case) -> None:
    assert case.engine.lines(media.scene([])) == []


@pytest.mark.parametrize("size", [(1280, 720), (320, 240), (480, 640), (97, 211)])
def test_any_shape_of_frame_is_taken(case: Case, size: tuple[int, int]) -> None:
    assert case.engine.lines(np.zeros((size[1], size[0], 3), np.uint8)) == []


def test_names_itself_and_its_models(case: Case) -> None:
    case.engine.warm_up()
    assert case.engine.description.startswith(case.engine.name + " ")
