"""LiveKit as a provider: what its SDK asks of a server, what tokens allow, reports, and how it fails."""

import base64
import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from proctoring.meetings.providers import livekit
from proctoring.meetings.providers.base import Happened, ProviderDown, UnreadableReport, WrongSignature
from proctoring.meetings.providers.livekit import LiveKitProvider
from tests.deepgram_server import closed_port
from tests.hosted_server import Answer, name_of_trouble, troubles
from tests.livekit_server import KEY, SECRET, LiveKitServer

UNTIL = datetime.now(UTC) + timedelta(hours=3)
PAGE = "proctor-7-" + "a" * 32


@pytest.fixture
def server(settings: Any) -> Iterator[LiveKitServer]:
    made = LiveKitServer()
    made.choose(settings)
    yield made
    made.close()


def claims(token: str) -> dict[str, Any]:
    return jwt.decode(token, SECRET, algorithms=["HS256"], issuer=KEY)


def test_each_attempt_has_a_room_and_tokens_say_who_may_do_what(server: LiveKitServer) -> None:
    service = LiveKitProvider()
    meeting = service.create_meeting("sitting-1", "Biology")
    assert server.asked == [], "a name needs no server"
    candidate = service.add_participant(meeting, "attempt-5", "candidate-2", "candidate", UNTIL)
    proctor = service.add_participant(meeting, "attempt-5", PAGE, "proctor", UNTIL)
    service.add_participant(meeting, "attempt-6", PAGE, "proctor", UNTIL)
    assert server.rooms == {f"{meeting}.attempt-5", f"{meeting}.attempt-6"} and server.wrong == []
    assert candidate.url == proctor.url == server.url
    said = claims(candidate.tokens["join"])
    assert said["sub"] == "candidate-2" and said["exp"] - said["nbf"] == livekit.COME_IN_FOR.total_seconds()
    may = said["video"]
    assert may["room"] == f"{meeting}.attempt-5" and may["roomJoin"] is True
    assert may["canSubscribe"] is False and may["canPublishData"] is False
    assert may["canPublishSources"] == ["camera", "microphone", "screen_share"]
    may = claims(proctor.tokens["join"])["video"]
    assert may["hidden"] is True and may["canSubscribe"] is True
    assert may["canPublish"] is False and may["canPublishData"] is False
    for rights in ("roomAdmin", "roomCreate", "roomList", "roomRecord"):
        assert not may.get(rights), "nobody is a host"


def test_who_is_put_out_cannot_come_back_with_an_older_token(server: LiveKitServer) -> None:
    service = LiveKitProvider()
    meeting = service.create_meeting("sitting-1", "Biology")
    token = service.add_participant(meeting, "attempt-5", PAGE, "proctor", UNTIL).tokens["join"]
    service.remove(meeting, "attempt-5", PAGE)
    assert server.revoked[(f"{meeting}.attempt-5", PAGE)] >= claims(token)["nbf"]
    service.remove(meeting, "attempt-99", PAGE)
    other = service.create_meeting("sitting-11", "Chemistry")
    service.add_participant(other, "attempt-9", PAGE, "proctor", UNTIL)
    service.end(meeting)
    assert server.rooms == {f"{other}.attempt-9"}, "only its own rooms"
    service.end(meeting)


@pytest.mark.parametrize("trouble", list(troubles(SECRET)), ids=name_of_trouble)
def test_every_failure_is_a_provider_that_is_down_and_tells_no_secret(
    server: LiveKitServer, trouble: Answer, monkeypatch: Any
) -> None:
    if trouble.how == "silent":
        monkeypatch.setattr(livekit, "ANSWER_S", 0.5)
    server.trouble = [trouble]
    with pytest.raises(ProviderDown) as down:
        LiveKitProvider().add_participant("sitting-1-x", "attempt-5", "candidate-2", "candidate", UNTIL)
    assert SECRET not in str(down.value) and len(server.asked) == 1, "the caller tries again, later"
    assert down.value.__cause__ is None and down.value.__suppress_context__
    monkeypatch.undo()
    LiveKitProvider().add_participant("sitting-1-x", "attempt-5", "candidate-2", "candidate", UNTIL)


def test_nobody_there_and_a_wrong_key(server: LiveKitServer, settings: Any) -> None:
    assert LiveKitProvider().health() == ""
    settings.LIVEKIT_SECRET = "another-secret-of-thirty-two-letters"
    assert LiveKitProvider().health() == "LiveKit refuses (401, unauthenticated)."
    settings.LIVEKIT_URL = f"ws://127.0.0.1:{closed_port()}"
    assert "LiveKit does not answer" in LiveKitProvider().health()


def report(
    body: bytes, *, secret: str = SECRET, digest_of: bytes | None = None, **more: Any
) -> dict[str, str]:
    digest = base64.b64encode(hashlib.sha256(body if digest_of is None else digest_of).digest()).decode()
    said = {"iss": KEY, "exp": int(UNTIL.timestamp()), "sha256": digest, **more}
    return {"authorization": jwt.encode({k: v for k, v in said.items() if v is not None}, secret, "HS256")}


def told(event: str, **more: Any) -> bytes:
    room = {"name": "sitting-1-x.attempt-5", "sid": "RM_1"}
    return json.dumps(
        {"event": event, "id": "EV_1", "createdAt": "1795000000", "room": room, **more}
    ).encode()


def test_reports_are_read_only_when_livekit_signed_them(server: LiveKitServer) -> None:
    service = LiveKitProvider()
    body = told("participant_left", participant={"identity": PAGE, "sid": "PA_1", "unheard": 1})
    [event] = service.parse_webhook(report(body), body)
    assert (event.id, event.kind, event.identity) == ("EV_1", Happened.LEFT, PAGE)
    assert event.at == datetime.fromtimestamp(1_795_000_000, UTC) and event.meeting == "sitting-1-x.attempt-5"
    wrong = [
        {},
        {"authorization": "nonsense"},
        report(body, secret="another-secret-of-thirty-two-letters"),
        report(body, digest_of=body + b" "),
        report(body, sha256=None),
        report(body, exp=int(datetime.now(UTC).timestamp()) - 3600),
        report(body, exp=None),
    ]
    for headers in wrong:
        with pytest.raises(WrongSignature):
            service.parse_webhook(headers, body)
    with pytest.raises(WrongSignature):
        service.parse_webhook(report(b"\xff"), b"\xff")
    for event_name in ("egress_started", "room_started", "something_new"):
        assert service.parse_webhook(report(told(event_name)), told(event_name)) == []
    for junk in (b"no json", b'{"event": 7}'):
        with pytest.raises(UnreadableReport):
            service.parse_webhook(report(junk), junk)


def test_what_is_missing_is_said_before_it_is_used(server: LiveKitServer, settings: Any) -> None:
    assert LiveKitProvider().problems() == []
    settings.BASE_URL = "https://exam.example.org"
    settings.LIVEKIT_SECRET, settings.LIVEKIT_KEY = "short", ""
    problems = " ".join(LiveKitProvider().problems())
    assert "PROCTOR_LIVEKIT_KEY" in problems and "32" in problems and "wss://" in problems
    assert "short" not in problems.replace("short-", "")
