"""Frames over HTTP: three forms, token or sign-in, and everything that is refused."""

import base64
import io
import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from proctor_site.kernel import clock
from proctor_site.kernel.errors import TooLarge
from proctoring.analysis import pool, recent, worker_pools
from proctoring.api.capture import RawImageParser
from proctoring.ingest import tokens
from proctoring.models import Incident, MonitoringSession
from tests.capture import RED, frame, live
from tests.factories.exams import enrol, make_attempt
from tests.factories.proctoring import make_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scripted")]
GOOD = frame(RED)


def address(session: MonitoringSession) -> str:
    return f"/api/v1/sessions/{session.public_id}/frames/"


def bearer(session: MonitoringSession) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens.make(session)}"}


def send_raw(client: APIClient, session: MonitoringSession, image: bytes = GOOD, **headers: str) -> Any:
    sent = {"X-Sequence": "1", **headers}
    return client.post(address(session), image, content_type="image/jpeg", headers=sent)


def untouched(session: MonitoringSession) -> bool:
    return recent.load(session.pk) == recent.Memory()


def problem(response: Any, status: int, code: str, field: str | None = None) -> None:
    assert response["Content-Type"] == "application/problem+json"
    body = json.loads(response.content)
    assert (response.status_code, body["status"], body["code"], body.get("field")) == (
        status,
        status,
        code,
        field,
    )
    assert body["detail"]


def test_raw_picture_with_token(session: MonitoringSession) -> None:
    now = round(clock.now().timestamp() * 1000)
    response = send_raw(APIClient(), session, **bearer(session), **{"X-Captured-At": str(now)})
    assert response.status_code == 200
    body = response.json()
    assert (body["type"], body["sequence"], body["accepted"], body["analysed"]) == (
        "frame_result",
        1,
        True,
        True,
    )
    assert body["quality"]["usable"] is True
    assert body["next_frame_after_ms"] >= 200
    assert set(body) == {
        "type",
        "sequence",
        "accepted",
        "analysed",
        "quality",
        "coaching",
        "incidents",
        "next_frame_after_ms",
        "code",
        "last_sequence",
        "clock_skew_s",
    }
    assert recent.load(session.pk).frames[0].captured_at == now / 1000


def test_octets_and_the_candidates_own_sign_in(
    session: MonitoringSession, api_of: Any, candidate: Any
) -> None:
    response = api_of(candidate).post(
        address(session), GOOD, content_type="application/octet-stream", headers={"X-Sequence": "1"}
    )
    assert response.json()["analysed"] is True


def test_multipart(session: MonitoringSession) -> None:
    upload = SimpleUploadedFile("f.jpg", GOOD, content_type="image/jpeg")
    body = {"frame": upload, "sequence": "4", "captured_at": str(clock.now().timestamp() * 1000)}
    response = APIClient().post(address(session), body, format="multipart", headers=bearer(session))
    assert (response.status_code, response.json()["sequence"]) == (200, 4)


@pytest.mark.parametrize("prefix", ["", "data:image/jpeg;base64,"])
def test_base64_in_json(session: MonitoringSession, prefix: str) -> None:
    body = {"frame": prefix + base64.b64encode(GOOD).decode(), "sequence": 2}
    response = APIClient().post(address(session), body, format="json", headers=bearer(session))
    assert (response.status_code, response.json()["analysed"]) == (200, True)


@pytest.mark.parametrize(
    ("image", "status", "code"),
    [
        (b"", 400, "required"),
        (b"hello", 400, "not_an_image"),
        (GOOD[:3000], 400, "truncated"),
        (GOOD + b"\0" * 250_000, 413, "too_large"),
        (b"\0" * 3_000_000, 413, "too_large"),
    ],
    ids=["empty", "text", "truncated", "large", "huge"],
)
def test_bad_pictures(session: MonitoringSession, image: bytes, status: int, code: str) -> None:
    problem(send_raw(APIClient(), session, image, **bearer(session)), status, code, "frame")
    assert untouched(session)


def test_bytes_are_counted_while_they_are_read_whatever_the_header_said(settings: Any) -> None:
    class Endless(io.RawIOBase):
        taken = 0

        def read(self, size: int = -1) -> bytes:
            assert size > 0
            self.taken += size
            return b"\0" * size

    stream = Endless()
    with pytest.raises(TooLarge):
        RawImageParser().parse(stream)
    assert stream.taken == settings.FRAME_MAX_BYTES + 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "sequence"),
        ({"sequence": 1}, "frame"),
        ({"sequence": 1, "frame": 5}, "frame"),
        ({"sequence": 1, "frame": "%%%"}, "frame"),
        ({"sequence": 1, "frame": ""}, "frame"),
        ({"sequence": "one", "frame": "x"}, "sequence"),
        ({"sequence": 1.5, "frame": "x"}, "sequence"),
        ({"sequence": True, "frame": "x"}, "sequence"),
        ({"sequence": -1, "frame": base64.b64encode(GOOD).decode()}, "sequence"),
        ({"sequence": 2**32, "frame": base64.b64encode(GOOD).decode()}, "sequence"),
        ({"sequence": [], "frame": "x"}, "sequence"),
        ({"sequence": 1, "frame": "x", "captured_at": "soon"}, "captured_at"),
        ({"sequence": 1, "frame": "x", "captured_at": {}}, "captured_at"),
        ({"sequence": 1, "frame": "x", "captured_at": 1e300}, "captured_at"),
    ],
)
def test_wrong_fields_are_named(session: MonitoringSession, body: dict[str, Any], field: str) -> None:
    response = APIClient().post(address(session), body, format="json", headers=bearer(session))
    assert (response.status_code, response.json()["field"]) == (400, field)
    assert untouched(session)


