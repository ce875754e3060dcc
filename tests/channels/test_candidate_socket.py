"""The candidate's socket: who gets in, frames and their answers, bad messages, orders, two pages at once."""

import asyncio
from typing import Any

import pytest
from channels.layers import get_channel_layer

from accounts.tenancy import within
from proctor_site.kernel import clock
from proctoring import supervision
from proctoring.consumers import connection
from proctoring.consumers.frame_message import write_frame
from proctoring.live import groups, presence
from proctoring.live.messages import CAPTURE_TAKEN
from proctoring.models import Consent, Incident, LiveEvent
from tests.capture import RED, frame, live
from tests.channels.conftest import in_thread

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("scripted")]


def address(attempt: Any) -> str:
    return f"/ws/attempts/{attempt.pk}/"


def message(sequence: int, image: bytes, moment: float | None = None) -> bytes:
    return write_frame(sequence, round((moment or clock.now().timestamp()) * 1000), image)


@pytest.mark.parametrize(
    ("who", "code"),
    [
        (None, 4401),
        ("second_candidate", 4404),
        ("proctor", 4404),
        ("officer", 4404),
        ("stranger", 4404),
        ("foreign_candidate", 4404),
    ],
)
async def test_only_the_owner_gets_in(
    connect: Any, attempt: Any, request: Any, who: str | None, code: int
) -> None:
    user = request.getfixturevalue(who) if who else None
    socket = await connect(user, address(attempt))
    assert await socket.close_code() == code


async def test_an_unknown_attempt_looks_like_a_foreign_one(
    connect: Any, candidate: Any, attempt: Any
) -> None:
    for number in (attempt.pk + 1000, 10**25):
        socket = await connect(candidate, f"/ws/attempts/{number}/")
        assert await socket.close_code() == 4404


async def test_pages_of_other_sites_are_refused(candidate: Any, attempt: Any, connect: Any) -> None:
    with pytest.raises(AssertionError):
        await connect(candidate, address(attempt), origin=(b"origin", b"https://evil.example"))


async def test_hello_says_where_the_attempt_stands(
    connect: Any, candidate: Any, session: Any, settings: Any
) -> None:
    socket = await connect(candidate, address(session.attempt))
    hello = await socket.receive("hello")
    assert hello["state"] == "in_progress"
    assert 3590 < hello["seconds_left"] <= 3600
    assert (hello["capture"], hello["frame_sequence"]) == (True, -1)
    assert hello["frame_interval_ms"] == settings.FRAME_INTERVAL_MS


async def test_without_consent_the_page_is_told_not_to_capture(
    connect: Any, candidate: Any, attempt: Any
) -> None:
    socket = await connect(candidate, address(attempt))
    assert (await socket.receive("hello"))["capture"] is False
    await socket.inner.send_to(bytes_data=message(1, frame(RED)))
    assert (await socket.receive("error"))["code"] == "consent_missing"


async def test_frames_are_answered_and_become_an_incident(connect: Any, candidate: Any, session: Any) -> None:
    socket = await connect(candidate, address(session.attempt))
    await socket.receive("hello")
    start = clock.now().timestamp() - 8
    for number in range(1, 9):
        await socket.inner.send_to(bytes_data=message(number, live(frame(), number), start + number))
        answer = await socket.receive("frame_result")
        assert (answer["sequence"], answer["accepted"], answer["analysed"]) == (number, True, True)
    assert answer["incidents"] == ["no_face"]
    assert "incident.notice" in [each.get("kind") for each in socket.seen] or await socket.event(
        "incident.notice"
    )
    assert await in_thread(Incident._base_manager.count) == 1
    again = await connect(candidate, address(session.attempt))
    assert (await again.receive("hello"))["frame_sequence"] == 8


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "malformed"),
        (b"PFR1", "malformed"),
        (b"XXXX" + b"\0" * 40, "malformed"),
        (message(1, b""), "not_an_image"),
        (message(1, b"not a picture at all"), "not_an_image"),
        (message(1, frame(RED)[:2000]), "truncated"),
        (message(1, frame(RED) + b"\0" * 300_000), "too_large"),
    ],
    ids=["empty", "head_only", "other_magic", "no_picture", "text", "cut_off", "huge"],
)
async def test_bad_frames_are_answered_and_the_socket_stays(
    connect: Any, candidate: Any, session: Any, data: bytes, code: str
) -> None:
    socket = await connect(candidate, address(session.attempt))
    await socket.receive("hello")
    await socket.inner.send_to(bytes_data=data)
    assert (await socket.receive("error"))["code"] == code
    await socket.inner.send_to(bytes_data=message(1, frame(RED)))
    assert (await socket.receive("frame_result"))["accepted"] is True


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "malformed"),
        ("{", "malformed"),
        ("[]", "malformed"),
        ('{"type": 1}', "malformed"),
        ("[" * 5000, "malformed"),
        ('{"type":"' + "x" * 20_000 + '"}', "malformed"),
        ('{"type":"launch"}', "unknown_type"),
        ('{"type":"ping","rtt":"fast"}', "invalid"),
        ('{"type":"ping","rtt":-1}', "invalid"),
        ('{"type":"camera","state":"broken"}', "invalid"),
        ('{"type":"camera","state":"ok","label":[]}', "invalid"),
    ],
)
async def test_bad_messages_are_answered_and_the_socket_stays(
    connect: Any, candidate: Any, session: Any, text: str, code: str
) -> None:
    socket = await connect(candidate, address(session.attempt))
    await socket.receive("hello")
    await socket.inner.send_to(text_data=text)
    assert (await socket.receive("error"))["code"] == code
    await socket.send({"type": "ping", "sent_at": 17, "rtt": 40})
    assert (await socket.receive("pong"))["sent_at"] == 17
    assert presence.read(session.attempt_id).rtt_ms == 40


