"""The recording of a call over HTTP: whose it is, what is refused and in which words."""

import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.tenancy import within
from proctor_site.kernel import clock
from proctoring.ingest.call_recording import MOST_PIECE_BYTES
from proctoring.models import Call, CallPiece, MonitoringSession
from tests.factories.calls import make_call
from tests.recordings import recording

pytestmark = pytest.mark.django_db
GOOD = recording(seconds=1.0)


def send(client: Client, call: Call, data: bytes = GOOD, **headers: Any) -> Any:
    now = str(round(clock.now().timestamp() * 1000))
    sent = {"X-Sequence": "1", "X-Captured-At": now, **headers}
    return client.post(
        f"/api/v1/calls/{call.pk}/recording/",
        data,
        content_type="audio/webm",
        headers={name: value for name, value in sent.items() if value is not None},
    )


def refusal(response: Any) -> tuple[int, str, str | None]:
    body = json.loads(response.content)
    assert body["detail"]
    return response.status_code, body["code"], body.get("field")


def test_a_piece_is_taken_once(session: MonitoringSession, proctor: User, browser_of: Any) -> None:
    call, client = make_call(session, proctor), browser_of(proctor)
    assert send(client, call).json() == {"sequence": 1, "accepted": True, "code": ""}
    assert send(client, call).json() == {"sequence": 1, "accepted": False, "code": "repeated"}
    body = client.post(
        f"/api/v1/calls/{call.pk}/recording/report/", {"problem": ""}, "application/json"
    ).json()
    assert body == {"call": call.pk, "words": "is recorded"}


@pytest.mark.parametrize(
    ("data", "headers", "wanted"),
    [
        (b"", {}, (400, "required", "piece")),
        (b"hello, this is text", {}, (400, "not_a_recording", "piece")),
        (b"\x1aE\xdf\xa3" + bytes(MOST_PIECE_BYTES), {}, (413, "too_large", "piece")),
        (GOOD, {"X-Sequence": None}, (400, "required", "sequence")),
        (GOOD, {"X-Sequence": "1.5"}, (400, "invalid", "sequence")),
        (GOOD, {"X-Sequence": "-1"}, (400, "invalid", "sequence")),
        (GOOD, {"X-Captured-At": None}, (400, "required", "captured_at")),
        (GOOD, {"X-Captured-At": "0"}, (400, "invalid", "captured_at")),
        (GOOD, {"X-Captured-At": "soon"}, (400, "invalid", "captured_at")),
    ],
)
def test_what_is_refused_names_its_field(
    session: MonitoringSession,
    proctor: User,
    browser_of: Any,
    data: bytes,
    headers: dict[str, Any],
    wanted: tuple[int, str, str],
) -> None:
    assert refusal(send(browser_of(proctor), make_call(session, proctor), data, **headers)) == wanted
    assert not CallPiece._base_manager.exists()


def test_without_policy_and_consent_nothing_can_be_uploaded(
    session: MonitoringSession, proctor: User, browser_of: Any
) -> None:
    call = make_call(session, proctor, is_recorded=False)
    assert refusal(send(browser_of(proctor), call))[:2] == (403, "not_recorded")
    told = browser_of(proctor).post(
        f"/api/v1/calls/{call.pk}/recording/report/", {"done": True}, "application/json"
    )
    assert refusal(told)[:2] == (403, "not_recorded")


def test_reports_are_read_strictly(session: MonitoringSession, proctor: User, browser_of: Any) -> None:
    address = f"/api/v1/calls/{make_call(session, proctor).pk}/recording/report/"
    for body, field in (
        ({"problem": "no_sound"}, "problem"),
        ({"problem": 3}, "problem"),
        ({"done": "yes"}, "done"),
    ):
        assert refusal(browser_of(proctor).post(address, body, "application/json"))[0::2] == (400, field)
    assert refusal(browser_of(proctor).post(address, {"done": True}, "application/json"))[:2] == (
        409,
        "goes_on",
    )


def test_the_panel_and_the_review_say_what_became_of_it(
    session: MonitoringSession, proctor: User, browser_of: Any
) -> None:
    make_call(session, proctor, lasted_s=10, recording_gap="no_recorder", recording_closed_at=clock.now())
    assert session.attempt is not None
    with within(session.institution):
        enrolment = session.attempt.enrolment
    address = (
        f"/i/{session.institution.slug}/watch/{enrolment.sitting_id}/candidates/{enrolment.pk}/?part=panel"
    )
    page = browser_of(proctor).get(address).content.decode()
    assert "not recorded: the proctor’s browser cannot record sound" in page
