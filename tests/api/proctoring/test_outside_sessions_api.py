"""Sessions of exams that other systems deliver, by token: from start to deletion, and what is refused."""

import base64
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.models import Sitting
from exams.scheduling.sittings import assign_proctor
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict
from proctoring import supervision
from proctoring.models import OutsideSession
from tests.capture import RED, frame, scripted  # noqa: F401
from tests.factories.outside import make_outside_sitting
from tests.factories.tokens import client_with, new_token, token_client

BASE = "/api/v1/institution/sessions/"
CONSENT = {
    "camera": True,
    "microphone": False,
    "face_comparison": False,
    "notice_url": "https://engine.example.org/notice",
    "notice_version": "3",
    "asked_by": "Engine",
}


def consent() -> dict[str, Any]:
    return CONSENT | {"agreed_at": clock.now().isoformat()}


def a_session(sitting: Sitting, **more: Any) -> dict[str, Any]:
    person = {"candidate_id": "E-1", "candidate_name": "Otto Outside", "session_id": "run-1"}
    return {"sitting": sitting.pk, **person, "consent": consent(), **more}


@pytest.fixture
def sitting(institution: Institution) -> Sitting:
    return make_outside_sitting(institution)


@pytest.fixture
def api(institution: Institution) -> APIClient:
    return token_client(institution)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("scripted")
def test_a_session_from_its_start_to_its_deletion(api: APIClient, sitting: Sitting) -> None:
    started = api.post(BASE, a_session(sitting, job_data={"room": "B"}))
    assert started.status_code == 201
    made = started.json()
    assert (made["session_id"], made["candidate_id"], made["state"]) == ("run-1", "E-1", "live")
    assert made["consent"]["asked_by"] == "Engine" and made["job_data"] == {"room": "B"}
    one = f"{BASE}run-1/"

    picture = base64.b64encode(frame(RED)).decode()
    in_json = api.post(one + "frames/", {"frame": picture, "sequence": 1})
    assert (in_json.status_code, in_json.json()["analysed"]) == (200, True)
    data_url = api.post(
        one + "frames/", {"frame": f"data:image/jpeg;base64,{picture}", "sequence": 2}, format="json"
    )
    assert data_url.json()["accepted"]
    raw = api.post(one + "frames/", frame(RED), content_type="image/jpeg", headers={"x-sequence": "3"})
    assert raw.json()["accepted"]

    # The browser's token sends captures of this session, and does nothing else.
    given = api.post(one + "capture-token/").json()
    browser = client_with(given["token"])
    sent = browser.post(given["addresses"]["frames"], {"frame": picture, "sequence": 4})
    assert sent.json()["accepted"]
    assert browser.get(one).status_code == 401

    metrics = api.get(one + "metrics/").json()
    assert (metrics["frames_received"], metrics["alerts"]["total"]) == (4, 0)
    assert metrics["measures"]["detector_confidence"]["count"] == 4
    assert api.get(one + "emotions/").json()["disabled_reason"]
    events = {"events": [{"n": 1, "kind": "window_left", "at": clock.now().timestamp() * 1000, "seconds": 4}]}
    assert api.post(one + "browser-events/", events).json()["accepted"] == [1]

    ended = api.post(one + "end/")
    assert ended.status_code == 200
    again = api.post(one + "end/").json()
    assert again["session"] == ended.json()["session"] == made["id"]
    assert again["end"] == ended.json()["end"]
    late = api.post(one + "frames/", {"frame": picture, "sequence": 5})
    assert (late.status_code, late.json()["code"]) == (409, "ended")
    assert api.post(one + "capture-token/").json()["code"] == "ended"
    shown = api.get(one).json()
    assert (shown["state"], shown["ended_by"]) == ("ended", "system")

    assert api.delete(one).status_code == 204
    assert api.get(one).status_code == 404
    assert api.get(BASE).json()["results"] == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("scripted")
def test_an_absence_is_an_alert_and_consent_decides_what_is_taken(api: APIClient, sitting: Sitting) -> None:
    api.post(BASE, a_session(sitting) | {"consent": consent() | {"camera": False}})
    one = f"{BASE}run-1/"
    sent = {"frame": base64.b64encode(frame()).decode(), "sequence": 1}
    assert api.post(one + "frames/", sent).json()["code"] == "consent_missing"
    assert api.put(one + "consent/", consent()).json()["consent"]["camera"] is True
    for number in range(1, 10):
        moment = (clock.now().timestamp() - 10 + number) * 1000
        api.post(one + "frames/", sent | {"sequence": number, "captured_at": moment})
    alerts = api.get(one + "alerts/").json()["results"]
    [alert] = [each for each in alerts if each["kind"] == "no_face"]
    assert (alert["kind"], alert["ended_at"], alert["review_state"]) == ("no_face", None, "unreviewed")
    assert api.delete(one + "consent/").status_code == 204
    assert api.get(one).json()["consent"] is None
    assert api.post(one + "frames/", sent | {"sequence": 20}).json()["code"] == "consent_missing"