async def test_a_repeated_frame_changes_nothing(connect: Any, candidate: Any, session: Any) -> None:
    socket = await connect(candidate, address(session.attempt))
    await socket.receive("hello")
    for expected in ("", "repeated"):
        await socket.inner.send_to(bytes_data=message(3, frame(RED)))
        assert (await socket.receive("frame_result"))["code"] == expected
    assert presence.read(session.attempt_id).analysed == 1


@pytest.mark.parametrize("device", ["camera", "microphone"])
async def test_the_state_of_a_device_reaches_proctors_once_per_change(
    connect: Any, candidate: Any, session: Any, device: str
) -> None:
    socket = await connect(candidate, address(session.attempt))
    await socket.receive("hello")
    for state in ("ok", "ok", "ended"):
        await socket.send({"type": device, "state": state, "label": "Built-in"})
    await socket.send({"type": "ping", "sent_at": 1})
    await socket.receive("pong")
    states = await in_thread(
        lambda: [
            event.payload["state"]
            for event in LiveEvent._base_manager.filter(kind=f"{device}.changed").order_by("id")
        ]
    )
    assert states == ["ok", "ended"]
    seen = await in_thread(presence.read, session.attempt.pk)
    assert getattr(seen, device) == "ended"


async def test_orders_arrive_and_a_pause_stops_analysis(
    connect: Any, candidate: Any, proctor: Any, session: Any
) -> None:
    attempt = session.attempt
    socket = await connect(candidate, address(attempt))
    await socket.receive("hello")

    def act(work: Any, **kwargs: Any) -> None:
        with within(attempt.institution):
            work(attempt, proctor=proctor, **kwargs)

    await in_thread(act, supervision.warn, text="Please look at your own screen.")
    warning = await socket.event("warning.sent")
    assert warning["payload"]["text"] == "Please look at your own screen."
    await in_thread(act, supervision.pause, reason="Fire drill")
    moved = await socket.event("attempt.moved")
    assert (moved["payload"]["state"], moved["payload"]["reason"]) == ("paused", "Fire drill")
    await socket.inner.send_to(bytes_data=message(1, frame()))
    assert (await socket.receive("frame_result"))["code"] == "paused"
    await in_thread(act, supervision.resume)
    await socket.event("attempt.moved")
    await socket.inner.send_to(bytes_data=message(2, frame(RED)))
    assert (await socket.receive("frame_result"))["analysed"] is True
    await in_thread(act, supervision.terminate, reason="Second person dictated answers")
    assert (await socket.event("attempt.moved"))["payload"]["state"] == "terminated"
    await socket.inner.send_to(bytes_data=message(3, frame(RED)))
    assert (await socket.receive("error"))["code"] == "ended"


