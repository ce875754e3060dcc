"""Live video on the sockets: who may watch whom, what passes between the two ends, and what never does."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.tenancy import across_all, within
from proctor_site.kernel import clock
from proctoring import supervision
from proctoring.consumers import candidate_live, proctor_live
from proctoring.consumers.json_socket import JsonSocket
from proctoring.identity import consent
from proctoring.meetings import services
from proctoring.meetings.providers.scripted import ScriptedProvider
from proctoring.models import Consent, LiveWatch, Meeting, Policy
from tests.channels.conftest import Socket, in_thread
from tests.channels.test_candidate_socket import address as page_of
from tests.channels.test_proctor_socket import address as wall_of
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.proctoring import make_session

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("scripted")]
NOBODY = "f" * 32


@pytest.fixture
def agreed(session: Any) -> Any:
    Consent._base_manager.update(live_video=True)
    return session


def live(kind: str, to: Any, **more: Any) -> dict[str, Any]:
    return {"type": "live", "t": kind, "to": to, **more}


async def heard(socket: Socket, kind: str) -> dict[str, Any]:
    """The next message of live video of that kind."""
    while True:
        message = await socket.receive("live")
        if message["t"] == kind:
            return message


async def quiet(socket: Socket) -> list[dict[str, Any]]:
    """What came on live video until a ping is answered."""
    await socket.send({"type": "ping", "sent_at": 1})
    first = len(socket.seen)
    await socket.receive("pong")
    return [each for each in socket.seen[first:] if each["type"] == "live"]


async def opened(connect: Any, user: Any, path: str) -> Socket:
    socket = await connect(user, path)
    await socket.receive("hello")
    return socket


def rows() -> list[LiveWatch]:
    return list(LiveWatch._base_manager.select_related("proctor__user").order_by("pk"))


async def test_a_watch_from_the_first_word_to_the_record(
    connect: Any, candidate: Any, proctor: Any, agreed: Any, settings: Any
) -> None:
    settings.ICE_URLS = ["stun:stun.example:3478"]
    attempt = agreed.attempt
    page = await opened(connect, candidate, page_of(attempt))
    wall = await opened(connect, proctor, wall_of(agreed.sitting))
    await wall.send(live("watch", attempt.pk, level="thumb"))
    watching = await heard(wall, "watching")
    assert watching["from"] == attempt.pk and watching["sound"] is False
    asked = await heard(page, "watch")
    assert asked["level"] == "thumb" and asked["sound"] is False
    assert asked["join"]["ice_servers"] == [{"urls": ["stun:stun.example:3478"]}]
    connection = asked["from"]

    await page.send(live("offer", connection, call="c1", sdp="v=0", sound=False))
    assert (await heard(wall, "offer")) | {"call": "c1", "sdp": "v=0", "from": attempt.pk} == wall.seen[-1]
    await wall.send(live("answer", attempt.pk, call="c1", sdp="v=1"))
    assert (await heard(page, "answer"))["sdp"] == "v=1"
    way = {"candidate": "candidate:1", "sdpMid": "0", "sdpMLineIndex": 0}
    await wall.send(live("ice", attempt.pk, call="c1", candidate=way))
    assert (await heard(page, "ice"))["candidate"] == way
    await wall.send(live("quality", attempt.pk, level="full", sound=False))
    assert (await heard(page, "quality"))["level"] == "full"
    # Sound was not agreed to: nobody is asked for it.
    await wall.send(live("quality", attempt.pk, level="full", sound=True))
    await wall.send(live("unwatch", attempt.pk))
    assert (await heard(page, "unwatch"))["from"] == connection
    assert not [each for each in page.seen if each.get("sound") is True]
    [row] = await in_thread(rows)
    assert row.proctor.user == proctor and row.ended_by == "proctor" and row.is_large and row.heard_at is None
    assert row.began_at <= row.ended_at
    meeting = await in_thread(Meeting._base_manager.get)
    assert (meeting.state, meeting.provider) == ("open", "peer")


async def test_sound_is_heard_only_where_the_candidate_agreed_and_it_is_written_down(
    connect: Any, candidate: Any, proctor: Any, agreed: Any
) -> None:
    await in_thread(Consent._base_manager.update, microphone=True)
    page = await opened(connect, candidate, page_of(agreed.attempt))
    wall = await opened(connect, proctor, wall_of(agreed.sitting))
    await wall.send(live("watch", agreed.attempt.pk, level="full"))
    assert (await heard(wall, "watching"))["sound"] is True
    await wall.send(live("quality", agreed.attempt.pk, level="full", sound=True))
    assert (await heard(page, "quality"))["sound"] is True
    [row] = await in_thread(rows)
    assert row.heard_at is not None and row.ended_at is None


async def test_both_sides_find_each_other_again(
    connect: Any, candidate: Any, proctor: Any, agreed: Any
) -> None:
    attempt = agreed.attempt
    wall = await opened(connect, proctor, wall_of(agreed.sitting))
    page = await opened(connect, candidate, page_of(attempt))
    await wall.send(live("watch", attempt.pk, level="full"))
    await heard(page, "watch")
    await page.inner.disconnect()
    assert (await heard(wall, "gone"))["from"] == attempt.pk
    page = await opened(connect, candidate, page_of(attempt))
    await page.send({"type": "live", "t": "here"})
    assert (await heard(page, "watch"))["level"] == "full"
    assert len(await in_thread(rows)) == 1, "the same watch goes on"
    # The proctor's page is reloaded: the old one is told to be gone, the new one watches anew.
    await wall.inner.disconnect()
    await heard(page, "unwatch")
    wall = await opened(connect, proctor, wall_of(agreed.sitting))
    await wall.send(live("watch", attempt.pk, level="full"))
    await heard(page, "watch")
    assert [each.ended_by for each in await in_thread(rows)] == ["page_gone", ""]


async def test_candidates_reach_nobody_who_does_not_watch_them(
    connect: Any, candidate: Any, second_candidate: Any, proctor: Any, agreed: Any
) -> None:
    def other() -> Any:
        return make_attempt(enrol(agreed.sitting, second_candidate))

    attempt, foreign = agreed.attempt, await in_thread(other)
    page = await opened(connect, candidate, page_of(attempt))
    rogue = await opened(connect, second_candidate, page_of(foreign))
    wall = await opened(connect, proctor, wall_of(agreed.sitting))
    await wall.send(live("watch", attempt.pk, level="thumb"))
    connection = (await heard(page, "watch"))["from"]
    for message in (
        live("watch", attempt.pk, level="full"),
        live("unwatch", attempt.pk),
        live("offer", connection, call="c1", sdp="v=0", sound=False),
        live("offer", NOBODY, call="c1", sdp="v=0", sound=False),
        live("offer", connection, call="c1", sdp="v=0", sound=False) | {"from": attempt.pk},
        live("failed", connection, code="camera"),
    ):
        await rogue.send(message)
    assert await quiet(rogue) == [] and await quiet(page) == []
    await page.send(live("failed", connection, code="camera"))
    assert (await heard(wall, "failed"))["code"] == "camera", "the first that arrives is the true one"


@pytest.mark.parametrize("who", ["foreign", "unwatched", "own", "practice", "unknown"])
async def test_only_candidates_of_the_own_sitting_can_be_watched(
    connect: Any,
    proctor: Any,
    candidate: Any,
    agreed: Any,
    other_institution: Any,
    foreign_candidate: Any,
    who: str,
) -> None:
    def target() -> int:
        if who == "foreign":
            return make_session(
                make_attempt(enrol(make_sitting(make_exam(other_institution)), foreign_candidate))
            ).attempt_id
        if who == "unwatched":
            return make_attempt(enrol(make_sitting(make_exam(agreed.institution)), candidate)).pk
        if who == "own":
            return make_attempt(enrol(agreed.sitting, proctor)).pk
        if who == "practice":
            type(agreed.sitting)._base_manager.update(is_practice=True)
        return agreed.attempt_id if who == "practice" else agreed.attempt_id + 1_000

    attempt_id = await in_thread(target)
    wall = await connect(proctor, wall_of(agreed.sitting))
    await wall.receive("hello")
    await wall.send(live("watch", attempt_id, level="thumb"))
    refused = await heard(wall, "refused")
    assert refused["code"] == {"own": "own_attempt"}.get(who, "not_found")
    await wall.send(live("ice", attempt_id, call="a", candidate={"candidate": "x"}))
    assert await in_thread(rows) == []


async def test_nobody_is_watched_without_having_agreed(
    connect: Any, candidate: Any, proctor: Any, agreed: Any, settings: Any
) -> None:
    attempt = agreed.attempt
    page = await opened(connect, candidate, page_of(attempt))
    wall = await opened(connect, proctor, wall_of(agreed.sitting))

    async def refusal() -> str:
        await wall.send(live("watch", attempt.pk, level="thumb"))
        return str((await heard(wall, "refused"))["code"])

    await in_thread(Consent._base_manager.update, live_video=False)
    assert await refusal() == "no_consent", "their notice did not name it"
    await in_thread(Consent._base_manager.update, live_video=True)
    settings.LIVE_PROVIDER = "off"
    assert await refusal() == "live_off"
    settings.LIVE_PROVIDER = "peer"
    off = await in_thread(
        Policy._base_manager.create,
        institution=agreed.institution,
        name="x",
        is_default=True,
        live_video=False,
    )
    assert await refusal() == "live_off"
    await in_thread(off.delete)
    await wall.send(live("watch", attempt.pk, level="thumb"))
    await heard(page, "watch")

    def withdraw() -> None:
        with within(agreed.institution):
            consent.withdraw(attempt, candidate=candidate)

    await in_thread(withdraw)
    assert (await heard(wall, "ended"))["code"] == "withdrawn"
    await heard(page, "unwatch")
    assert await refusal() == "no_consent"
    assert [each.ended_by for each in await in_thread(rows)] == ["withdrawn"]


async def test_the_end_of_the_attempt_ends_every_watch(
    connect: Any, candidate: Any, proctor: Any, agreed: Any
) -> None:
    page = await opened(connect, candidate, page_of(agreed.attempt))
    wall = await opened(connect, proctor, wall_of(agreed.sitting))
    await wall.send(live("watch", agreed.attempt.pk, level="thumb"))
    await heard(page, "watch")

    def terminate() -> None:
        with within(agreed.institution):
            supervision.terminate(agreed.attempt, proctor=proctor, reason="Left the room.")

    await in_thread(terminate)
    assert (await heard(wall, "ended"))["code"] == "attempt_ended"
    await wall.send(live("watch", agreed.attempt.pk, level="thumb"))
    assert (await heard(wall, "refused"))["code"] == "not_running"


async def test_only_so_many_watch_one_candidate(
    connect: Any, candidate: Any, proctor: Any, officer: Any, agreed: Any, settings: Any
) -> None:
    settings.LIVE_MOST_WATCHERS = 1
    first = await opened(connect, proctor, wall_of(agreed.sitting))
    second = await opened(connect, officer, wall_of(agreed.sitting))
    await first.send(live("watch", agreed.attempt.pk, level="thumb"))
    await heard(first, "watching")
    await second.send(live("watch", agreed.attempt.pk, level="thumb"))
    assert (await heard(second, "refused"))["code"] == "live_full"
    await first.inner.disconnect()
    await second.send(live("watch", agreed.attempt.pk, level="thumb"))
    await heard(second, "watching")


async def test_floods_and_giants_are_refused(
    connect: Any, candidate: Any, proctor: Any, agreed: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(candidate_live, "_BURST", 5)
    monkeypatch.setattr(proctor_live, "_BURST", 5)
    for user, path in ((candidate, page_of(agreed.attempt)), (proctor, wall_of(agreed.sitting))):
        socket = await opened(connect, user, path)
        await socket.inner.send_to(text_data='{"type":"live","x":"' + "x" * 33_000 + '"}')
        assert (await socket.receive("error"))["code"] == "malformed"
        for _ in range(6):
            await socket.send(live("unwatch", 1))
        assert await socket.close_code() == 4429


async def test_a_provider_that_is_down_interrupts_the_meeting_and_nothing_else(
    connect: Any, proctor: Any, agreed: Any, settings: Any
) -> None:
    settings.LIVE_PROVIDER = "scripted"
    ScriptedProvider.meetings.clear()
    wall = await opened(connect, proctor, wall_of(agreed.sitting))
    await wall.send(live("watch", agreed.attempt.pk, level="thumb"))
    joined = (await heard(wall, "watching"))["join"]
    assert joined["tokens"]["join"].startswith("proctor:proctor-")
    ScriptedProvider.is_down = True
    try:
        await wall.send(live("watch", agreed.attempt.pk, level="thumb"))
        assert (await heard(wall, "refused"))["code"] == "live_unavailable"
        assert (await in_thread(Meeting._base_manager.get)).state == "interrupted"
    finally:
        ScriptedProvider.is_down = False
    await wall.send(live("watch", agreed.attempt.pk, level="thumb"))
    await heard(wall, "watching")
    assert (await in_thread(Meeting._base_manager.get)).state == "open"


async def test_the_sweep_ends_what_nobody_ended(connect: Any, proctor: Any, agreed: Any) -> None:
    wall = await opened(connect, proctor, wall_of(agreed.sitting))
    await wall.send(live("watch", agreed.attempt.pk, level="thumb"))
    await heard(wall, "watching")

    def sweep_later() -> tuple[LiveWatch, str]:
        now = clock.now()
        LiveWatch._base_manager.update(seen_at=now - 2 * services.STALE_AFTER)
        type(agreed.sitting)._base_manager.update(closes_at=now - timedelta(hours=1))
        with across_all():
            services.close_due()
            assert Meeting._base_manager.get().state == "open", "somebody is still working"
            type(agreed.attempt)._base_manager.update(state="submitted")
            services.close_due()
        return LiveWatch._base_manager.get(), Meeting._base_manager.get().state

    watch, state = await in_thread(sweep_later)
    assert (watch.ended_by, watch.ended_at, state) == ("lost", watch.seen_at, "ended")


async def test_a_message_to_a_page_that_has_just_gone_ends_nothing() -> None:
    class Gone(JsonSocket):
        async def send(self, *arguments: Any, **more: Any) -> None:
            raise OSError("the client has disconnected")

    socket = Gone()
    socket.open = True
    await socket.send_message({"type": "live"})
    assert socket.open, "its disconnect still has work to do"
