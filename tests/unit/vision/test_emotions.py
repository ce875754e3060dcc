"""The engine that names expressions, on real faces."""

import numpy as np
import pytest

from proctoring.observations import FaceBox
from proctoring.vision.engines.fer_emotions import FerEmotions
from proctoring.vision.engines.opencv_faces import OpenCVFaces
from tests import media


@pytest.fixture(scope="module")
def engine() -> FerEmotions:
    return FerEmotions()


def test_shares_of_seven_names(engine: FerEmotions) -> None:
    frame = media.scene([media.Person("obama", x=0.5, y=0.45, face=0.4)])
    [face, *_] = OpenCVFaces().detect(frame)
    found = engine.read(frame, face)
    assert set(found) == {"happy", "sad", "calm", "angry", "surprised", "disgusted", "fear"}
    assert sum(found.values()) == pytest.approx(1, abs=0.02)
    assert max(found, key=lambda name: found[name]) == "happy", "the portrait smiles"
    assert engine.read(frame, face) == found


@pytest.mark.parametrize("x", [-150.0, 600.0])
def test_a_face_that_reaches_outside_is_read_all_the_same(engine: FerEmotions, x: float) -> None:
    frame = np.full((480, 640, 3), 90, np.uint8)
    assert sum(engine.read(frame, FaceBox(x, -50, 200, 240, 0.8)).values()) == pytest.approx(1, abs=0.02)
