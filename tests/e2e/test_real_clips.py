"""The same line on real recorded clips, where the development data is present (no part of the project)."""

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import pytest
from playwright.sync_api import Browser

from tests import media
from tests.e2e import candidate_steps, scenes
from tests.e2e.browsers import Console
from tests.e2e.server import Server
from tests.quick_database import migrated_tables

DATA = media.development_data()
pytestmark = pytest.mark.skipif(DATA is None, reason="the development clips are not here (TEST_DATA_DIR)")

# What each clip shows; its own notes say what else may rightly be seen in it.
CASES: dict[str, tuple[list[str], str, set[str]]] = {
    "candidate1@demo.example": (["absent_then_back"], "no_face", set()),
    "candidate2@demo.example": (["single_frontal", "two_persons"], "several_faces", {"different_person"}),
    "candidate3@demo.example": (["swap_p22_to_p23"], "different_person", set()),
    "candidate4@demo.example": (["covered"], "camera_covered", set()),
}
QUIET = "candidate5@demo.example"


@pytest.fixture(scope="module")
def fresh_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A second demo institution: each of its candidates can sit once."""
    running = Server(tmp_path_factory.mktemp("server"), migrated_tables())
    running.start()
    yield running
    running.stop()


def _camera(folder: Path, clips: list[str]) -> Path:
    """The clips one after the other as a file for the fake camera, at 640x480."""
    assert DATA is not None
    frames: list[bytes] = []
    for name in clips:
        video = cv2.VideoCapture(str(DATA / "clips" / f"{name}.mp4"))
        fps = video.get(cv2.CAP_PROP_FPS)
        pictures = []
        while True:
            found, picture = video.read()
            if not found:
                break
            pictures.append(cv2.imencode(".jpg", cv2.resize(picture, (640, 480)))[1].tobytes())
        frames += [pictures[int(place * fps / 10)] for place in range(int(len(pictures) / fps * 10))]
    return scenes.write_camera(folder / "camera.mjpeg", frames, 10)


@pytest.mark.parametrize("email", CASES)
def test_a_real_clip_becomes_its_incident(
    email: str, fresh_server: Server, browser: Callable[..., Browser], console: Console, tmp_path: Path
) -> None:
    clips, kind, also = CASES[email]
    page = scenes.sit(fresh_server, browser(camera=_camera(tmp_path, clips)), console, email)

    incident = scenes.wait_for_incident(fresh_server, email, kind)

    assert {each["kind"] for each in scenes.incidents_of(fresh_server, email)} - also == {kind}
    scenes.wait_for_stored_pictures(fresh_server, incident, 3)
    candidate_steps.submit_exam(page)


def test_a_real_quiet_clip_raises_nothing(
    fresh_server: Server, browser: Callable[..., Browser], console: Console, tmp_path: Path
) -> None:
    camera = _camera(tmp_path, ["single_frontal"])
    page = scenes.sit(fresh_server, browser(camera=camera), console, QUIET)

    page.wait_for_timeout(25_000)

    assert scenes.incidents_of(fresh_server, QUIET) == []
    candidate_steps.submit_exam(page)
