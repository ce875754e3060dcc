"""Private calls on the sockets: ring, accept, talk, end; who may call whom; and who hears nothing of it."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import AuditEntry
from accounts.tenancy import across_all, within
from proctor_site.kernel import clock
from proctoring import supervision
from proctoring.consumers import proctor_calls
from proctoring.identity import consent
from proctoring.meetings import calls
from proctoring.models import Call, Consent, Policy
from tests.channels.conftest import LONG_S, Socket, in_thread
from tests.channels.test_candidate_socket import address as page_of
from tests.channels.test_live_video import opened
from tests.channels.test_proctor_socket import address as wall_of
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.proctoring import make_session

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("scripted")]
WAY = {"candidate": "candidate:1", "sdpMid": "0", "sdpMLineIndex": 0}


def say(t: str, **more: Any) -> dict[str, Any]:
    return {"type": "call", "t": t, **more}


async def heard(socket: Socket, kind: str) -> dict[str, Any]:
    """The next message about a call of that kind."""
    async with asyncio.timeout(10):
        while True:
            message = await socket.receive("call")
            if message["t"] == kind:
                return message


async def told(socket: Socket, state: str) -> dict[str, Any]:
    """What the next events say of a call in that state."""
    async with asyncio.timeout(LONG_S):  # a proctor's socket is never silent
        while True:
            message = await socket.inner.receive_json_from(timeout=LONG_S)
            socket.seen.append(message)
            for each in message.get("events", [message]):
                if each.get("kind") == calls.CHANGED and each["payload"]["state"] == state:
                    return each["payload"]


async def about_calls(socket: Socket) -> list[dict[str, Any]]:
    """Everything about calls that a candidate's page has been sent until a ping is answered."""
    await socket.send({"type": "ping", "sent_at": 1})
    await socket.receive("pong")
    return [each for each in socket.seen if each["type"] == "call" or each.get("kind") == calls.CHANGED]


async def ring(wall: Socket, attempt: Any, kind: str = "voice") -> int:
    await wall.send(say("ask", to=attempt.pk, kind=kind))
    return int((await heard(wall, "joined"))["call"])


async def talking(wall: Socket, page: Socket, attempt: Any) -> int:
    call = await ring(wall, attempt)
    await told(page, "ringing")
    await page.send(say("accept", call=call))
    await heard(page, "joined")
    await told(wall, "open")
    return call


def rows() -> list[Call]:
    return list(Call._base_manager.order_by("pk"))


async def test_a_call_from_the_ringing_to_the_record_and_others_hear_nothing(
    connect: Any,
    candidate: Any,
    second_candidate: Any,
    proctor: Any,
    officer: Any,
    session: Any,
    settings: Any,
) -> None:
    settings.ICE_URLS = ["stun:stun.example:3478"]
    attempt = session.attempt
    other = await in_thread(lambda: make_attempt(enrol(session.sitting, second_candidate)))
    page = await opened(connect, candidate, page_of(attempt))
    bystander = await opened(connect, second_candidate, page_of(other))
    wall = await opened(connect, proctor, wall_of(session.sitting))
    colleague = await opened(connect, officer, wall_of(session.sitting))

    await wall.send(say("ask", to=attempt.pk, kind="video"))
    joined = await heard(wall, "joined")
    assert joined["join"]["ice_servers"] == [{"urls": ["stun:stun.example:3478"]}]
    assert (joined["state"], joined["kind"], joined["recorded"]) == ("ringing", "video", False)
    rings = await told(page, "ringing")
    assert (rings["proctor"], rings["kind"], rings["recorded"]) == (str(proctor), "video", False)
    await page.send(say("ready", call=rings["call"], link="early"))  # nothing passes before it is accepted
    await page.send(say("accept", call=rings["call"]))
    assert (await heard(page, "joined"))["join"]["provider"] == "peer"
    seen = await told(colleague, "open")
    assert (seen["proctor"]["name"], seen["candidate"]["name"]) == (str(proctor), str(candidate))

    await page.send(say("ready", call=rings["call"], link="a1"))
    assert (await heard(wall, "ready"))["link"] == "a1"
    await wall.send(say("offer", call=rings["call"], link="a1", sdp="v=0"))
    assert (await heard(page, "offer"))["sdp"] == "v=0"
    await page.send(say("answer", call=rings["call"], link="a1", sdp="v=1"))
    assert (await heard(wall, "answer"))["sdp"] == "v=1"
    await wall.send(say("ice", call=rings["call"], link="a1", candidate=WAY))
    assert (await heard(page, "ice"))["candidate"] == WAY
    await page.send(say("end", call=rings["call"]))
    assert (await told(wall, "ended"))["ended_by"] == "candidate"
    await wall.send(say("media", call=rings["call"], sound=True, picture=False))

    assert await about_calls(bystander) == []
    [row] = await in_thread(rows)
    assert (row.state, row.ended_by, row.proctor_id) == ("ended", "candidate", proctor.pk)
    assert row.asked_at <= row.answered_at <= row.ended_at and row.seconds >= 0
    verbs = await in_thread(lambda: set(AuditEntry._base_manager.values_list("verb", flat=True)))
    assert {"attempt.called", "call.answer", "call.end"} <= verbs


