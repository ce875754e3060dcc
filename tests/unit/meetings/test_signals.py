"""What the two ends may say to each other, TURN credentials, and the allowance of a socket."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any

import pytest

from proctor_site.kernel.errors import InvalidInput
from proctoring.checks import refuse_live_video_that_cannot_work
from proctoring.meetings.providers.peer import PeerProvider
from proctoring.meetings.signals import Allowance, NotYours, from_candidate, from_proctor
from proctoring.meetings.turn import ice_servers

PAGE = "0123456789abcdef" * 2
WAY = {"candidate": "candidate:1 1 udp 1 10.0.0.1 5000 typ host", "sdpMid": "0", "sdpMLineIndex": 0}


def test_only_the_known_parts_are_passed_on() -> None:
    signal = from_proctor(
        {"type": "live", "t": "ice", "to": 7, "call": "a1", "candidate": {**WAY, "x": 1}, "y": 2}
    )
    assert (signal.t, signal.to, signal.body) == ("ice", 7, {"call": "a1", "candidate": WAY})
    signal = from_candidate({"t": "offer", "to": PAGE, "call": "a1", "sdp": "v=0", "sound": False})
    assert (signal.to, signal.body) == (PAGE, {"call": "a1", "sdp": "v=0", "sound": False})
    assert from_candidate({"t": "here", "to": PAGE}).to == ""


@pytest.mark.parametrize("kind", ["watch", "unwatch", "quality", "answer", "still", "ended", "refused", None])
def test_a_candidate_cannot_say_what_proctors_and_the_server_say(kind: Any) -> None:
    with pytest.raises(NotYours):
        from_candidate({"t": kind, "to": PAGE, "level": "full"})


def test_who_it_is_from_is_not_for_the_page_to_say() -> None:
    for read, content in (
        (from_proctor, {"t": "watch", "to": 1, "level": "thumb", "from": PAGE}),
        (from_candidate, {"t": "failed", "to": PAGE, "code": "x", "from": 2}),
    ):
        with pytest.raises(NotYours):
            read(content)
    with pytest.raises(NotYours):
        from_proctor({"t": "offer", "to": 1, "call": "a", "sdp": "v=0", "sound": False})


@pytest.mark.parametrize(
    "content",
    [
        {"t": "watch", "to": "1", "level": "thumb"},
        {"t": "watch", "to": True, "level": "thumb"},
        {"t": "watch", "to": 1, "level": "huge"},
        {"t": "quality", "to": 1, "level": "full", "sound": 1},
        {"t": "answer", "to": 1, "call": "A B", "sdp": "v=0"},
        {"t": "answer", "to": 1, "call": "a", "sdp": "x" * 30_001},
        {"t": "ice", "to": 1, "call": "a", "candidate": None},
        {"t": "ice", "to": 1, "call": "a", "candidate": {**WAY, "candidate": "x" * 1_001}},
        {"t": "ice", "to": 1, "call": "a", "candidate": {**WAY, "sdpMLineIndex": -1}},
    ],
)
def test_malformed_messages_are_refused(content: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        from_proctor(content)
    assert pytest.raises(InvalidInput, from_candidate, {"t": "failed", "to": "peer", "code": "x"})


def test_the_allowance_has_a_burst_and_fills_up_again() -> None:
    moment = [0.0]
    allowance = Allowance(3, 2.0, now=lambda: moment[0])
    assert [allowance.take() for _ in range(4)] == [True, True, True, False]
    moment[0] = 1.0
    assert [allowance.take() for _ in range(3)] == [True, True, False]


def test_turn_credentials_follow_the_scheme_of_coturn(settings: Any) -> None:
    settings.ICE_URLS, settings.TURN_HOST, settings.TURN_SECRET = (
        ["stun:stun.example:3478"],
        "turn.example",
        "key",
    )
    until = datetime(2030, 1, 1, tzinfo=UTC)
    stun, turn = ice_servers("candidate-5", until)
    assert stun == {"urls": ["stun:stun.example:3478"]}
    assert turn["username"] == f"{int(until.timestamp())}:candidate-5"
    expected = hmac.new(b"key", turn["username"].encode(), hashlib.sha1).digest()
    assert turn["credential"] == base64.b64encode(expected).decode()
    assert any(url.startswith("turns:turn.example") for url in turn["urls"])
    settings.RELAY_ONLY = True
    join = PeerProvider().add_participant("", "attempt-1", "candidate-5", "candidate", until)
    assert join.relay_only and join.to_json()["ice_servers"][1]["username"] == turn["username"]


@pytest.mark.parametrize(
    ("chosen", "part"),
    [
        ({}, None),
        ({"LIVE_PROVIDER": "off"}, None),
        ({"LIVE_PROVIDER": "nobody"}, "PROCTOR_LIVE_PROVIDER"),
        ({"TURN_HOST": "turn.example"}, "belong together"),
        ({"RELAY_ONLY": True}, "needs a TURN server"),
        ({"ICE_URLS": ["turn.example"]}, "STUN"),
    ],
)
def test_the_system_check_refuses_what_cannot_work(settings: Any, chosen: Any, part: str | None) -> None:
    for name, value in chosen.items():
        setattr(settings, name, value)
    found = refuse_live_video_that_cannot_work(None)
    assert [each.id for each in found] == ([] if part is None else ["proctor.E011"])
    assert part is None or part in found[0].msg
