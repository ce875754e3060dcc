"""Whole frames and check-in photos through the default engine: what is seen, and what is not claimed."""

import json
import pickle
import subprocess
import sys

import cv2
import numpy as np
import pytest

from proctoring.observations import FrameReport, ObservationKind, Severity
from proctoring.vision.coaching import TEXTS, Coaching, coaching_text
from proctoring.vision.engines.base import Engines
from proctoring.vision.engines.opencv_faces import OpenCVFaces
from proctoring.vision.image import ImageError, ImageLimits, decode, encode_jpeg
from proctoring.vision.pipeline import FrameRequest, Pipeline
from tests import media

NO_FACE, SEVERAL = ObservationKind.NO_FACE, ObservationKind.SEVERAL_FACES


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline(Engines(OpenCVFaces()))


def look(pipeline: Pipeline, frame: np.ndarray, **request: object) -> FrameReport:
    return pipeline.analyse(encode_jpeg(frame), FrameRequest(1_700_000_000.0, 7, **request))


def present(report: FrameReport) -> list[str]:
    return [item.kind.value for item in report.observations if item.present]


@pytest.mark.parametrize("brightness", [0.35, 0.6, 1.0, 1.3])
@pytest.mark.parametrize("background", ["room", "office"])
def test_people_are_counted_in_ordinary_light(pipeline: Pipeline, brightness: float, background: str) -> None:
    for people in ([], ["obama"], [media.Person("obama", x=0.3), media.Person("biden", x=0.75)]):
        report = look(pipeline, media.scene(people, background=background, brightness=brightness))
        assert len(report.faces) == len(people)
        assert present(report) == {0: ["no_face"], 1: [], 2: ["several_faces"]}[len(people)]


@pytest.mark.parametrize("shape", [(1280, 720), (1920, 1080), (320, 240), (480, 640), (2560, 1440)])
def test_boxes_are_in_pixels_of_the_uploaded_picture(pipeline: Pipeline, shape: tuple[int, int]) -> None:
    report = look(pipeline, media.scene([media.Person("obama", x=0.6, y=0.4, face=0.35)], size=shape))
    assert (report.width, report.height) == shape
    box = report.faces[0]
    assert (box.x + box.w / 2) / shape[0] == pytest.approx(0.6, abs=0.03)
    assert (box.y + box.h / 2) / shape[1] == pytest.approx(0.4, abs=0.03)
    assert box.h / shape[1] == pytest.approx(0.35, abs=0.06)


def test_exif_turn_is_reported_as_seen(pipeline: Pipeline) -> None:
    upright = media.scene(["obama"])
    data = encode_jpeg(np.ascontiguousarray(np.rot90(upright)))
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    turned = data[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + data[2:]
    report = pipeline.analyse(turned, FrameRequest(0.0, 0))
    assert (report.width, report.height) == (640, 480)
    assert len(report.faces) == 1


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (media.dark_room(), Coaching.TOO_DARK),
        (cv2.GaussianBlur(media.scene([]), (25, 25), 0), Coaching.BLURRED),
        (
            np.where(np.indices((480, 640))[1][:, :, None] < 330, media.scene([]) // 8, 252).astype(np.uint8),
            Coaching.BACK_LIT,
        ),
        (np.clip(media.scene([]).astype(int) * 1.9, 0, 255).astype(np.uint8), Coaching.OVER_EXPOSED),
    ],
)
def test_bad_light_and_blur_coach_and_never_claim_absence(
    pipeline: Pipeline, frame: np.ndarray, code: Coaching
) -> None:
    report = look(pipeline, frame)
    assert code in report.coaching
    assert not report.quality.usable
    nobody = report.observation(NO_FACE)
    assert nobody is not None and not nobody.present and not nobody.informative


def test_a_face_in_shadow_is_coached_but_counted(pipeline: Pipeline) -> None:
    frame = media.scene(["obama"]).astype(np.float32)
    frame[:, :190] = frame[:, 450:] = 250
    frame[:, 190:450] *= 0.3
    report = look(pipeline, np.clip(frame, 0, 255).astype(np.uint8))
    assert len(report.faces) == 1 and report.quality.usable
    assert Coaching.BACK_LIT in report.coaching
    assert present(report) == []


@pytest.mark.parametrize(
    ("quality", "compressed"), [(80, False), (30, False), (15, False), (8, True), (3, True)]
)
def test_strong_compression_is_coached_and_nobody_is_claimed_or_compared(
    pipeline: Pipeline, quality: int, compressed: bool
) -> None:
    empty = pipeline.analyse(encode_jpeg(media.scene([]), quality), FrameRequest(0.0, 0))
    assert (Coaching.COMPRESSED in empty.coaching) is compressed
    assert empty.quality.usable is not compressed and bool(present(empty)) is not compressed
    person = encode_jpeg(media.scene(["obama"]), quality)
    enrolled = pipeline.enrol(person)
    assert (Coaching.COMPRESSED in enrolled.problems) is compressed
    reference = pipeline.enrol(encode_jpeg(media.scene(["obama"]), 90)).vector
    assert reference is not None
    look = pipeline.analyse(person, FrameRequest(0.0, 0, references=(reference,)))
    compared = look.observation(ObservationKind.DIFFERENT_PERSON)
    assert compared is not None and compared.informative is not compressed