async def test_nobody_gets_into_the_call_of_others(
    connect: Any, candidate: Any, second_candidate: Any, proctor: Any, officer: Any, session: Any
) -> None:
    other = await in_thread(lambda: make_attempt(enrol(session.sitting, second_candidate)))
    page = await opened(connect, candidate, page_of(session.attempt))
    rogue = await opened(connect, second_candidate, page_of(other))
    wall = await opened(connect, proctor, wall_of(session.sitting))
    colleague = await opened(connect, officer, wall_of(session.sitting))
    call = await ring(wall, session.attempt)
    await told(page, "ringing")
    await rogue.send(say("accept", call=call))
    assert (await heard(rogue, "refused"))["code"] == "not_found"
    await rogue.send(say("ask", to=session.attempt_id, kind="voice"))  # candidates call nobody
    await page.send(say("accept", call=call))
    await heard(page, "joined")
    for message in (
        say("offer", call=call, link="x", sdp="v=0"),
        say("offer", call=call, link="x", sdp="v=0") | {"from": session.attempt_id},
        say("end", call=call),
    ):
        await rogue.send(message)
    assert (await heard(rogue, "refused"))["code"] == "not_found"
    await colleague.send(say("offer", call=call, link="x", sdp="v=0"))
    for kind in ("end", "resume"):
        await colleague.send(say(kind, call=call))
        assert (await heard(colleague, "refused"))["code"] == "not_found"
    await colleague.send(say("ask", to=session.attempt_id, kind="voice"))
    refused = await heard(colleague, "refused")
    assert refused["code"] == "in_a_call" and str(proctor) in refused["detail"]
    await wall.send(say("ask", to=other.pk, kind="voice"))
    assert (await heard(wall, "refused"))["code"] == "in_a_call", "one call of a proctor at a time"
    await wall.send(say("ready", call=call, link="true"))
    assert (await heard(page, "ready"))["link"] == "true", "the first that arrives is the proctor's"
    assert [each.state for each in await in_thread(rows)] == ["open"]


@pytest.mark.parametrize("who", ["foreign", "unwatched", "own", "practice", "ended", "off"])
async def test_only_running_candidates_of_the_own_sitting_can_be_called(
    connect: Any,
    proctor: Any,
    candidate: Any,
    session: Any,
    other_institution: Any,
    foreign_candidate: Any,
    settings: Any,
    who: str,
) -> None:
    def target() -> int:
        if who == "foreign":
            sitting = make_sitting(make_exam(other_institution))
            return make_session(make_attempt(enrol(sitting, foreign_candidate))).attempt_id
        if who == "unwatched":
            return make_attempt(enrol(make_sitting(make_exam(session.institution)), candidate)).pk
        if who == "own":
            return make_attempt(enrol(session.sitting, proctor)).pk
        if who == "practice":
            type(session.sitting)._base_manager.update(is_practice=True)
        if who == "ended":
            type(session.attempt)._base_manager.update(state="submitted")
        return int(session.attempt_id)

    attempt_id = await in_thread(target)
    if who == "off":
        settings.LIVE_PROVIDER = "off"
    wall = await opened(connect, proctor, wall_of(session.sitting))
    await wall.send(say("ask", to=attempt_id, kind="voice"))
    expected = {"own": "own_attempt", "ended": "not_running", "off": "live_off"}
    assert (await heard(wall, "refused"))["code"] == expected.get(who, "not_found")
    assert await in_thread(rows) == []


async def test_declined_missed_and_taken_back(
    connect: Any, candidate: Any, proctor: Any, session: Any
) -> None:
    page = await opened(connect, candidate, page_of(session.attempt))
    wall = await opened(connect, proctor, wall_of(session.sitting))
    await page.send(say("decline", call=await ring(wall, session.attempt)))
    await told(wall, "declined")
    taken_back = await ring(wall, session.attempt)
    await wall.send(say("end", call=taken_back))
    assert (await told(page, "missed"))["call"] == taken_back
    late = await ring(wall, session.attempt)

    def later() -> None:
        with clock.at(clock.now() + timedelta(seconds=calls.RING_S + 6)), across_all():
            calls.close_due()

    await in_thread(later)
    assert (await told(page, "missed"))["call"] == late
    await page.send(say("accept", call=late))
    assert (await heard(page, "refused"))["code"] == "call_over"
    expected = [("declined", "candidate"), ("missed", "proctor"), ("missed", "no_answer")]
    assert [(each.state, each.ended_by) for each in await in_thread(rows)] == expected


