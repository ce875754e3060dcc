"""What counts as text held towards the camera: large lines below each other, where none were at first."""

import csv

import pytest

from proctoring.incidents.rules import OpenIncident, RuleState, advance
from proctoring.incidents.work_pace import PACES, work_due
from proctoring.observations import FaceBox, ObservationKind
from proctoring.seen import TextBlock
from proctoring.vision.detectors.text import find_blocks
from proctoring.vision.engines.base import EMPTY_FRAME, Box, Engines
from proctoring.vision.engines.ppocr_text import PPOcrText
from proctoring.vision.engines.scripted import ScriptedFaces
from proctoring.vision.engines.scripted_text import ScriptedText
from proctoring.vision.exchange import FrameRequest, Work
from proctoring.vision.image import decode, encode_jpeg, fit
from proctoring.vision.looking_back import Past, look_back
from proctoring.vision.pipeline import Pipeline
from tests import media
from tests.contracts.test_text_engine_contract import painted

TEXT = ObservationKind.TEXT_SHOWN
DATA = media.development_data()


def line(x: float, y: float, w: float = 90, h: float = 14) -> Box:
    return Box("text", 0.9, x, y, w, h)


SHEET = [line(60, 300 + 22 * number) for number in range(4)]


def blocks(lines: list[Box], faces: tuple[FaceBox, ...] = ()) -> tuple[TextBlock, ...]:
    return find_blocks(lines, faces, EMPTY_FRAME)


def test_lines_below_each_other_are_one_block() -> None:
    (block,) = blocks([*SHEET[::-1], line(400, 100)])
    assert block.lines == 4
    assert (block.x * 640, block.y * 480) == (60, 300)
    assert (block.w * 640, block.h * 480) == pytest.approx((90, 80))


@pytest.mark.parametrize(
    "lines",
    [
        SHEET[:2],
        [line(60, 300 + 12 * number, h=6) for number in range(6)],
        [line(60, 300 + 22 * number, w=20) for number in range(6)],
        [line(60, 100 * number) for number in range(4)],
        [line(150 * number, 300) for number in range(4)],
    ],
    ids=["two lines", "small print", "short words", "far apart", "side by side"],
)
def test_what_is_no_block(lines: list[Box]) -> None:
    assert blocks(lines) == ()


def test_what_lies_on_a_face_is_no_text() -> None:
    assert blocks(SHEET, (FaceBox(40, 280, 140, 160, 0.9),)) == ()


def test_a_sheet_that_is_held_up_becomes_an_incident_and_a_poster_does_not() -> None:
    """Through pipeline, looking back and rules, at the pace of the dear work."""
    pipeline = Pipeline(Engines(ScriptedFaces(), text=ScriptedText()))
    poster, sheet = painted(400, 30), painted(400, 30)
    sheet[250:480, 40:320] = painted(60, 280)[250:480, 40:320]
    state, past, opened, looks = RuleState(), Past(), [], 0
    calm = round(PACES[Work.TEXT].calm)
    for number in range(calm + 5):
        picture = encode_jpeg(poster if number < calm else sheet)
        request = FrameRequest(100.0 + number, number, due=work_due(state, 100.0 + number))
        past, report = look_back(Past.from_data(past.to_data()), pipeline.analyse(picture, request), request)
        looks += report.observation(TEXT) is not None
        state, decisions = advance(state, report)
        opened += [each for each in decisions if isinstance(each, OpenIncident) and each.kind is TEXT]
    assert looks == 3  # at the start, a minute later, and at once again because it saw some
    assert [each.started_at for each in opened] == [100.0 + calm]
    assert opened[0].explanation == (
        "Text held towards the camera in 2 of 2 looks over 1 s, 4 lines, confidence 0.80"
    )


def test_a_picture_that_cannot_be_judged_says_nothing() -> None:
    pipeline = Pipeline(Engines(ScriptedFaces(), text=ScriptedText()))
    report = pipeline.analyse(encode_jpeg(media.dark_room()), FrameRequest(0.0, 0))
    look = report.observation(TEXT)
    assert look is not None and not look.present and not look.informative


def test_text_is_looked_for_only_when_it_is_due_and_there_is_an_engine() -> None:
    picture = encode_jpeg(painted(60, 280))
    with_text = Pipeline(Engines(ScriptedFaces(), text=ScriptedText()))
    assert with_text.analyse(picture, FrameRequest(0.0, 0, due=frozenset())).observation(TEXT) is None
    assert Pipeline(Engines(ScriptedFaces())).analyse(picture, FrameRequest(0.0, 0)).observation(TEXT) is None


@pytest.mark.skipif(DATA is None, reason="the development images are not here (set TEST_DATA_DIR)")
def test_development_sheets_are_found() -> None:
    assert DATA is not None
    engine = PPOcrText()
    with (DATA / "labels.csv").open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if "paper_notes" in row["objects"]]
    for row in rows:
        frame = fit(decode((DATA / "images" / row["file"]).read_bytes()), 640)
        assert find_blocks(engine.lines(frame), (), frame), row["file"]