def test_covered_lens_is_covered_and_nothing_else(pipeline: Pipeline) -> None:
    for frame in (media.covered_lens(), media.hand_on_lens()):
        report = look(pipeline, frame)
        assert present(report) == ["camera_covered"]
        assert report.coaching == (Coaching.CAMERA_COVERED,)


def test_identity_only_when_asked_given_references_and_due(pipeline: Pipeline) -> None:
    own = pipeline.enrol(encode_jpeg(media.scene(["obama2"]), 90)).vector
    assert own is not None
    kind = ObservationKind.DIFFERENT_PERSON
    frame, stranger = media.scene(["obama"]), media.scene(["biden"])
    assert look(pipeline, frame).observation(kind) is None
    assert look(pipeline, frame, references=(own,), due=()).observation(kind) is None
    off = frozenset({NO_FACE})
    assert [item.kind for item in look(pipeline, frame, references=(own,), detectors=off).observations] == [
        NO_FACE
    ]
    assert present(look(pipeline, frame, references=(own,))) == []
    assert present(look(pipeline, stranger, references=(own,))) == ["different_person"]
    nobody = look(pipeline, media.scene([]), references=(own,)).observation(kind)
    assert nobody is not None and not nobody.informative


def test_report_travels_as_pickle_and_as_json(pipeline: Pipeline) -> None:
    report = look(pipeline, media.scene(["obama", media.Person("biden", x=0.85)]), thumbnail_width=160)
    assert decode(report.thumbnail).shape == (120, 160, 3)
    assert pickle.loads(pickle.dumps(report)) == report
    back = FrameReport.from_json(json.loads(json.dumps(report.to_json())))
    assert back.to_json() == report.to_json()
    assert back.quality.usable and back.observations[0].kind is report.observations[0].kind
    assert report.cpu_ms["total"] >= report.cpu_ms["faces"] > 0
    assert "yunet=" in report.engine and "sface=" in report.engine


@pytest.mark.parametrize(
    ("frame", "problem"),
    [
        (media.scene([]), Coaching.NO_FACE),
        (media.scene([media.Person("obama", x=0.3), media.Person("biden", x=0.75)]), Coaching.SEVERAL_FACES),
        (media.scene([media.Person("obama", face=0.1)]), Coaching.TOO_SMALL),
        (cv2.GaussianBlur(media.scene(["obama"]), (25, 25), 0), Coaching.BLURRED),
        (media.dark_room(), Coaching.TOO_DARK),
        (media.scene(["obama"], brightness=0.12), Coaching.TOO_DARK),
        (media.scene([media.Person("obama", x=0.97)]), Coaching.CUT_OFF),
        (media.covered_lens(), Coaching.CAMERA_COVERED),
    ],
)
def test_check_in_photo_names_its_problem(pipeline: Pipeline, frame: np.ndarray, problem: Coaching) -> None:
    report = pipeline.enrol(encode_jpeg(frame, 90))
    assert problem in report.problems
    assert not report.ok and report.vector is None


def test_good_check_in_photo_gives_a_vector_and_a_box(pipeline: Pipeline) -> None:
    report = pipeline.enrol(encode_jpeg(media.scene(["obama3"], size=(1280, 720)), 90))
    assert report.ok and report.problems == ()
    assert report.vector is not None and report.vector.dtype == np.float32
    assert report.face is not None and report.face.h == pytest.approx(0.3 * 720, rel=0.25)
    assert (report.width, report.height) == (1280, 720)
    assert pickle.loads(pickle.dumps(report)).engine == report.engine


def test_refused_pictures_raise(pipeline: Pipeline) -> None:
    with pytest.raises(ImageError):
        pipeline.analyse(b"not a picture", FrameRequest(0.0, 0))
    with pytest.raises(ImageError):
        Pipeline(pipeline.engines, ImageLimits(max_bytes=100)).enrol(encode_jpeg(media.scene([])))


def test_every_code_has_words() -> None:
    assert set(TEXTS) == {code.value for code in Coaching}
    assert all(coaching_text(code)[0].isupper() for code in Coaching)
    assert [severity.rank for severity in Severity] == [0, 1, 2, 3]


def test_nothing_heavy_is_loaded_by_the_pure_parts() -> None:
    """The web process imports these; it must not pay for OpenCV, dlib or Django."""
    code = (
        "import sys, proctoring.observations, proctoring.incidents.rules, proctoring.evidence.windows;"
        "import proctoring.vision.upload, proctoring.vision.exchange, proctoring.vision.coaching;"
        "print([m for m in ('cv2', 'dlib', 'onnxruntime', 'django') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