async def test_reloaded_pages_go_on_and_a_page_that_stays_away_ends_it(
    connect: Any, candidate: Any, proctor: Any, session: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(proctor_calls, "GRACE_S", 0.05)
    page = await opened(connect, candidate, page_of(session.attempt))
    wall = await opened(connect, proctor, wall_of(session.sitting))
    call = await talking(wall, page, session.attempt)
    await page.inner.disconnect()
    assert (await heard(wall, "gone"))["call"] == call
    page = await opened(connect, candidate, page_of(session.attempt))
    assert (await told(page, "open"))["call"] == call
    await page.send(say("accept", call=call))
    await heard(page, "joined")

    again = await opened(connect, proctor, wall_of(session.sitting))
    assert (await heard(again, "yours"))["call"] == call
    await again.send(say("resume", call=call))
    await heard(again, "joined")
    assert (await heard(wall, "moved"))["call"] == call
    await again.send(say("hello", call=call))
    await heard(page, "hello")
    await page.send(say("ready", call=call, link="b2"))
    assert (await heard(again, "ready"))["link"] == "b2"
    await wall.inner.disconnect()  # the old page: the call is not its any more
    await again.inner.disconnect()
    assert (await heard(page, "gone"))["call"] == call
    assert (await told(page, "ended"))["ended_by"] == "page_gone"


async def test_a_page_whose_server_was_killed_is_found_by_the_sweep(
    connect: Any, candidate: Any, proctor: Any, session: Any
) -> None:
    page = await opened(connect, candidate, page_of(session.attempt))
    wall = await opened(connect, proctor, wall_of(session.sitting))
    await talking(wall, page, session.attempt)

    def later() -> None:
        Call._base_manager.update(seen_at=clock.now() - 2 * calls.STALE_AFTER)
        with across_all():
            calls.close_due()

    await in_thread(later)
    assert (await told(page, "ended"))["ended_by"] == "lost"
    [row] = await in_thread(rows)
    assert row.ended_at == row.answered_at, "nobody was heard of after that"


@pytest.mark.parametrize("what", ["withdrawn", "attempt_ended"])
async def test_withdrawal_and_the_end_of_the_exam_end_it(
    connect: Any, candidate: Any, proctor: Any, session: Any, what: str
) -> None:
    page = await opened(connect, candidate, page_of(session.attempt))
    wall = await opened(connect, proctor, wall_of(session.sitting))
    await talking(wall, page, session.attempt)

    def act() -> None:
        with within(session.institution):
            if what == "withdrawn":
                consent.withdraw(session.attempt, candidate=candidate)
            else:
                supervision.terminate(session.attempt, proctor=proctor, reason="Left the room.")

    await in_thread(act)
    assert (await told(page, "ended"))["ended_by"] == what
    assert (await told(wall, "ended"))["ended_by"] == what


async def test_recorded_only_by_policy_and_consent_and_said_before(
    connect: Any, candidate: Any, proctor: Any, session: Any
) -> None:
    page = await opened(connect, candidate, page_of(session.attempt))
    wall = await opened(connect, proctor, wall_of(session.sitting))

    async def is_recorded() -> bool:
        call = await ring(wall, session.attempt)
        rings = await told(page, "ringing")
        await page.send(say("decline", call=call))
        await told(wall, "declined")
        return bool(rings["recorded"])

    make = {"institution": session.institution, "name": "x", "is_default": True, "record_calls": True}
    await in_thread(Policy._base_manager.create, **make)
    assert not await is_recorded(), "their notice did not say so"
    await in_thread(Consent._base_manager.update, call_recording=True)
    assert await is_recorded()
    await in_thread(Policy._base_manager.update, record_calls=False)
    assert not await is_recorded(), "the policy does not ask for it any more"


async def test_a_flood_closes_the_socket(
    connect: Any, candidate: Any, session: Any, monkeypatch: Any
) -> None:
    page = await opened(connect, candidate, page_of(session.attempt))
    for _ in range(proctor_calls.BURST + 30):
        await page.send(say("ready", call=1, link="a"))
    assert await page.close_code() == 4429
