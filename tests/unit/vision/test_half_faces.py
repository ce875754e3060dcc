"""Half a person at the edge of the picture: told by half a face, never by a coat."""

from dataclasses import replace

import numpy as np
import pytest

from proctoring.observations import ObservationKind, Quality
from proctoring.vision.detectors.half_faces import NOTE, confirm_halves
from proctoring.vision.detectors.things import find_and_observe
from proctoring.vision.engines.base import Box, Frame, ThingsEngine
from proctoring.vision.engines.scripted import ScriptedFaces
from proctoring.vision.thresholds import SSDLITE_THINGS

LEAST = 0.5
LEFT = Box("person", 0.4, 0, 60, 150, 400)
RIGHT = replace(LEFT, x=490)


def picture(*faces: tuple[int, int]) -> Frame:
    """A grey room with painted faces 110 px high, from one column to another."""
    frame = np.full((480, 640, 3), 90, np.uint8)
    for start, end in faces:
        frame[100:210, start:end] = (0, 0, 220)
    return frame


@pytest.mark.parametrize(
    ("body", "face", "is_person"),
    [
        (LEFT, (0, 45), True),
        (RIGHT, (595, 640), True),
        (RIGHT, (0, 45), False),  # at the other edge
        (RIGHT, None, False),  # a coat
        (RIGHT, (510, 600), False),  # a whole face beside the edge is counted as one, or not, by itself
        (replace(RIGHT, score=0.2), (595, 640), False),
        (replace(RIGHT, x=450), (595, 640), False),  # does not reach over the edge
        (replace(RIGHT, h=150), (595, 640), False),  # far behind
        (replace(RIGHT, label="book"), (595, 640), False),
    ],
)
def test_a_doubtful_body_at_the_edge_with_half_a_face_is_a_person(
    body: Box, face: tuple[int, int] | None, is_person: bool
) -> None:
    [after] = confirm_halves([body], LEAST, ScriptedFaces(), picture(*([face] if face else [])))
    assert (after.score >= LEAST, after.note) == ((True, NOTE) if is_person else (False, ""))
    assert is_person or after == body


def test_a_body_that_counts_by_itself_stays_as_it_is() -> None:
    sure = replace(RIGHT, score=0.8)
    assert confirm_halves([sure], LEAST, ScriptedFaces(), picture((595, 640))) == [sure]


def test_the_proctor_reads_that_it_is_half_a_face() -> None:
    class Bodies(ThingsEngine):
        name = "bodies"
        model_versions = {"bodies": "1"}
        scores = SSDLITE_THINGS

        def find(self, frame: Frame) -> list[Box]:
            return [Box("person", 0.9, 200, 60, 220, 420), RIGHT]

    faces, kind = ScriptedFaces(), ObservationKind.SECOND_PERSON
    frame = picture((270, 360), (595, 640))
    main = faces.detect(frame)[0]
    seen = {each.kind: each for each in find_and_observe(Bodies(), frame, Quality(True), main, faces=faces)}
    assert seen[kind].present and seen[kind].measurements["note"] == NOTE
    alone = find_and_observe(Bodies(), frame, Quality(True), main)
    assert not {each.kind: each for each in alone}[kind].informative
