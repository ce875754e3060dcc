"""What a calm frame is spared, and that nothing is missed by it: motion, the nearer look, the budget."""

import numpy as np
import pytest

from proctoring.observations import FaceBox, FrameReport, ObservationKind
from proctoring.seen import Body
from proctoring.vision import thresholds
from proctoring.vision.budget import COST_MS, MOST_MS, NEAR_LOOK_MS, WHOLE_LOOK_MS, choose_work
from proctoring.vision.detectors.motion import stir_of
from proctoring.vision.engines.base import Engines
from proctoring.vision.engines.opencv_faces import OpenCVFaces
from proctoring.vision.exchange import Work
from proctoring.vision.image import encode_jpeg
from proctoring.vision.last_look import LastLook
from proctoring.vision.pipeline import FrameRequest, Pipeline
from tests import media

START = 1_700_000_000.0
ALONE = media.Person("obama", x=0.35)


class CountedFaces(OpenCVFaces):
    """The default engine, counting its whole looks."""

    whole = 0

    def detect(self, frame: np.ndarray) -> list[FaceBox]:
        self.whole += 1
        return super().detect(frame)


class Watch:
    """One session's frames, one a second, each with what the last one left."""

    def __init__(self) -> None:
        self.engine = CountedFaces()
        self._pipeline = Pipeline(Engines(self.engine))
        self._left = b""
        self._moment = 0

    def see(self, frame: np.ndarray, after_s: float = 1.0) -> tuple[FrameReport, bool]:
        """The report, and whether the whole picture was looked at."""
        self._moment += 1
        before = self.engine.whole
        request = FrameRequest(START + self._moment * after_s, self._moment, due=(), last_look=self._left)
        report = self._pipeline.analyse(encode_jpeg(frame), request)
        self._left = report.left
        return report, self.engine.whole > before


@pytest.fixture
def watch() -> Watch:
    return Watch()


def test_a_calm_candidate_gets_whole_looks_only_now_and_then_and_the_same_face(watch: Watch) -> None:
    seen = [watch.see(media.scene([ALONE], moment=moment)) for moment in range(12)]
    assert [index for index, (_, whole) in enumerate(seen) if whole] == [0, 10]
    for report, _ in seen:
        (face,) = report.faces
        assert face.x + face.w / 2 == pytest.approx(0.35 * 640, abs=20)
        assert face.h == pytest.approx(seen[0][0].faces[0].h, rel=0.15)


@pytest.mark.parametrize("face", [0.06, 0.1, 0.25], ids=["far away", "behind", "beside"])
def test_a_second_person_is_counted_on_the_frame_that_shows_them(watch: Watch, face: float) -> None:
    small = media.Person("obama", x=0.3, face=0.18)
    for moment in range(3):
        watch.see(media.scene([small], moment=moment))
    report, _ = watch.see(media.scene([small, media.Person("biden", x=0.8, y=0.4, face=face)], moment=3))
    assert len(report.faces) == 2


def test_a_second_face_close_to_the_first_is_counted_at_once(watch: Watch) -> None:
    for moment in range(3):
        watch.see(media.scene([media.Person(x=0.45, face=0.25)], moment=moment))
    both = [media.Person(x=0.45, face=0.25), media.Person("biden", x=0.62, y=0.4, face=0.22)]
    report, whole = watch.see(media.scene(both, moment=3))
    assert len(report.faces) == 2 and whole


def test_leaving_covering_and_coming_back_are_seen_at_once(watch: Watch) -> None:
    watch.see(media.scene([ALONE]))
    watch.see(media.scene([ALONE], moment=1))
    gone, _ = watch.see(media.scene([], moment=2))
    still_gone, whole = watch.see(media.scene([], moment=3))
    assert gone.faces == still_gone.faces == ()
    assert whole, "an empty room is searched whole, however still it is"
    assert watch.see(media.covered_lens())[0].observation(ObservationKind.CAMERA_COVERED).present
    back, _ = watch.see(media.scene([ALONE], moment=4))
    assert len(back.faces) == 1


def test_a_lamp_is_no_movement(watch: Watch) -> None:
    watch.see(media.scene([ALONE]))
    _, whole = watch.see(media.scene([ALONE], moment=1, brightness=1.06))
    assert not whole


def test_a_clock_that_was_set_back_and_a_picture_of_another_size_get_a_whole_look(watch: Watch) -> None:
    watch.see(media.scene([ALONE]))
    assert watch.see(media.scene([ALONE], moment=1), after_s=-5.0)[1]
    assert watch.see(media.scene([ALONE], size=(640, 360)))[1]


def test_what_is_left_travels_as_bytes_and_foreign_bytes_are_no_look() -> None:
    face = FaceBox(
        1.5, 2.5, 100.0, 120.0, 0.75, ((1.0, 2.0), (3.0, 4.0), (5.0, 6.0), (7.0, 8.0), (9.0, 10.0))
    )
    left = LastLook(START + 0.25, 640, 480, bytes(range(256)) * 12, face, None, frozenset({Work.TEXT}))
    data = left.to_bytes()
    assert LastLook.from_bytes(data) == left
    assert LastLook.from_bytes(b"") is None
    assert LastLook.from_bytes(data[:-1]) is None
    assert LastLook.from_bytes(bytes([data[0] + 1]) + data[1:]) is None


def test_a_frame_gets_no_more_dear_work_than_fits() -> None:
    everything = tuple(Work)
    assert choose_work((), 0) == ()
    for spent in (NEAR_LOOK_MS, WHOLE_LOOK_MS):
        for first in Work:
            wanted = (first, *[each for each in everything if each is not first])
            chosen = choose_work(wanted, spent)
            assert chosen[0] is first, "what is most pressing is done, whatever it costs"
            cost = spent + sum(COST_MS[each] for each in chosen)
            assert cost <= MOST_MS or chosen == (first,)
            assert cost <= 60


def test_all_of_the_work_is_done_within_a_few_frames_and_never_at_once() -> None:
    waiting, frames = list(Work), []
    while waiting:
        frames.append(choose_work(waiting, NEAR_LOOK_MS))
        waiting = [each for each in waiting if each not in frames[-1]]
    assert frames[0][0] is Work.IDENTITY
    assert 1 < len(frames) <= len(Work)


def test_the_cut_around_a_face_keeps_its_place_at_the_edge_of_the_picture() -> None:
    engine = OpenCVFaces()
    frame = media.scene([media.Person(x=0.85, y=0.35, face=0.3)])
    (whole,) = [face for face in engine.detect(frame) if face.score >= thresholds.OPENCV_FACES.face]
    near = engine.detect_near(frame, whole)[0]
    assert (near.x, near.y, near.w, near.h) == pytest.approx((whole.x, whole.y, whole.w, whole.h), abs=14)
    for ours, theirs in zip(near.landmarks, whole.landmarks, strict=True):
        assert ours == pytest.approx(theirs, abs=14)


def test_a_body_stirs_where_it_moves_and_not_where_the_light_changes() -> None:
    before = np.full((48, 64), 90, np.uint8)
    last = LastLook(START, 640, 480, before.tobytes())
    body = Body(400, 100, 400, 300, None)
    lit = np.full((48, 64), 110, np.uint8)
    assert stir_of(last, lit.tobytes(), body) == 0
    lit[20:24, 50:54] = 150
    assert stir_of(last, lit.tobytes(), body) == 40
    assert stir_of(last, lit.tobytes(), Body(0, 0, 200, 400)) == 0, "elsewhere"
    assert stir_of(last, lit.tobytes(), Body(700, 500, 50, 50)) == 0, "outside the picture"
