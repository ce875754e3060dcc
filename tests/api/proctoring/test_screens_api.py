"""Pictures and films of the screen over HTTP: who may send them, hostile bytes and numbers, refusals."""

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.tenancy import within
from proctor_site.kernel import clock
from proctoring.analysis import context
from proctoring.evidence import screen_ring
from proctoring.ingest import tokens
from proctoring.models import Consent, MonitoringSession, Policy
from tests.capture import frame

pytestmark = pytest.mark.django_db
GOOD = frame(size=(1280, 720))
FILM = b"\x1aE\xdf\xa3" + b"\x00" * 20 + b"webm" + b"\x00" * 500


@pytest.fixture(autouse=True)
def shared(session: MonitoringSession) -> None:
    """The candidate shares the screen; nothing is filmed."""
    with within(session.institution):
        Policy.objects.create(
            institution=session.institution, name="Screen", is_default=True, screen="optional"
        )
    Consent._base_manager.update(screen=True, screen_seconds=10)
    context._known.clear()


def send(client: APIClient, session: MonitoringSession, image: bytes = GOOD, **headers: Any) -> Any:
    sent = {"X-Sequence": "1", "Authorization": f"Bearer {tokens.make(session)}", **headers}
    address = f"/api/v1/sessions/{session.public_id}/screens/"
    return client.post(address, image, content_type="image/jpeg", headers=sent)


def refusal(response: Any) -> tuple[int, str, str | None]:
    body = json.loads(response.content)
    assert body["detail"]
    return response.status_code, body["code"], body.get("field")


def test_a_picture_is_taken_once(session: MonitoringSession) -> None:
    now = str(round(clock.now().timestamp() * 1000))
    body = send(APIClient(), session, **{"X-Captured-At": now, "X-Unchanged": "3"}).json()
    assert body == {
        "type": "screen_result", "sequence": 1, "accepted": True, "code": "", "last_sequence": 1,
        "kept": False, "screen_seconds": 10,
    }  # fmt: skip
    assert send(APIClient(), session).json()["code"] == "repeated"
    assert screen_ring.load(session.pk).unchanged == 3


@pytest.mark.parametrize(
    ("image", "headers", "wanted"),
    [
        (b"", {}, (400, "required", "screen")),
        (b"hello", {}, (400, "not_an_image", "screen")),
        (b"\x89PNG\r\n\x1a\n" + GOOD, {}, (400, "not_an_image", "screen")),
        (GOOD[:3000], {}, (400, "truncated", "screen")),
        (frame(size=(4096, 64)), {}, (400, "too_many_pixels", "screen")),
        (GOOD + b"\0" * 400_000, {}, (413, "too_large", "screen")),
        (b"\0" * 3_000_000, {}, (413, "too_large", "frame")),
        (GOOD, {"X-Sequence": "-1"}, (400, "invalid", "sequence")),
        (GOOD, {"X-Sequence": "1.5"}, (400, "invalid", "sequence")),
        (GOOD, {"X-Sequence": str(2**32)}, (400, "invalid", "sequence")),
        (GOOD, {"X-Captured-At": "soon"}, (400, "invalid", "captured_at")),
        (GOOD, {"X-Unchanged": "-2"}, (400, "invalid", "unchanged")),
        (GOOD, {"X-Dropped": "1e9"}, (400, "invalid", "dropped")),
    ],
)
def test_hostile_pictures_and_numbers_are_named(
    session: MonitoringSession, image: bytes, headers: dict[str, str], wanted: tuple[int, str, str]
) -> None:
    assert refusal(send(APIClient(), session, image, **headers)) == wanted
    assert screen_ring.load(session.pk) == screen_ring.Memory()


def test_who_did_not_agree_sends_nothing(session: MonitoringSession) -> None:
    Consent._base_manager.update(screen=False)
    context.forget(session.pk)
    assert refusal(send(APIClient(), session))[:2] == (409, "consent_missing")


def test_others_and_other_forms_are_refused(
    session: MonitoringSession, api_of: Any, second_candidate: Any
) -> None:
    other = api_of(second_candidate).post(
        f"/api/v1/sessions/{session.public_id}/screens/",
        GOOD,
        content_type="image/jpeg",
        headers={"X-Sequence": "1"},
    )
    assert other.status_code == 404
    assert send(APIClient(), session, **{"Content-Type": "image/jpeg"}).status_code == 200


@pytest.mark.parametrize(
    ("film", "headers", "wanted"),
    [
        (FILM, {"X-Ask": ""}, (400, "required", "ask")),
        (FILM, {}, (409, "not_asked", None)),
        (b"MZ" + FILM, {}, (400, "not_a_film", "clip")),
        (b"", {}, (400, "required", "clip")),
        (FILM, {"X-Seconds": "0"}, (400, "invalid", "seconds")),
        (FILM, {"X-Seconds": "600"}, (400, "invalid", "seconds")),
    ],
)
def test_films_nobody_asked_for_are_refused(
    session: MonitoringSession, film: bytes, headers: dict[str, str], wanted: tuple[int, str, str | None]
) -> None:
    sent = {"X-Sequence": "1", "X-Seconds": "10", "X-Ask": "x" * 24, **headers}
    sent["Authorization"] = f"Bearer {tokens.make(session)}"
    address = f"/api/v1/sessions/{session.public_id}/screen-clips/"
    response = APIClient().post(address, film, content_type="video/webm", headers=sent)
    assert refusal(response) == wanted