async def test_an_unread_warning_comes_again_after_a_reload(
    connect: Any, candidate: Any, proctor: Any, session: Any
) -> None:
    def warn() -> Any:
        with within(session.institution):
            return supervision.warn(session.attempt, proctor=proctor, text="Please keep your hands in view.")

    warning = await in_thread(warn)
    socket = await connect(candidate, address(session.attempt))
    await socket.receive("hello")
    assert (await socket.event("warning.sent"))["payload"]["id"] == warning.pk

    def acknowledge() -> None:
        with within(session.institution):
            supervision.acknowledge_warning(warning, candidate=candidate)

    await in_thread(acknowledge)
    third = await connect(candidate, address(session.attempt))
    await third.receive("hello")
    # The acknowledgement itself may still be on its way to this page; the warning must not be.
    heard = []
    while not await third.inner.receive_nothing(timeout=0.2):
        heard.append((await third.inner.receive_json_from(1))["kind"])
    assert heard in ([], ["warning.acknowledged"])


async def test_withdrawn_consent_stops_capture_at_the_next_frame(
    connect: Any, candidate: Any, session: Any
) -> None:
    from proctoring.analysis import context

    socket = await connect(candidate, address(session.attempt))
    await socket.receive("hello")
    await socket.inner.send_to(bytes_data=message(1, frame(RED)))
    await socket.receive("frame_result")

    def withdraw() -> None:
        Consent._base_manager.update(withdrawn_at=clock.now())
        context.forget(session.pk)

    await in_thread(withdraw)
    await socket.inner.send_to(bytes_data=message(2, frame(RED)))
    assert (await socket.receive("error"))["code"] == "consent_missing"


async def test_the_newer_page_takes_over_and_the_older_is_told(
    connect: Any, candidate: Any, session: Any
) -> None:
    old = await connect(candidate, address(session.attempt))
    await old.receive("hello")
    new = await connect(candidate, address(session.attempt))
    await new.receive("hello")
    assert (await old.receive("error"))["code"] == "capture_taken_over"
    await old.inner.send_to(bytes_data=message(1, frame(RED)))
    refused = await old.receive("frame_result")
    assert (refused["accepted"], refused["code"]) == (False, "taken_over")
    await new.inner.send_to(bytes_data=message(1, frame(RED)))
    taken = await new.receive("frame_result")
    assert taken["accepted"] is True, taken


async def test_a_late_announcement_of_an_older_page_takes_nothing(
    connect: Any, candidate: Any, session: Any
) -> None:
    page = await connect(candidate, address(session.attempt))
    await page.receive("hello")
    older = {"type": CAPTURE_TAKEN, "connection": "an older page", "opened_at": 1.0}
    await get_channel_layer().group_send(groups.candidate_of(session.attempt.pk), older)
    await asyncio.sleep(0.2)
    await page.inner.send_to(bytes_data=message(1, frame(RED)))
    assert (await page.receive("frame_result"))["accepted"] is True


async def test_a_page_that_stays_away_is_told_a_reload_is_not(
    connect: Any, candidate: Any, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "GRACE_S", 2.0)  # longer than a reload takes on a busy machine

    def told() -> list[bool]:
        rows = LiveEvent._base_manager.filter(kind="connection.changed").order_by("id")
        return [row.payload["connected"] for row in rows]

    first = await connect(candidate, address(session.attempt))
    await first.receive("hello")
    await first.inner.disconnect()
    again = await connect(candidate, address(session.attempt))
    await again.receive("hello")
    await in_thread(connection._check_gone, session.attempt)  # what happens once the grace is over
    assert await in_thread(told) == [True]
    monkeypatch.setattr(connection, "GRACE_S", 0.1)
    await again.inner.disconnect()
    for _ in range(400):
        if await in_thread(told) != [True]:
            break
        await asyncio.sleep(0.05)
    assert await in_thread(told) == [True, False]
    assert presence.read(session.attempt_id).connected is False


async def test_what_the_page_notes_is_answered_and_a_refusal_says_what_for(
    connect: Any, candidate: Any, attempt: Any, session: Any
) -> None:
    socket = await connect(candidate, address(attempt))
    await socket.receive("hello")
    event = {"n": 1, "kind": "paste", "at": clock.now().timestamp() * 1000, "length": 9}
    await socket.send({"type": "browser_events", "events": [event]})
    answer = await socket.receive("browser_events_result")
    assert (answer["accepted"], answer["stored"]) == ([1], 0), "the notice did not name it"
    await socket.send({"type": "browser_events", "events": [{}]})
    assert (await socket.receive("browser_events_result"))["code"] == "unknown_kind"