def test_repeats_and_clashes(api: APIClient, sitting: Sitting) -> None:
    key = {"idempotency-key": "start-1"}
    body = a_session(sitting)
    first = api.post(BASE, body, headers=key)
    again = api.post(BASE, body, headers=key)
    assert first.json() == again.json() and again["Idempotent-Replayed"] == "true"
    clash = api.post(BASE, a_session(sitting, candidate_id="E-2"))
    assert (clash.status_code, clash.json()["code"], clash.json()["field"]) == (
        409,
        "session_active",
        "session_id",
    )
    other = api.post(BASE, a_session(sitting, session_id="run-2"))
    assert (other.status_code, other.json()["code"]) == (409, "candidate_active")
    assert [row["session_id"] for row in api.get(BASE, {"state": "live"}).json()["results"]] == ["run-1"]
    assert api.get(BASE, {"state": "ended"}).json()["results"] == []


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"sitting": 999_999}, "sitting"),
        ({"session_id": "a b"}, "session_id"),
        ({"candidate_id": "x@y"}, "candidate_id"),
        ({"candidate_name": ""}, "candidate_name"),
        ({"consent": CONSENT}, "consent.agreed_at"),
        ({"consent": CONSENT | {"agreed_at": "2199-01-01T00:00:00Z"}}, "consent.agreed_at"),
        ({"job_data": "text"}, "job_data"),
        ({"mood": "good"}, "mood"),
    ],
)
def test_bad_input_names_its_field(api: APIClient, sitting: Sitting, more: Any, field: str) -> None:
    answer = api.post(BASE, a_session(sitting) | more)
    assert answer.status_code in (400, 404) and answer.json()["field"] == field
    with within(sitting.institution):
        assert not OutsideSession.objects.exists()


def test_sessions_of_others_do_not_exist(
    api: APIClient, sitting: Sitting, other_institution: Institution
) -> None:
    api.post(BASE, a_session(sitting))
    others = token_client(other_institution)
    assert others.get(f"{BASE}run-1/").status_code == 404
    assert others.post(BASE, a_session(sitting)).json()["field"] == "sitting"
    assert others.get(BASE).json()["results"] == []


def test_captures_count_apart_from_other_calls(
    institution: Institution, sitting: Sitting, officer: User, settings: Any
) -> None:
    settings.API_WRITES_PER_MINUTE, settings.API_CAPTURES_PER_MINUTE = 1, 2
    api = client_with(new_token(institution)[1])
    assert api.post(BASE, a_session(sitting)).status_code == 201
    one = f"{BASE}run-1/"
    assert api.post(one + "end/").status_code == 429
    answers = [api.post(one + "frames/", {"sequence": 1}) for _ in range(3)]
    assert [each.status_code for each in answers] == [400, 400, 429]
    assert answers[0].json()["field"] == "frame"


@pytest.mark.django_db
def test_a_token_for_one_device_knows_its_own_sessions_alone(
    institution: Institution, api: APIClient, sitting: Sitting
) -> None:
    assert api.post(BASE, a_session(sitting)).status_code == 201
    device = token_client(institution, "sessions:own")
    assert device.get(BASE).json()["results"] == []
    for refused in (
        device.get(f"{BASE}run-1/"),
        device.post(f"{BASE}run-1/end/"),
        device.delete(f"{BASE}run-1/"),
    ):
        assert refused.status_code == 404
    own = {"session_id": "run-2", "candidate_id": "E-2"}
    made = device.post(BASE, a_session(sitting, **own)).json()
    assert [row["session_id"] for row in device.get(BASE).json()["results"]] == ["run-2"]
    second = device.post(BASE, a_session(sitting, session_id="run-3", candidate_id="E-3"))
    assert (second.status_code, second.data["code"]) == (409, "one_at_a_time")
    one = f"{BASE}{made['id']}/"
    assert device.get(one + "metrics/").status_code == 200
    assert device.post(one + "end/").status_code == 200
    assert device.post(BASE, a_session(sitting, session_id="run-3", candidate_id="E-3")).status_code == 201
    assert device.delete(one).status_code == 204
    assert device.get("/api/v1/institution/sittings/").data["code"] == "scope_missing"


@pytest.mark.django_db
def test_a_proctors_warning_is_listed_shown_and_read_by_the_proctor(
    api: APIClient, institution: Institution, sitting: Sitting, proctor: User, officer: User
) -> None:
    assert api.post(BASE, a_session(sitting, shows_warnings=True)).json()["shows_warnings"] is True
    api.post(BASE, a_session(sitting, session_id="run-2", candidate_id="E-2"))
    one, two = f"{BASE}run-1/warnings/", f"{BASE}run-2/warnings/"
    with within(institution):
        assign_proctor(sitting, proctor, actor=officer)
        attempt, silent = (
            OutsideSession.objects.get(name=name).session.attempt for name in ("run-1", "run-2")
        )
        assert attempt is not None and silent is not None
        with pytest.raises(Conflict) as refusal:
            supervision.warn(silent, proctor=proctor, text="Look at the screen.")
        assert refusal.value.code == "outside"
        first = supervision.warn(attempt, proctor=proctor, text="Look at the screen.")
        second = supervision.warn(attempt, proctor=proctor, text="Once more.")
    listed = api.get(one, {"limit": "1"}).json()
    assert [each["text"] for each in listed["results"]] == ["Look at the screen."]
    assert [each["id"] for each in api.get(listed["next"]).json()["results"]] == [second.pk]
    assert api.post(f"{two}{first.pk}/shown/").status_code == 404

    shown = api.post(f"{one}{first.pk}/shown/").json()
    again = api.post(f"{one}{first.pk}/shown/").json()
    assert shown["shown_at"] and again == shown
    assert [each["id"] for each in api.get(one, {"open": "true"}).json()["results"]] == [second.pk]
    with within(institution):
        first.refresh_from_db()
        assert first.acknowledged_at is not None
        supervision.withdraw_warning(second, proctor=proctor)
        # What was shown already is corrected by another one, which says which.
        supervision.withdraw_warning(first, proctor=proctor)
    [correction] = api.get(one, {"open": "true"}).json()["results"]
    assert correction["corrects"] == first.pk and "Look at the screen." in correction["text"]
    late = api.post(f"{one}{second.pk}/shown/").json()
    assert late["withdrawn_at"] and late["shown_at"]
