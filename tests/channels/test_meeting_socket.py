"""The socket of a meeting of its own: who comes in, who meets whom, and what never passes."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import AuditEntry
from accounts.services.memberships import end_membership
from accounts.tenancy import across_all, within
from proctor_site.kernel import clock
from proctoring.consumers import meeting as consumer
from proctoring.meetings.own import invitations, making, room
from proctoring.models import Meeting, MeetingInvitation, MeetingStay, Participant
from tests.channels.conftest import Socket, in_thread
from tests.factories.meetings import agree, invitation_of, make_interview

pytestmark = pytest.mark.django_db(transaction=True)
NOBODY = "f" * 32


@pytest.fixture
def meeting(institution: Any, proctor: Any, candidate: Any, second_candidate: Any) -> Meeting:
    made = make_interview(institution, proctor, candidate, second_candidate, title="Interview")
    agree(made, candidate, second_candidate)
    return made


def address(meeting: Meeting) -> str:
    return f"/ws/i/{meeting.institution.slug}/meetings/{meeting.pk}/"


async def opened(connect: Any, user: Any, meeting: Meeting) -> tuple[Socket, str]:
    """The socket and the name that the server gave to its page."""
    socket = await connect(user, address(meeting))
    hello = await socket.receive("hello")
    await socket.receive("room")
    return socket, hello["connection"]


async def seen(socket: Socket, wanted: Any) -> dict[str, Any]:
    """The next news of who is there that is as wanted."""
    while True:
        news = await socket.receive("room")
        if wanted(news):
            return news


async def refused(connect: Any, user: Any, meeting: Meeting) -> tuple[str, int]:
    """The code that is said, and the code with which the socket closes."""
    socket = await connect(user, address(meeting))
    said = await socket.receive("error")
    return said["code"], await socket.close_code()


async def error_after(socket: Socket, message: dict[str, Any]) -> tuple[str, str | None]:
    await socket.send(message)
    said = await socket.receive("error")
    return said["code"], said.get("field")


async def quiet(socket: Socket) -> list[dict[str, Any]]:
    """What another page said until a ping is answered."""
    await socket.send({"type": "ping", "sent_at": 1})
    first = len(socket.seen)
    await socket.receive("pong")
    return [each for each in socket.seen[first:] if each["type"] == "live"]


def say(kind: str, to: str, **more: Any) -> dict[str, Any]:
    return {"type": "live", "t": kind, "to": to, **more}


async def test_a_candidate_waits_is_let_in_talks_and_is_put_out(
    connect: Any, proctor: Any, candidate: Any, meeting: Meeting, settings: Any
) -> None:
    settings.ICE_URLS = ["stun:stun.example:3478"]
    page = await connect(candidate, address(meeting))
    hello = await page.receive("hello")
    assert hello["join"]["ice_servers"] == [{"urls": ["stun:stun.example:3478"]}]
    waiting = await page.receive("room")
    assert waiting["is_in"] is False and waiting["peers"] == [] and waiting["host_is_here"] is False
    host, host_page = await opened(connect, proctor, meeting)
    assert (await seen(page, lambda news: news["host_is_here"]))["peers"] == [], "a host is not named yet"
    invitation = await in_thread(invitation_of, meeting, candidate)
    await host.send({"type": "let_in", "invitation": invitation.pk})
    inside = await seen(page, lambda news: news["is_in"])
    assert inside["peers"] == [{"connection": host_page, "name": "Petra Proctor", "part": "host"}]
    there = await seen(host, lambda news: news["peers"])
    assert there["peers"] == [
        {"connection": hello["connection"], "name": "Carla Candidate", "part": "candidate"}
    ]

    await page.send(say("ready", host_page, link="a1"))
    heard = await host.receive("live")
    assert heard == {"type": "live", "t": "ready", "link": "a1", "from": hello["connection"]}
    await host.send(say("offer", hello["connection"], link="a1", sdp="v=0"))
    assert (await page.receive("live"))["sdp"] == "v=0"

    await host.send({"type": "put_out", "invitation": invitation.pk})
    assert (await seen(page, lambda news: not news["is_in"]))["peers"] == []
    await page.send(say("ready", host_page, link="a2"))
    await host.send(say("offer", hello["connection"], link="a2", sdp="v=0"))
    assert await quiet(page) == [] and await quiet(host) == []
    found = await in_thread(lambda: Meeting._base_manager.get(pk=meeting.pk))
    assert found.state == "open" and found.opened_at is not None


async def test_two_candidates_never_meet_and_never_learn_of_each_other(
    connect: Any, proctor: Any, candidate: Any, second_candidate: Any, meeting: Meeting
) -> None:
    host, host_page = await opened(connect, proctor, meeting)
    page, one = await opened(connect, candidate, meeting)
    rogue, two = await opened(connect, second_candidate, meeting)
    first = await in_thread(invitation_of, meeting, candidate)
    second = await in_thread(invitation_of, meeting, second_candidate)
    await host.send({"type": "let_in", "invitation": first.pk})
    await seen(page, lambda news: news["is_in"])
    assert (await error_after(host, {"type": "let_in", "invitation": second.pk}))[0] == "occupied"
    # Even with the names of the pages in hand, nothing passes.
    for to in (one, host_page, NOBODY):
        await rogue.send(say("offer", to, link="x", sdp="v=0"))
        await rogue.send(say("hello", to))
    await page.send(say("offer", two, link="x", sdp="v=0"))
    assert await quiet(page) == [] and await quiet(rogue) == [] and await quiet(host) == []
    told = str(rogue.seen)
    assert "Carla" not in told and one not in told and "invitation" not in told
    assert not any("candidates" in each for each in [*rogue.seen, *page.seen]), "no list, no number"


async def test_a_candidate_becomes_no_host_by_any_message(
    connect: Any, proctor: Any, candidate: Any, meeting: Meeting
) -> None:
    host, host_page = await opened(connect, proctor, meeting)
    page, own = await opened(connect, candidate, meeting)
    invitation = await in_thread(invitation_of, meeting, candidate)
    for kind in ("let_in", "put_out"):
        asked = {"type": kind, "invitation": invitation.pk, "part": "host"}
        assert await error_after(page, asked) == ("hosts_only", None)
    assert (await error_after(page, {"type": "end"}))[0] == "hosts_only"
    assert await error_after(page, {"type": "host"}) == ("unknown_type", "type")
    assert await error_after(page, {"type": "let_in", "invitation": "1"}) == ("invalid", "invitation")
    await host.send({"type": "let_in", "invitation": invitation.pk})
    await seen(page, lambda news: news["is_in"])
    await seen(host, lambda news: news["peers"])
    # Who it is from is what the server knows.
    await page.send(say("hello", host_page) | {"from": NOBODY})
    await page.send(say("let_in", host_page))
    assert await quiet(host) == []
    await page.send(say("media", host_page, sound=True, picture=True, name="the host"))
    heard = await host.receive("live")
    assert heard == {"type": "live", "t": "media", "sound": True, "picture": True, "from": own}
    assert await error_after(page, say("ice", host_page, link="a", candidate="x")) == ("invalid", "candidate")
    assert await error_after(page, say("hello", "everybody")) == ("invalid", "to")


async def test_who_may_not_come_in_is_told_why(
    connect: Any, institution: Any, proctor: Any, candidate: Any, meeting: Meeting, settings: Any
) -> None:
    later = clock.now() + timedelta(hours=3)

    def others() -> tuple[Meeting, Meeting]:
        early = make_interview(
            institution, proctor, candidate, opens_at=later, closes_at=later + timedelta(hours=1)
        )
        agree(early, candidate)
        return early, make_interview(institution, proctor, candidate)

    early, unread = await in_thread(others)
    assert await refused(connect, candidate, early) == ("too_early", consumer.NOT_NOW)
    assert await refused(connect, candidate, unread) == ("no_consent", consumer.NOT_NOW)
    await opened(connect, proctor, early)  # hosts may prepare
    settings.LIVE_PROVIDER = "off"
    assert await refused(connect, candidate, meeting) == ("live_off", consumer.NOT_NOW)
    settings.LIVE_PROVIDER = "peer"
    await in_thread(making.cancel_meeting, meeting, actor=proctor)
    assert await refused(connect, candidate, meeting) == ("meeting_cancelled", consumer.NOT_NOW)


async def test_a_newer_page_of_the_same_person_takes_over_and_stays_let_in(
    connect: Any, proctor: Any, candidate: Any, meeting: Meeting
) -> None:
    host, _ = await opened(connect, proctor, meeting)
    page, old = await opened(connect, candidate, meeting)
    invitation = await in_thread(invitation_of, meeting, candidate)
    await host.send({"type": "let_in", "invitation": invitation.pk})
    await seen(page, lambda news: news["is_in"])
    again = await connect(candidate, address(meeting))
    new = (await again.receive("hello"))["connection"]
    assert (await again.receive("room"))["is_in"] is True, "a reload leads back into the room"
    assert await page.close_code() == consumer.SENT_AWAY
    assert await seen(host, lambda news: [each["connection"] for each in news["peers"]] == [new])

    def left() -> list[tuple[str, bool]]:
        people = Participant._base_manager.order_by("pk")
        return [(each.part, each.left_at is not None) for each in people]

    def rows() -> list[tuple[str, str]]:
        stays = MeetingStay._base_manager.order_by("pk").select_related("participant")
        return [(each.participant.part, each.ended_by) for each in stays]

    assert await in_thread(rows) == [("host", ""), ("candidate", "taken_over"), ("candidate", "")]
    assert old != new
    assert await in_thread(left) == [("host", False), ("candidate", False)]
    await again.inner.disconnect()
    await seen(host, lambda news: not news["peers"])
    assert await in_thread(left) == [("host", False), ("candidate", True)]


async def test_whoever_may_not_stay_is_sent_away_at_once(
    connect: Any, institution: Any, proctor: Any, candidate: Any, second_candidate: Any, meeting: Meeting
) -> None:
    host, _ = await opened(connect, proctor, meeting)
    page, _ = await opened(connect, candidate, meeting)
    other, _ = await opened(connect, second_candidate, meeting)
    invitation = await in_thread(invitation_of, meeting, candidate)
    await host.send({"type": "let_in", "invitation": invitation.pk})
    await seen(page, lambda news: news["is_in"])
    await in_thread(invitations.revoke, invitation, actor=proctor)
    assert await page.close_code() == consumer.SENT_AWAY
    back = await connect(candidate, address(meeting))
    assert await back.close_code() == 4404
    await seen(host, lambda news: not news["peers"])
    await host.send({"type": "end"})
    assert await other.close_code() == consumer.SENT_AWAY
    assert await host.close_code() == consumer.SENT_AWAY

    def left() -> tuple[int, int, set[str]]:
        with across_all():
            verbs = set(AuditEntry.objects.filter(institution=institution).values_list("verb", flat=True))
        inside = MeetingInvitation._base_manager.exclude(let_in_at=None).count()
        return MeetingStay._base_manager.filter(ended_at=None).count(), inside, verbs

    stays, inside, verbs = await in_thread(left)
    assert (stays, inside) == (0, 0)
    assert {"meeting.joined", "meetinginvitation.let_in", "meetinginvitation.revoked", "meeting.end"} <= verbs


async def test_a_right_that_is_lost_ends_the_stay(
    connect: Any, institution: Any, admin_member: Any, candidate: Any, meeting: Meeting, monkeypatch: Any
) -> None:
    monkeypatch.setattr(consumer, "RECHECK_S", 0.05)
    page, _ = await opened(connect, candidate, meeting)

    def lose() -> None:
        with within(institution):
            end_membership(candidate.memberships.get(), actor=admin_member)

    await in_thread(lose)
    assert await page.close_code() in (4404, consumer.SENT_AWAY)


async def test_a_new_host_meets_the_candidate_only_once_the_candidate_has_agreed(
    connect: Any, institution: Any, proctor: Any, reviewer: Any, candidate: Any, meeting: Meeting
) -> None:
    host, _ = await opened(connect, proctor, meeting)
    page, own = await opened(connect, candidate, meeting)
    invitation = await in_thread(invitation_of, meeting, candidate)
    await host.send({"type": "let_in", "invitation": invitation.pk})
    await seen(page, lambda news: news["is_in"])
    await in_thread(
        making.change_meeting, meeting, title="Interview", hosts=[proctor, reviewer], actor=proctor
    )
    assert len((await seen(page, lambda news: news["asks"]))["peers"]) == 1
    second, _ = await opened(connect, reviewer, meeting)
    assert [each["part"] for each in second.seen[-1]["peers"]] == ["host"]
    await in_thread(agree, meeting, candidate)
    await in_thread(room.tell_changed, meeting)
    assert len((await seen(page, lambda news: not news["asks"]))["peers"]) == 2
    assert await seen(second, lambda news: own in [each["connection"] for each in news["peers"]])


async def test_floods_and_rubbish_are_survived_or_end_the_socket(
    connect: Any, candidate: Any, meeting: Meeting
) -> None:
    page, _ = await opened(connect, candidate, meeting)
    await page.inner.send_to(text_data="not json")
    assert (await page.receive("error"))["code"] == "malformed"
    assert (await error_after(page, {"type": "live", "t": "offer", "to": NOBODY, "sdp": "x" * 40_000}))[
        0
    ] == "malformed"
    for _ in range(consumer._BURST + 50):
        await page.send(say("hello", NOBODY))
    assert await page.close_code() == consumer.FLOOD
