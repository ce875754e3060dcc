"""Cloudflare RealtimeKit as a provider: what its SDK asks of the service, reports, and how it fails."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache as once
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.core.cache import cache

from proctoring.meetings.providers import realtimekit
from proctoring.meetings.providers.base import (
    Happened,
    NoWebhooks,
    ProviderDown,
    UnreadableReport,
    WrongSignature,
)
from proctoring.meetings.providers.realtimekit import RealtimeKitProvider
from tests.deepgram_server import closed_port
from tests.hosted_server import Answer, as_json, name_of_trouble, troubles
from tests.realtimekit_server import TOKEN, RealtimeKitServer

UNTIL = datetime.now(UTC) + timedelta(hours=3)
PAGE = "proctor-7-" + "a" * 32


@pytest.fixture
def server(settings: Any) -> Iterator[RealtimeKitServer]:
    made = RealtimeKitServer()
    made.choose(settings)
    yield made
    made.close()


def let_in(identity: str = PAGE, room: str = "attempt-5", part: Any = "proctor") -> str:
    meeting = RealtimeKitProvider().create_meeting("sitting-1", "Biology")
    return str(RealtimeKitProvider().add_participant(meeting, room, identity, part, UNTIL).tokens["auth"])


def test_each_attempt_has_a_meeting_and_nobody_is_a_host(server: RealtimeKitServer) -> None:
    assert let_in("candidate-2", part="candidate").startswith("token-")
    let_in(PAGE)
    let_in(PAGE, "attempt-6")
    first, second = server.meetings
    assert [each["title"].rsplit(".", 1)[-1] for each in server.meetings.values()] == [
        "attempt-5",
        "attempt-6",
    ]
    presets = {each["custom_participant_id"]: each["preset_name"] for each in server.people[first].values()}
    assert presets == {"candidate-2": "candidate", PAGE: "proctor"} and len(server.people[second]) == 1
    names = [each["name"] for people in server.people.values() for each in people.values()]
    assert set(names) == {"candidate", "proctor"}, "no names of people"
    assert server.wrong == []


def test_who_comes_again_gets_a_new_token_and_the_service_remembers_for_us(server: RealtimeKitServer) -> None:
    let_in()
    assert let_in().startswith("renewed-")
    assert server.paths()[-1] == "POST token" and len(server.meetings) == 1
    cache.clear()
    let_in()
    assert len(server.meetings) == 1, "found again by its title"
    # Somebody has deleted it there.
    server.meetings.clear()
    assert let_in().startswith("token-")
    assert len(server.meetings) == 1


def test_two_who_make_a_meeting_at_the_same_moment_meet_in_one(
    server: RealtimeKitServer, monkeypatch: Any
) -> None:
    let_in("candidate-2", part="candidate")
    [first] = server.meetings
    place = realtimekit._place(RealtimeKitProvider().create_meeting("sitting-1", ""), "attempt-5")
    seen = iter([None, None])
    real = cache.get
    monkeypatch.setattr(cache, "get", lambda key: next(seen, first) if key == place else real(key))
    monkeypatch.setattr(RealtimeKitProvider, "_find", lambda self, title: None)
    cache.set(place, first)
    next(seen)
    let_in(PAGE)
    assert PAGE in {each["custom_participant_id"] for each in server.people[first].values()}
    assert [each["status"] for each in server.meetings.values()] == ["ACTIVE", "INACTIVE"]


def test_putting_out_and_the_end(server: RealtimeKitServer) -> None:
    service = RealtimeKitProvider()
    meeting = service.create_meeting("sitting-1", "Biology")
    let_in(PAGE)
    let_in("candidate-2", part="candidate")
    cache.clear()
    for _ in range(2):  # who is out already is no error
        service.remove(meeting, "attempt-5", PAGE)
    service.remove(meeting, "attempt-99", PAGE)
    [room] = server.meetings
    assert (room, PAGE) in server.kicked
    assert [each["custom_participant_id"] for each in server.people[room].values()] == ["candidate-2"]
    service.end(meeting)
    service.end(meeting)
    assert server.meetings[room]["status"] == "INACTIVE" and server.kicked[-1] == (room, "all")
    assert server.paths()[-3:-1] == ["PATCH " + room, "POST kick-all"], (
        "first nobody comes in, then all go out"
    )
    assert server.wrong == []


def test_many_meetings_are_read_page_by_page(server: RealtimeKitServer) -> None:
    meeting = RealtimeKitProvider().create_meeting("sitting-1", "Biology")
    for number in range(53):
        name = f"m{number}"
        server.meetings[name] = {"id": name, "title": f"{meeting}.attempt-{number}", "status": "ACTIVE"}
        server.people[name] = {}
    server.meetings["other"] = {"id": "other", "title": f"a {meeting}.x", "status": "ACTIVE"}
    server.people["other"] = {}
    RealtimeKitProvider().end(meeting)
    active = [name for name, each in server.meetings.items() if each["status"] == "ACTIVE"]
    assert active == ["other"]


@pytest.mark.parametrize("trouble", list(troubles(TOKEN)), ids=name_of_trouble)
def test_every_failure_is_a_provider_that_is_down_and_tells_no_secret(
    server: RealtimeKitServer, trouble: Answer, monkeypatch: Any
) -> None:
    let_in()
    if trouble.how == "silent":
        monkeypatch.setattr(realtimekit, "READ_S", 0.3)
    cache.clear()
    server.asked.clear()
    server.trouble = [trouble, trouble]
    with pytest.raises(ProviderDown) as down:
        let_in("candidate-2", part="candidate")
    assert TOKEN not in str(down.value) and len(server.asked) <= 2, "the caller tries again, later"
    server.trouble = []
    monkeypatch.undo()
    let_in("candidate-2", part="candidate")


@pytest.mark.parametrize("data", [None, {}, {"token": 7}, [], "text"])
def test_an_answer_without_a_token_is_none(server: RealtimeKitServer, data: Any) -> None:
    let_in()
    server.trouble = [as_json({"success": True, "data": data})]
    with pytest.raises(ProviderDown):
        let_in()


def test_nobody_there_and_a_wrong_token(server: RealtimeKitServer, settings: Any) -> None:
    assert RealtimeKitProvider().health() == ""
    settings.REALTIMEKIT_TOKEN = "another"
    assert RealtimeKitProvider().health() == "RealtimeKit refuses (401)."
    settings.REALTIMEKIT_URL = f"http://127.0.0.1:{closed_port()}"
    assert "RealtimeKit does not answer" in RealtimeKitProvider().health()


@once
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65_537, 2_048)


def pem(key: rsa.RSAPrivateKey) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


def signed(body: bytes) -> dict[str, str]:
    signature = private_key().sign(body, padding.PKCS1v15(), hashes.SHA256())
    return {"rtk-signature": base64.b64encode(signature).decode(), "rtk-uuid": "u1"}


def test_reports_are_read_only_when_cloudflare_signed_them(settings: Any) -> None:
    service = RealtimeKitProvider()
    settings.REALTIMEKIT_REPORT_KEY = ""
    with pytest.raises(NoWebhooks):
        service.parse_webhook({}, b"{}")
    settings.REALTIMEKIT_REPORT_KEY = pem(private_key())
    person = {"customParticipantId": PAGE, "joinedAt": "2026-11-21T10:00:00.000Z"}
    body = json.dumps(
        {"event": "meeting.participantJoined", "meeting": {"id": "m-1"}, "participant": person}
    ).encode()
    [event] = service.parse_webhook(signed(body), body)
    assert (event.kind, event.meeting, event.identity) == (Happened.JOINED, "m-1", PAGE)
    assert event.at == datetime(2026, 11, 21, 10, tzinfo=UTC)
    [again] = service.parse_webhook(signed(body) | {"rtk-uuid": "u2"}, body)
    assert again.id == event.id, "tried again under another name"
    ended = json.dumps({"event": "meeting.ended", "meeting": {"id": "m-1"}}).encode()
    assert service.parse_webhook(signed(ended), ended)[0].kind is Happened.ENDED
    other = b'{"event":"recording.statusUpdate"}'
    assert service.parse_webhook(signed(other), other) == []
    for headers in ({}, {"rtk-signature": "???"}, {"rtk-signature": ""}, signed(body + b" ")):
        with pytest.raises(WrongSignature):
            service.parse_webhook(headers, body)
    for junk in (
        b"no json",
        b"[]",
        b"{}",
        b'{"event":"meeting.participantLeft","meeting":{},"participant":{}}',
    ):
        with pytest.raises(UnreadableReport):
            service.parse_webhook(signed(junk), junk)


def test_what_is_missing_is_said_before_it_is_used(server: RealtimeKitServer, settings: Any) -> None:
    assert RealtimeKitProvider().problems() == []
    settings.REALTIMEKIT_TOKEN = settings.REALTIMEKIT_APP = ""
    settings.REALTIMEKIT_CANDIDATE_PRESET = "group_call_host"
    settings.REALTIMEKIT_REPORT_KEY = "-----BEGIN nonsense"
    problems = " ".join(RealtimeKitProvider().problems())
    for word in ("_TOKEN", "_APP", "host", "_REPORT_KEY"):
        assert word in problems
