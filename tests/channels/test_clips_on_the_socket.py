"""Recordings over the candidate's socket: any order, one at a time, never in the way of anything else."""

import asyncio
import threading
from datetime import timedelta
from typing import Any

import pytest

from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict
from proctoring.analysis import heard
from proctoring.consumers import clip_line, threads
from proctoring.consumers.clip_message import write_clip
from proctoring.consumers.frame_message import write_frame
from proctoring.ingest.clips import ClipAnswer
from proctoring.models import Incident, MonitoringSession
from tests.capture import RED, frame
from tests.channels.conftest import in_thread
from tests.recordings import ANNA, BEN, agree_to_sound, listening, recording  # noqa: F401

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("scripted", "listening")]


def message(sequence: int, sound: bytes) -> bytes:
    return write_clip(sequence, round(clock.now().timestamp() * 1000) - 10_000, sound)


@pytest.fixture
def session(session: MonitoringSession) -> MonitoringSession:
    from accounts.tenancy import within

    with within(session.institution):
        agree_to_sound(session)
    return session


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Listening that goes on until the event is set."""
    free = threading.Event()

    def listen(session: Any, sound: bytes, *, sequence: int, captured_at: float) -> ClipAnswer:
        assert free.wait(10)
        return ClipAnswer(sequence, True, True, last_sequence=sequence)

    monkeypatch.setattr(clip_line, "accept_clip", listen)
    yield free
    free.set()


async def opened(connect: Any, candidate: Any, session: Any) -> Any:
    socket = await connect(candidate, f"/ws/attempts/{session.attempt_id}/")
    await socket.receive("hello")
    return socket


async def test_they_come_in_any_order_and_are_answered_as_over_http(
    connect: Any, candidate: Any, session: Any
) -> None:
    socket = await opened(connect, candidate, session)
    alone, guest = (1.0, 5.0, ANNA), (6.0, 8.5, BEN)
    answers = []
    for number, parts in ((2, (alone,)), (1, (alone, guest)), (2, (alone,))):
        await socket.inner.send_to(bytes_data=message(number, recording(*parts, seconds=10)))
        answers.append(await socket.receive("clip_result"))
    assert [(each["sequence"], each["accepted"], each["code"]) for each in answers] == [
        (2, True, ""),
        (1, True, ""),
        (2, False, "repeated"),
    ]
    assert (answers[1]["incidents"], answers[1]["last_sequence"]) == (["another_voice"], 2)
    assert answers[1].keys() == ClipAnswer(1, True, True).to_json().keys()
    assert await in_thread(Incident._base_manager.count) == 1


async def test_one_is_under_way_and_frames_and_pings_pass_it(
    connect: Any, candidate: Any, session: Any, slow: threading.Event
) -> None:
    socket = await opened(connect, candidate, session)
    for number in range(5):
        await socket.inner.send_to(bytes_data=message(number, b"sound"))
    refused = [await socket.receive("error") for _ in range(4)]
    assert [each["clip_sequence"] for each in refused] == [1, 2, 3, 4]
    assert {(each["code"], each["retry_after_ms"]) for each in refused} == {("clip_in_flight", 1_000)}
    assert not any("sequence" in each for each in refused), "that would be a frame's"
    now = round(clock.now().timestamp() * 1000)
    await socket.inner.send_to(bytes_data=write_frame(1, now, frame(RED)))
    assert (await socket.receive("frame_result"))["analysed"] is True
    await socket.send({"type": "ping", "sent_at": 17})
    assert (await socket.receive("pong"))["sent_at"] == 17
    assert not any(each["type"] == "clip_result" for each in socket.seen)
    slow.set()
    assert (await socket.receive("clip_result"))["sequence"] == 0


async def test_what_cannot_be_taken_is_said_and_the_socket_stays(
    connect: Any, candidate: Any, session: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CLIP_MAX_BYTES = 100_000
    socket = await opened(connect, candidate, session)

    async def code(data: bytes) -> tuple[str, Any, Any]:
        await socket.inner.send_to(bytes_data=data)
        said = await socket.receive("error")
        return said["code"], said.get("clip_sequence"), said.get("retry_after_ms")

    assert await code(b"PCL1") == ("malformed", None, None)
    assert await code(message(1, b"x" * 100_001)) == ("too_large", 1, None)
    assert await code(message(2, b"no sound at all")) == ("not_a_recording", 2, None)
    with monkeypatch.context() as patch:
        patch.setattr(threads.clips, "busy", threads.clips.most)
        assert await code(message(3, b"sound")) == ("overloaded", 3, 15_000)
    assert heard.load(session.pk).taken == (), "nothing of these is marked as taken"
    await in_thread(_end, session)
    assert (await code(message(4, recording((0.5, 1.5, ANNA), seconds=2))))[:2] == ("ended", 4)


async def test_a_socket_that_closes_meanwhile_loses_nothing(
    connect: Any, candidate: Any, session: Any, slow: threading.Event
) -> None:
    socket = await opened(connect, candidate, session)
    await socket.inner.send_to(bytes_data=message(0, b"sound"))
    await socket.send({"type": "ping", "sent_at": 1})
    await socket.receive("pong")
    await socket.inner.disconnect()
    (task,) = clip_line._under_way
    slow.set()
    await asyncio.wait_for(task, 5)
    assert task.exception() is None and not clip_line._under_way
    assert threads.clips.busy == 0


async def test_a_fault_or_a_withdrawn_consent_is_an_answer(
    connect: Any, candidate: Any, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    socket = await opened(connect, candidate, session)
    faults = [ZeroDivisionError(), Conflict("No.", code="consent_missing")]

    def fail(*arguments: Any, **more: Any) -> None:
        raise faults.pop(0)

    monkeypatch.setattr(clip_line, "accept_clip", fail)
    for expected in ("server_error", "consent_missing"):
        await socket.inner.send_to(bytes_data=message(7, b"sound"))
        said = await socket.receive("error")
        assert (said["code"], said["clip_sequence"]) == (expected, 7)


def _end(session: MonitoringSession) -> None:
    MonitoringSession._base_manager.filter(pk=session.pk).update(
        state="ended", ended_at=clock.now() - timedelta(minutes=1)
    )
