"""What the replaced systems' own pages do, in a browser from a file (Origin: null) with a live server."""

import base64
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from django.core.handlers.asgi import ASGIHandler
from playwright.sync_api import Playwright

from accounts.models import AuditEntry, Institution
from accounts.tenancy import within
from proctoring.models import MonitoringSession
from tests.capture import BLUE, RED, frame, scripted  # noqa: F401
from tests.e2e.browsers import Console, launch
from tests.factories.compat import new_key

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("scripted", "folder_store")]
FRAMES = 20
_PAGES = Path(__file__).parent / "old_clients"


@pytest.fixture
def address(transactional_db: None, settings: Any, institution: Institution) -> Iterator[str]:
    """Django on a free loopback port, in a thread of this process, and the key of a page in its path."""
    settings.COMPAT = True
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    handler: Any = ASGIHandler()  # its own: the middleware is chosen when it is made
    server = uvicorn.Server(uvicorn.Config(handler, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start; its log is above"
        time.sleep(0.01)
    _, secret = new_key(institution)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/compat/{secret}"
    server.should_exit = True
    thread.join(10)
    listener.close()


@pytest.fixture
def run_page(playwright: Playwright, address: str, tmp_path: Path) -> Iterator[Callable[..., dict[str, Any]]]:
    """Opens a page of an old client from a file and waits for what it shows in the end."""
    with launch(playwright) as browser:

        def run(name: str, *, leave: bool = False, refused_with: str = "-") -> dict[str, Any]:
            page, console = browser.new_page(), Console()
            console.allow(f"status of {refused_with}")
            console.watch(page)
            script = (_PAGES / f"{name}.js").read_text(encoding="utf-8")
            values = json.dumps({"api": address, "frames": _frames(), "two": _url(RED, BLUE)})
            file = tmp_path / f"{name}.html"
            file.write_text(
                f"<!doctype html><title>{name}</title><pre id=report></pre>"
                f"<script>const given = {values};\n{script}</script>",
                encoding="utf-8",
            )
            page.goto(file.as_uri())
            page.wait_for_function("document.getElementById('report').textContent", timeout=60_000)
            told: dict[str, Any] = json.loads(page.locator("#report").text_content() or "{}")
            page.close(run_before_unload=leave)
            console.assert_clean()
            return told

        yield run


def _frames() -> list[str]:
    return [_url(RED, seed=number) for number in range(FRAMES)]


def _url(*people: Any, seed: int = 0) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(frame(*people, seed=seed)).decode()


def test_the_newest_client_registers_a_face_sends_frames_ends_and_shows_its_report(run_page: Any) -> None:
    told = run_page("video_newest")
    assert told["registered"] is True and told["shown"] == "status", told
    assert told["frames"] == FRAMES and told["analysed"] == FRAMES
    assert told["alerts"] == ["multiple_faces_detected"]


def test_the_newest_client_begins_with_a_document(run_page: Any) -> None:
    told = run_page("video_document", refused_with="400")
    assert told == {"verified": True, "document_verified": True, "again": "token_used"}


def test_an_older_client_shows_what_stands_in_report(run_page: Any) -> None:
    told = run_page("video_older")
    assert told["frames_analyzed"] == 2 and told["llm"] is False and told["alerts"] == 0


def test_a_page_that_goes_ends_its_session_once(run_page: Any, institution: Institution) -> None:
    name = run_page("video_beacon", leave=True)["session_id"]
    with within(institution):
        session = MonitoringSession.objects.get(outside__name=name)
        until = time.monotonic() + 30
        while session.state != "ended" and time.monotonic() < until:
            time.sleep(0.05)
            session.refresh_from_db()
        assert session.state == "ended"
        ends = AuditEntry.objects.filter(stream=f"attempt:{session.attempt_id}", verb="attempt.submit")
        assert ends.count() == 1


def test_the_pages_of_dyte_find_their_meeting_warn_and_list(run_page: Any) -> None:
    told = run_page("dyte", refused_with="401")
    assert told["token"] and told["link"].endswith(f"/{told['token']}/")
    assert told["is_admin"] == [True, False] and told["warned"] == [False, True, True]
    assert told["urls"] == ["uploaded", "not uploaded"]
    assert told["row"][1] == "Anomaly: Multiple Faces Detected" and told["picture"] == "image/jpeg"
    assert told["refused"] == [401, "Participant dose not has admin role"]
