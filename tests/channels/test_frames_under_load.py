"""The candidate's socket when not all pictures can be looked at: what is left out, what goes first."""

import asyncio
from typing import Any

import pytest

from accounts.tenancy import within
from proctoring import coverage
from proctoring.analysis import pace, pool
from proctoring.consumers import threads
from proctoring.consumers.candidate import SHED_HELD_MS
from tests.capture import RED, frame
from tests.channels.conftest import in_thread
from tests.channels.test_candidate_socket import address, message

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("scripted")]


async def test_two_frames_at_once_only_one_is_taken(connect: Any, candidate: Any, session: Any) -> None:
    socket = await connect(candidate, address(session.attempt))
    await socket.receive("hello")
    for number in (1, 2):
        await socket.inner.send_to(bytes_data=message(number, frame(RED)))
    codes = {(await socket.receive("frame_result"))["code"] for _ in range(2)}
    assert codes == {"", "frame_in_flight"}


async def test_a_shed_frame_is_answered_late_and_the_page_is_free_for_other_things(
    connect: Any, candidate: Any, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads.frames, "busy", threads.frames.most)  # as many as may wait
    socket = await connect(candidate, address(session.attempt))
    await socket.receive("hello")
    started = asyncio.get_running_loop().time()
    await socket.inner.send_to(bytes_data=message(1, frame(RED)))
    await socket.send({"type": "ping", "sent_at": 1})
    await socket.receive("pong")
    assert asyncio.get_running_loop().time() - started < SHED_HELD_MS / 1000
    answer = await socket.receive("frame_result")
    assert asyncio.get_running_loop().time() - started >= SHED_HELD_MS / 1000
    assert (answer["analysed"], answer["code"]) == (False, "overloaded")
    assert answer["next_frame_after_ms"] >= 1_000  # the rest of at least two seconds


async def test_a_frame_that_nobody_can_take_is_counted_for_operators_and_in_its_minute(
    connect: Any, candidate: Any, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads.frames, "busy", threads.frames.most)
    pool.start()
    socket = await connect(candidate, address(session.attempt))
    await socket.receive("hello")
    await socket.inner.send_to(bytes_data=message(1, frame(RED)))
    assert (await socket.receive("frame_result"))["code"] == "overloaded"
    figures = pool.load()
    assert figures is not None and (figures.shed, figures.analysed) == (1, 0)

    def counted() -> coverage.Minute:
        coverage.write(everything=True)
        with within(session.institution):
            return coverage.coverage_of(session).totals

    totals = await in_thread(counted)
    assert (totals.captured, totals.analysed, totals.shed) == (1, 0, 1)


async def test_who_is_in_doubt_is_looked_at_although_all_others_have_to_wait(
    connect: Any, candidate: Any, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads.frames, "busy", threads.frames.most)
    pace.note(session.pk)
    pace.looked(session.pk, 3)
    socket = await connect(candidate, address(session.attempt))
    await socket.receive("hello")
    await socket.inner.send_to(bytes_data=message(1, frame(RED)))
    answer = await socket.receive("frame_result")
    assert answer["analysed"] and not pace.goes_first(session.pk), "one face: that settles it"
