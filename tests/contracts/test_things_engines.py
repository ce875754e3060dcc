"""What every engine for things must keep, run against each of them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest

from proctoring.vision.engines.base import THING_LABELS, EngineError, FaceEngine, ThingsEngine, load_engine
from proctoring.vision.engines.efficientdet_things import FILE, EfficientDetThings
from proctoring.vision.engines.scripted_things import PAINT
from proctoring.vision.weights import WeightsError
from tests import media


def painted(people: list[media.Person]) -> np.ndarray:
    """A grey room with a rectangle of the colour of bodies for each person."""
    frame = np.random.default_rng(1).integers(90, 110, (480, 640, 1), np.uint8).repeat(3, axis=2)
    for person in people:
        h = round(person.face * 480 * 2.5)
        x, y = round(person.x * 640 - h * 0.3), round(person.y * 480 - h * 0.2)
        cv2.rectangle(frame, (x, y), (x + round(h * 0.6), y + h), PAINT["person"], -1)
    return frame


@dataclass
class Case:
    """An engine and the frames it understands."""

    engine: ThingsEngine
    draw: Callable[[list[media.Person]], np.ndarray]


ENGINES = {
    "proctoring.vision.engines.efficientdet_things.EfficientDetThings": media.scene,
    "proctoring.vision.engines.scripted_things.ScriptedThings": painted,
}
LEFT = media.Person("obama", x=0.28, y=0.4, face=0.3)
RIGHT = media.Person("biden", x=0.74, y=0.42, face=0.28)


@pytest.fixture(scope="module", params=list(ENGINES), ids=lambda path: path.rpartition(".")[2])
def case(request: pytest.FixtureRequest) -> Case:
    return Case(load_engine(ThingsEngine, request.param), ENGINES[request.param])


def people(case: Case, frame: np.ndarray) -> list:
    least = case.engine.scores.least["person"]
    return [box for box in case.engine.find(frame) if box.label == "person" and box.score >= least]


def test_nobody_in_an_empty_room(case: Case) -> None:
    assert people(case, case.draw([])) == []


def test_finds_each_person_where_they_are(case: Case) -> None:
    bodies = sorted(people(case, case.draw([LEFT, RIGHT])), key=lambda box: box.x)
    assert len(bodies) == 2
    for body, person in zip(bodies, (LEFT, RIGHT), strict=True):
        assert body.x < person.x * 640 < body.x + body.w
        assert body.h > person.face * 480


def test_boxes_are_plain_numbers_of_known_labels_best_first(case: Case) -> None:
    boxes = case.engine.find(case.draw([LEFT, RIGHT]))
    scores = [box.score for box in boxes]
    assert scores == sorted(scores, reverse=True) and scores[-1] > 0 and scores[0] <= 1
    for box in boxes:
        assert box.label in THING_LABELS
        assert {type(value) for value in (box.score, box.x, box.y, box.w, box.h)} == {float}


def test_same_frame_same_answer_and_frame_untouched(case: Case) -> None:
    frame = case.draw([LEFT])
    before = frame.copy()
    assert case.engine.find(frame) == case.engine.find(frame)
    assert np.array_equal(frame, before)


@pytest.mark.parametrize("size", [(480, 640), (640, 360), (65, 64), (97, 301)])
def test_any_frame_size_is_accepted(case: Case, size: tuple[int, int]) -> None:
    assert people(case, np.full((*size, 3), 120, np.uint8)) == []


def test_scores_and_versions_make_sense(case: Case) -> None:
    scores = case.engine.scores
    assert set(scores.least) == set(THING_LABELS)
    assert all(0 < score < 1 for score in scores.least.values())
    assert all(0 < hint <= scores.least[label] for label, hint in scores.hints.items())
    assert case.engine.name in case.engine.description and case.engine.model_versions


def test_a_damaged_model_stops_the_engine(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"damaged")
    with pytest.raises(WeightsError, match="damaged"):
        EfficientDetThings(tmp_path)


def test_an_engine_of_another_kind_is_refused() -> None:
    with pytest.raises(EngineError, match="not a FaceEngine"):
        load_engine(FaceEngine, "proctoring.vision.engines.scripted_things.ScriptedThings")