@pytest.mark.parametrize("body", ["{", "[]", "null", '{"sequence": NaN}', "[" * 10_000])
def test_json_that_is_none(session: MonitoringSession, body: str) -> None:
    response = APIClient().post(
        address(session), body, content_type="application/json", headers=bearer(session)
    )
    assert response.status_code == 400
    assert untouched(session)


def test_an_unknown_content_type_is_refused(session: MonitoringSession) -> None:
    response = APIClient().post(address(session), GOOD, content_type="video/mp4", headers=bearer(session))
    assert response.status_code == 415


def test_tokens_wrong_expired_and_of_another_purpose(
    session: MonitoringSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = APIClient()
    problem(send_raw(client, session, Authorization="Bearer nonsense"), 401, "token_invalid")
    other = f"Bearer {tokens.make(session, purpose='playback')}"
    problem(send_raw(client, session, Authorization=other), 401, "token_wrong_purpose")
    expired = bearer(session)
    monkeypatch.setattr(tokens, "LIFETIME", timedelta(seconds=-1))
    problem(send_raw(client, session, **expired), 401, "token_expired")
    assert untouched(session)


def test_a_token_opens_its_own_session_only(
    session: MonitoringSession, sitting: Any, second_candidate: Any
) -> None:
    other = make_session(make_attempt(enrol(sitting, second_candidate)))
    problem(send_raw(APIClient(), session, **bearer(other)), 404, "not_found")
    assert untouched(session)


def test_an_unknown_session_is_not_found(session: MonitoringSession) -> None:
    response = APIClient().post(
        f"/api/v1/sessions/{uuid.uuid4()}/frames/",
        GOOD,
        content_type="image/jpeg",
        headers={"X-Sequence": "1", **bearer(session)},
    )
    problem(response, 404, "not_found")


@pytest.mark.parametrize(
    "who",
    [
        "second_candidate",
        "proctor",
        "officer",
        "reviewer",
        "stranger",
        "foreign_candidate",
        "foreign_officer",
    ],
)
def test_others_cannot_send_for_the_candidate(
    session: MonitoringSession, api_of: Any, request: Any, who: str
) -> None:
    problem(send_raw(api_of(request.getfixturevalue(who)), session), 404, "not_found")
    assert untouched(session)


def test_signed_out_is_401(session: MonitoringSession) -> None:
    problem(send_raw(APIClient(), session), 401, "not_signed_in")


def test_a_sign_in_needs_the_csrf_token_a_session_token_does_not(
    session: MonitoringSession, api_of: Any, candidate: Any
) -> None:
    strict = api_of(candidate, enforce_csrf_checks=True)
    assert send_raw(strict, session).status_code == 403
    assert untouched(session)
    assert send_raw(APIClient(enforce_csrf_checks=True), session, **bearer(session)).status_code == 200


@pytest.mark.parametrize("state", ["ready", "submitted", "terminated"])
def test_frames_of_an_attempt_that_does_not_run(sitting: Any, second_candidate: Any, state: str) -> None:
    from tests.capture import give_consent

    session = make_session(make_attempt(enrol(sitting, second_candidate), state=state))
    give_consent(session)
    code = "not_started" if state == "ready" else "ended"
    problem(send_raw(APIClient(), session, **bearer(session)), 409, code)
    assert untouched(session)


def test_no_consent_no_frame(attempt: Any) -> None:
    session = make_session(attempt)
    problem(send_raw(APIClient(), session, **bearer(session)), 409, "consent_missing")
    assert untouched(session)


def test_repeats_are_answered_not_counted(session: MonitoringSession) -> None:
    client = APIClient()
    for expected in ("", "repeated", "repeated"):
        assert send_raw(client, session, **bearer(session)).json()["code"] == expected
    assert recent.load(session.pk).rules.frames == 1


def test_a_shed_frame_is_an_answer(session: MonitoringSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "WAIT_S", 0.02)
    running = pool.start()
    assert isinstance(running, worker_pools.InProcessPool)
    with running._turn:
        response = send_raw(APIClient(), session, **bearer(session))
    assert response.status_code == 200
    assert (response.json()["analysed"], response.json()["code"]) == (False, "overloaded")


@pytest.mark.django_db(transaction=True)
def test_an_absence_sent_over_http_becomes_an_incident(session: MonitoringSession) -> None:
    client = APIClient()
    start = clock.now().timestamp() - 6
    for number in range(1, 7):
        response = send_raw(
            client,
            session,
            live(frame(), number),
            **bearer(session),
            **{"X-Sequence": str(number), "X-Captured-At": str(round((start + number) * 1000))},
        )
    assert response.json()["incidents"] == ["no_face"]
    assert Incident._base_manager.get().count >= 5  # extensions are written every two seconds


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_other_methods_are_refused(session: MonitoringSession, method: str) -> None:
    assert getattr(APIClient(), method)(address(session), headers=bearer(session)).status_code == 405
