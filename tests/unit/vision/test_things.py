"""Phones, books, screens and bodies: what counts, what says nothing, and where a closer look goes."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from proctoring.incidents.rule_table import DEFAULT_RULES
from proctoring.observations import FaceBox, Observation, ObservationKind, Quality, QualityReason
from proctoring.vision.detectors.things import (
    THINGS,
    closer_square,
    find_and_observe,
    look_for_things,
    observe_things,
    sort_finds,
)
from proctoring.vision.engines.base import Box, Engines, Frame, ThingsEngine
from proctoring.vision.engines.scripted import ScriptedFaces, ScriptedHead
from proctoring.vision.engines.scripted_things import PAINT, ScriptedThings
from proctoring.vision.exchange import ALL_KINDS, Work
from proctoring.vision.image import encode_jpeg
from proctoring.vision.pipeline import FrameRequest, Pipeline
from proctoring.vision.thresholds import EFFICIENTDET_THINGS as SCORES
from tests import media

PHONE, BOOK = ObservationKind.PHONE, ObservationKind.BOOK
SCREEN, PERSON = ObservationKind.SECOND_SCREEN, ObservationKind.SECOND_PERSON
FACE = FaceBox(100, 80, 80, 100, 0.9)
BODY = Box("person", 0.9, 50, 60, 200, 400)
GOOD = Quality(usable=True)
EMPTY = np.zeros((480, 640, 3), np.uint8)


class Answers(ThingsEngine):
    """Gives prepared answers, one a look, and remembers how large the pictures were."""

    name = "answers"
    model_versions = {"answers": "1"}
    scores = SCORES

    def __init__(self, *answers: list[Box]) -> None:
        super().__init__(None)
        self.answers = list(answers)
        self.sizes: list[tuple[int, ...]] = []

    def find(self, frame: Frame) -> list[Box]:
        self.sizes.append(frame.shape[:2])
        return self.answers.pop(0)


def seen(boxes: list[Box], face: FaceBox | None = FACE) -> dict[ObservationKind, Observation]:
    """Observations by kind of finds that were looked at closely."""
    return {item.kind: item for item in observe_things(sort_finds(boxes, SCORES), SCORES, face, 480)}


def test_an_empty_frame_says_that_nothing_is_there() -> None:
    found = seen([BODY])
    assert set(found) == THINGS
    assert all(item.informative and not item.present for item in found.values())


@pytest.mark.parametrize(
    ("box", "kind", "numbers"),
    [
        (Box("phone", 0.6, 10, 20, 40, 81.4), PHONE, {"width_px": 40, "height_px": 81}),
        (Box("book", 0.5, 10, 20, 90, 60), BOOK, {"width_px": 90, "height_px": 60}),
        (Box("laptop", 0.5, 1, 2, 90, 60), SCREEN, {"width_px": 90, "height_px": 60, "label": "laptop"}),
        (
            Box("tv", 0.7, 1, 2, 90, 60),
            SCREEN,
            {"width_px": 90, "height_px": 60, "label": "monitor or television set"},
        ),
    ],
    ids=["phone", "book", "laptop", "monitor"],
)
def test_a_thing_is_reported_with_its_size(
    box: Box, kind: ObservationKind, numbers: dict[str, object]
) -> None:
    item = seen([BODY, box])[kind]
    assert item.present and item.informative and item.confidence == box.score
    assert item.measurements == numbers


@pytest.mark.parametrize("label", ["phone", "book", "laptop", "tv"])
def test_a_weak_find_neither_alarms_nor_clears(label: str) -> None:
    kind = {"phone": PHONE, "book": BOOK}.get(label, SCREEN)
    weak = seen([Box(label, SCORES.least[label] * 0.8, 10, 20, 40, 80)])[kind]
    assert not weak.present and not weak.informative
    faint = seen([Box(label, SCORES.least[label] * 0.4, 10, 20, 40, 80)])[kind]
    assert not faint.present and faint.informative and 0.7 < faint.confidence < 1


def test_a_book_where_a_phone_was_found_is_that_phone() -> None:
    phone, book = Box("phone", 0.6, 100, 100, 80, 100), Box("book", 0.5, 100, 110, 80, 90)
    found = seen([phone, book])
    assert found[PHONE].present and not found[BOOK].present
    apart = seen([phone, Box("book", 0.5, 300, 100, 80, 90)])
    assert apart[PHONE].present and apart[BOOK].present


@pytest.mark.parametrize(
    ("bodies", "face", "persons"),
    [
        ([BODY], FACE, 0),
        ([BODY, Box("person", 0.8, 400, 100, 150, 380)], FACE, 2),
        ([BODY, Box("person", 0.8, 400, 100, 150, 380), Box("person", 0.7, 300, 90, 90, 390)], FACE, 3),
        # Only somebody else's body is found: the face is the candidate's, so that makes two.
        ([Box("person", 0.8, 400, 100, 150, 380)], FACE, 2),
        ([BODY], None, 0),
        ([BODY, Box("person", 0.8, 400, 100, 150, 380)], None, 2),
        # Side by side, the face is inside both boxes: one of them is still another person.
        ([BODY, Box("person", 0.8, 130, 60, 260, 420)], FACE, 2),
        # The candidate twice: whole, and head and shoulders.
        ([BODY, Box("person", 0.8, 60, 60, 180, 200)], FACE, 0),
        # Too small to be in the room.
        ([BODY, Box("person", 0.8, 500, 100, 40, 100)], FACE, 0),
    ],
    ids=["alone", "two", "three", "own body missed", "faceless", "two faceless", "close", "twice", "far"],
)
def test_whose_body_is_a_second_person(bodies: list[Box], face: FaceBox | None, persons: int) -> None:
    item = seen(bodies, face)[PERSON]
    assert (item.present, item.measurements.get("persons", 0)) == (persons > 0, persons)
    if persons:
        assert item.measurements["smallest_px"] == round(min(body.h for body in bodies if body is not BODY))


def test_the_rules_words_are_filled_from_the_measurements() -> None:
    boxes = [BODY, Box("person", 0.8, 400, 100, 150, 380), Box("tv", 0.9, 1, 2, 90, 60)]
    boxes += [Box("phone", 0.6, 10, 200, 40, 80), Box("book", 0.6, 300, 200, 40, 80)]
    known = {"count": 0, "looks": 0, "seconds": 0, "confidence": 0}
    for kind, item in seen(boxes).items():
        assert DEFAULT_RULES[kind].template.format(**known, **item.measurements)


def test_a_hint_of_a_phone_is_judged_by_a_closer_look_alone() -> None:
    hint = Box("phone", 0.1, 500, 300, 40, 60)
    engine = Answers([hint, BODY], [Box("phone", 0.7, 180, 200, 50, 70), Box("laptop", 0.9, 0, 0, 300, 300)])
    found = look_for_things(engine, EMPTY)
    assert engine.sizes == [(480, 640), (480, 480)]
    left, top, side = closer_square(hint, EMPTY, 1.0)
    assert (left, top, side) == (160, 0, 480)
    assert found.of("phone") == (Box("phone", 0.7, 180 + left, 200 + top, 50, 70),)
    assert found.of("laptop") == ()  # a part of a frame is not asked for what the whole shows better
    strong_hint = Answers([Box("phone", 0.9, 500, 300, 40, 60)], [])
    assert look_for_things(strong_hint, EMPTY).of("phone") == ()


@pytest.mark.parametrize(("again", "is_there"), [(1.4, True), (0.7, False), (None, False)])
def test_a_doubt_is_settled_by_the_mean_of_two_closer_looks(again: float | None, is_there: bool) -> None:
    least = SCORES.least["phone"]
    first = Box("phone", least * 1.1, 180, 200, 50, 70)
    engine = Answers(
        [Box("phone", 0.1, 500, 300, 40, 60)],
        [first, replace(first, score=least, x=0)],
        [replace(first, score=least * again)] if again else [],
    )
    found = look_for_things(engine, EMPTY)
    assert engine.sizes[1:] == [(480, 480), (408, 408)]
    assert [box.x for box in found.of("phone")] == ([180 + 160] if is_there else [])
    mean = least * (1.1 + (again or 0)) / 2
    assert (found.of("phone")[0].score if is_there else found.weak["phone"]) == pytest.approx(mean)


def test_a_doubt_that_may_not_be_settled_here_is_said_and_costs_one_closer_look() -> None:
    doubt = Box("phone", SCORES.least["phone"] * 1.1, 180, 200, 50, 70)
    engine = Answers([Box("phone", 0.1, 500, 300, 40, 60), BODY], [doubt])
    found = find_and_observe(engine, EMPTY, GOOD, FACE, may_settle=False)
    kinds = {item.kind: item for item in found.observations}
    assert (found.looks, kinds[PHONE].informative, kinds[PHONE].present) == (2, False, False)
    clear = Answers([Box("phone", 0.1, 500, 300, 40, 60)], [replace(doubt, score=0.9)])
    assert find_and_observe(clear, EMPTY, GOOD, FACE, may_settle=False).observations[0].present


def test_a_second_closer_look_takes_the_place_of_the_head(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("proctoring.vision.pipeline.WHOLE_LOOK_MS", 0.0)
    hint, doubt = Box("phone", 0.1, 50, 60, 40, 60), Box("phone", SCORES.least["phone"], 60, 70, 50, 70)
    image = encode_jpeg(media.scene([media.Person("obama")]))
    for due, answers, done in (
        ((Work.THINGS, Work.HEAD), ([hint], [doubt], [doubt]), (Work.THINGS,)),
        ((Work.THINGS, Work.HEAD), ([hint], [replace(doubt, score=0.9)]), (Work.THINGS, Work.HEAD)),
        ((Work.HEAD, Work.THINGS), ([hint], [doubt]), (Work.HEAD, Work.THINGS)),
    ):
        pipeline = Pipeline(Engines(ScriptedFaces(), ScriptedHead(), Answers(*answers)))
        assert pipeline.analyse(image, FrameRequest(0.0, 0, due=due)).done == done


def test_two_closer_looks_a_frame_and_the_phone_comes_first() -> None:
    phone, book = Box("phone", 0.1, 100, 100, 40, 60), Box("book", 0.3, 400, 300, 90, 60)
    both = look_for_things(Answers([book, phone], [book], [replace(book, score=0.7)]), EMPTY)
    assert [(box.label, box.score) for box in both.found] == [("book", 0.7)]
    assert both.doubt(SCORES, "phone") == 0.0
    doubt = replace(phone, score=SCORES.least["phone"])
    engine = Answers([book, phone], [doubt], [])
    kinds = {item.kind: item for item in find_and_observe(engine, EMPTY, GOOD, None).observations}
    assert len(engine.sizes) == 3
    assert kinds[PHONE].informative and not kinds[PHONE].present
    assert not kinds[BOOK].informative  # nobody looked


def test_the_spines_of_books_on_a_shelf_are_not_looked_at() -> None:
    spine, page = Box("book", 0.6, 300, 100, 25, 80), Box("book", 0.3, 100, 200, 80, 100)
    engine = Answers([spine, page], [Box("book", 0.7, 120, 220, 80, 100), spine])
    found = look_for_things(engine, EMPTY)
    assert [(box.w, box.h) for box in found.of("book")] == [(80, 100)]
    assert look_for_things(Answers([spine]), EMPTY).doubt(SCORES, "book") == 0.0


def test_no_closer_look_is_spent_on_what_the_policy_leaves_out() -> None:
    engine = Answers([Box("phone", 0.1, 100, 100, 40, 60)])
    find_and_observe(engine, EMPTY, GOOD, None, frozenset({SCREEN}))
    assert len(engine.sizes) == 1


@pytest.mark.parametrize("reason", [QualityReason.TOO_DARK, QualityReason.BLURRED])
def test_poor_light_is_coached_not_judged(reason: QualityReason) -> None:
    engine = Answers([])
    assert find_and_observe(engine, EMPTY, Quality(True, (reason,)), FACE).observations == ()
    assert engine.sizes == []


@pytest.mark.parametrize("hint", [(0, 0, 30, 30), (630, 470, 30, 30), (-20, 200, 700, 90)])
@pytest.mark.parametrize("size", [(640, 480), (360, 640), (64, 65)])
@pytest.mark.parametrize("share", [1.0, 0.85])
def test_the_closer_square_is_inside_the_frame(
    hint: tuple[float, float, float, float], size: tuple[int, int], share: float
) -> None:
    frame = np.zeros((size[1], size[0], 3), np.uint8)
    left, top, side = closer_square(Box("phone", 0.5, *hint), frame, share)
    assert left >= 0 and top >= 0 and side == round(share * min(size))
    assert left + side <= size[0] and top + side <= size[1]


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline(Engines(ScriptedFaces(), things=ScriptedThings()))


def room_with(label: str) -> bytes:
    frame = np.random.default_rng(3).integers(90, 170, (240, 320, 1), np.uint8).repeat(3, axis=2)
    cv2.rectangle(frame, (130, 30), (180, 100), (20, 20, 230), -1)
    cv2.rectangle(frame, (30, 150), (80, 200), PAINT[label], -1)
    return encode_jpeg(frame)


def test_things_are_looked_for_when_due_and_wanted(pipeline: Pipeline) -> None:
    data = room_with("tv")
    found = pipeline.analyse(data, FrameRequest(0.0, 0)).observation(SCREEN)
    assert found is not None and found.present
    for request in (
        FrameRequest(0.0, 0, due=()),
        FrameRequest(0.0, 0, detectors=ALL_KINDS - THINGS),
        FrameRequest(0.0, 0, detectors=ALL_KINDS - {SCREEN}),
    ):
        assert pipeline.analyse(data, request).observation(SCREEN) is None
    only = pipeline.analyse(data, FrameRequest(0.0, 0, due=(Work.THINGS,)))
    assert only.cpu_ms["things"] > 0


def test_a_phone_that_stays_becomes_an_incident_and_ends_when_it_is_put_away(pipeline: Pipeline) -> None:
    with_phone, without = room_with("phone"), encode_jpeg(media.scene([], size=(320, 240)))
    incidents = media.run_clip(pipeline, [without] + [with_phone] * 7 + [without] * 9, 1)
    phone = next(item for item in incidents if item.kind is PHONE)
    assert phone.opened_at <= 1 + 5
    assert "looks like a phone" in phone.explanation and "50 x 50 px" in phone.explanation
    assert phone.decisions[-1].reason == "clear"
