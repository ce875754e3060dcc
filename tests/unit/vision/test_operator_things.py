"""An operator's own detector: found through its description, and refused with the key that is wrong."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from proctoring import checks
from proctoring.analysis.worker import make_pipeline
from proctoring.observations import ObservationKind
from proctoring.vision.engines.base import EngineError
from proctoring.vision.engines.operator_things import OperatorThings
from proctoring.vision.engines.things_layouts import LAYOUTS
from proctoring.vision.exchange import EngineChoice
from proctoring.vision.image import encode_jpeg
from proctoring.vision.pipeline import FrameRequest
from proctoring.vision.things_model import LAYOUT_NAMES
from tests.tiny_onnx import write_model

SIDE = 64
FRAME = np.random.default_rng(2).integers(60, 200, (480, 640, 3), np.uint8)  # sharp and lit, without a face
# One phone (class 2) of 160 x 120 px at 320, 240 of a frame of 640 x 480, as each layout says it.
WANTED = (320.0, 240.0, 160.0, 120.0)


def one_phone(layout: str, score: float = 0.8) -> tuple[tuple[int, ...], dict[str, np.ndarray]]:
    """Shape of the input and the outputs of a model that sees that phone."""
    if layout == "ssd":
        scores = np.zeros((1, 3, 5), np.float32)
        scores[0, 1, 2] = score
        boxes = np.zeros((1, 3, 1, 4), np.float32)
        boxes[0, 1, 0] = (0.5, 0.5, 0.75, 0.75)
        return (1, SIDE, SIDE, 3), {"scores": scores, "boxes": boxes}
    if layout == "yolo-nas":
        scores = np.zeros((1, 3, 5), np.float32)
        scores[0, 2, 2] = score
        boxes = np.zeros((1, 3, 4), np.float32)
        boxes[0, 2] = (32, 24, 48, 36)
        return (1, 3, SIDE, SIDE), {"boxes": boxes, "scores": scores}
    rows = np.zeros((1, 64 + 16 + 4, 9), np.float32)  # cells of strides 8, 16 and 32
    # Centre 40, 30 and size 16, 12 in the cell 5, 3 of stride 8.
    rows[0, 3 * 8 + 5] = (0.0, 0.75, np.log(2.0), np.log(1.5), 1.0, 0.0, 0.0, score, 0.0)
    return (1, 3, SIDE, SIDE), {"rows": rows}


def describe(folder: Path, layout: str, *, classes: str = "phone = 2", more: str = "") -> Path:
    shape, answers = one_phone(layout)
    write_model(folder / "own.onnx", shape, answers)
    path = folder / "things.toml"
    path.write_text(f'file = "own.onnx"\nlayout = "{layout}"\nside = {SIDE}\n{more}\n[classes]\n{classes}\n')
    return path


def test_every_layout_of_the_descriptions_can_be_read() -> None:
    assert set(LAYOUT_NAMES) == set(LAYOUTS)


@pytest.mark.parametrize("layout", LAYOUT_NAMES)
def test_the_thing_is_found_where_it_is(tmp_path: Path, layout: str) -> None:
    (box,) = OperatorThings(describe(tmp_path, layout)).find(FRAME)
    assert (box.label, box.score) == ("phone", pytest.approx(0.8, abs=1e-3))
    assert (box.x, box.y, box.w, box.h) == pytest.approx(WANTED, abs=0.5)


@pytest.mark.parametrize("layout", ["yolox", "yolo-nas"])
def test_a_letterbox_keeps_proportions_and_colours(layout: str) -> None:
    frame = np.zeros((240, 320, 3), np.uint8)
    frame[:, :, 0] = 255  # blue
    values, factors = LAYOUTS[layout].prepare(frame, SIDE)
    assert factors == (0.2, 0.2)
    blue = 0 if layout == "yolox" else 2
    full = 255.0 if layout == "yolox" else 1.0
    assert values[0, blue, 20, 20] == full and values[0, 2 - blue, 20, 20] == 0
    assert values[0, :, 60, 20] == pytest.approx([114 * full / 255] * 3)


def test_analysis_uses_it_in_place_of_ours(tmp_path: Path) -> None:
    description = describe(tmp_path, "yolox", more="[scores]\nphone = 0.5\n")
    pipeline = make_pipeline(
        EngineChoice(
            "proctoring.vision.engines.scripted.ScriptedFaces",
            things="proctoring.vision.engines.efficientdet_things.EfficientDetThings",
            things_model=str(description),
        )
    )
    assert "operator-things own=" in pipeline.engines.description
    phone = pipeline.analyse(encode_jpeg(FRAME), FrameRequest(0.0, 0)).observation(ObservationKind.PHONE)
    assert phone is not None and phone.present
    assert phone.measurements == {"width_px": 160, "height_px": 120}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('layout = "yolox"', 'layout = "yolov99"'), "layout must be one of ssd, yolox, yolo-nas"),
        (("side = 64", "side = 50"), "side must be"),
        (("side = 64", "side = '64'"), "side must be"),
        (("phone = 2", "telephone = 2"), "not 'telephone'"),
        (("phone = 2", "phone = -1"), "phone must be a number from 0"),
        (("phone = 2", ""), r"\[classes\] must give"),
        (("own.onnx", "other.onnx"), "other.onnx is missing"),
        (("side = 64", 'side = 64\nsha256 = "00ff"'), "own.onnx is damaged"),
        (("side = 64", "side = 64\nthreshold = 1"), "'threshold' is not a key"),
        (("[classes]", "[scores]\nbook = 0.4\n[classes]"), "'book', which has no class"),
        (("[classes]", "[scores]\nphone = 4\n[classes]"), "phone must be above 0"),
        (("[classes]", "[classes"), "cannot be read"),
    ],
    ids=lambda value: value if isinstance(value, str) else value[1].replace("\n", " "),
)
def test_a_wrong_description_is_refused_with_its_key(
    tmp_path: Path, settings: Any, change: tuple[str, str], said: str
) -> None:
    path = describe(tmp_path, "yolox")
    path.write_text(path.read_text().replace(*change))
    with pytest.raises(EngineError, match=said):
        OperatorThings(path)
    settings.THINGS_MODEL = str(path)
    (message,) = checks.refuse_unreadable_things_model(None)
    assert message.id == "proctor.E008" and str(path) in message.msg


@pytest.mark.parametrize(
    ("layout", "pretended", "classes", "said"),
    [
        ("yolox", "ssd", "phone = 2", "check layout and side"),
        ("yolox", "yolo-nas", "phone = 2", "not of this layout"),
        ("yolo-nas", "yolox", "phone = 2", "not of this layout"),
        ("yolo-nas", "yolo-nas", "phone = 67", "5 classes, and class 67"),
    ],
)
def test_a_model_that_is_not_what_its_description_says_does_not_start(
    tmp_path: Path, layout: str, pretended: str, classes: str, said: str
) -> None:
    path = describe(tmp_path, layout, classes=classes)
    path.write_text(path.read_text().replace(f'"{layout}"', f'"{pretended}"'))
    with pytest.raises(EngineError, match=rf"own\.onnx does not fit its description: .*{said}"):
        OperatorThings(path)


def test_a_good_description_passes_the_check_and_none_is_needed(tmp_path: Path, settings: Any) -> None:
    settings.THINGS_MODEL = ""
    assert checks.refuse_unreadable_things_model(None) == []
    settings.THINGS_MODEL = str(describe(tmp_path, "ssd"))
    assert checks.refuse_unreadable_things_model(None) == []
    assert "proctoring.vision.engines.operator_things.OperatorThings" in checks.engines_in_use()
