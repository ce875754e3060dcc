"""The clients in docs/api/examples monitor a session of another system, against the real server."""

import sys
from pathlib import Path

import pytest

from tests.api.test_examples import EXAMPLES, _run
from tests.capture import RED, frame, scripted  # noqa: F401
from tests.factories.accounts import make_institution
from tests.factories.outside import make_outside_sitting
from tests.factories.tokens import new_token
from tests.node import NODE

SCOPES = ("sessions:read", "sessions:write", "captures:write")
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("scripted")]


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "picture.jpg"
    path.write_bytes(frame(RED))
    return path


def test_the_python_client_monitors_a_session(asgi_server: str, picture: Path) -> None:
    _, secret = new_token(make_institution("North College"), *SCOPES, "exams:write", "sittings:write")
    said = _run(sys.executable, str(EXAMPLES / "sessions.py"), asgi_server, secret, str(picture))
    assert said.splitlines() == [
        "started: live",
        "for the candidate's browser: ['browser_events', 'clips', 'frames']",
        "picture accepted: True",
        "pictures: 1",
        "alerts: 0",
        "incidents in the report: 0",
        "sessions left: 0",
    ]


def test_the_javascript_client_sends_pictures_with_the_token_of_a_browser(
    asgi_server: str, picture: Path
) -> None:
    institution = make_institution("North College")
    sitting = make_outside_sitting(institution)
    _, secret = new_token(institution, *SCOPES)
    try:
        said = _run(
            str(NODE), str(EXAMPLES / "sessions.mjs"), asgi_server, secret, str(sitting.pk), str(picture)
        )
    except OSError as error:
        pytest.skip(f"Playwright's Node.js does not run here: {error}")
    assert said.splitlines() == [
        "started: live",
        "picture accepted: true",
        "pictures: 1",
        "incidents in the report: 0",
        "deleted",
    ]
