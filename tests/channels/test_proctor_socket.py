"""The proctor's socket: who gets in, live events, replay after a gap, pulse and small pictures."""

import asyncio
import base64
import time
from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.db import transaction

from accounts import sign_ins
from accounts.models import Institution
from accounts.tenancy import within
from exams.models import SittingProctor
from proctoring import supervision
from proctoring.consumers import proctor as proctor_consumer
from proctoring.evidence import custody
from proctoring.ingest.services import accept_frame
from proctoring.live import presence
from proctoring.live.publish import record_event
from proctoring.models import EvidenceItem, LiveEvent
from proctoring.models.live_event import Audience
from tests.capture import RED, FrameFeed, frame
from tests.channels.conftest import in_thread
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("scripted")]


def address(sitting: Any, after: Any = None, slug: str = "north-college") -> str:
    return f"/ws/i/{slug}/sittings/{sitting.pk}/" + ("" if after is None else f"?after={after}")


@pytest.mark.parametrize(
    ("who", "code"),
    [
        (None, 4401),
        ("candidate", 4404),
        ("second_proctor", 4404),
        ("reviewer", 4404),
        ("stranger", 4404),
        ("foreign_proctor", 4404),
        ("foreign_officer", 4404),
    ],
)
async def test_only_watchers_get_in(
    connect: Any, sitting: Any, attempt: Any, request: Any, who: str | None, code: int
) -> None:
    user = request.getfixturevalue(who) if who else None
    socket = await connect(user, address(sitting))
    assert await socket.close_code() == code


@pytest.mark.parametrize("who", ["proctor", "officer", "admin_member"])
async def test_watchers_get_in(connect: Any, sitting: Any, request: Any, who: str) -> None:
    socket = await connect(request.getfixturevalue(who), address(sitting))
    assert (await socket.receive("hello"))["last_event_id"] == 0


async def test_a_sitting_of_another_institution_is_not_there(
    connect: Any, officer: Any, other_institution: Institution
) -> None:
    foreign = await in_thread(lambda: make_sitting(make_exam(other_institution)))
    for slug in ("north-college", "south-school"):
        socket = await connect(officer, address(foreign, slug=slug))
        assert await socket.close_code() == 4404


async def test_staff_without_the_required_second_factor_stay_out(
    connect: Any, proctor: Any, sitting: Any, institution: Institution
) -> None:
    institution.requires_second_factor = True
    await in_thread(institution.save)
    socket = await connect(proctor, address(sitting))
    assert await socket.close_code() == 4403


async def test_an_incident_appears_live_with_links_for_this_viewer(
    connect: Any, proctor: Any, sitting: Any, session: Any
) -> None:
    socket = await connect(proctor, address(sitting))
    await socket.receive("hello")

    def send_frames() -> None:
        with within(session.institution):
            feed = FrameFeed(session)
            for _ in range(5):
                feed.send(frame())

    await in_thread(send_frames)
    event = await socket.event("incident.opened")
    payload = event["payload"]
    assert (payload["kind"], payload["severity"], payload["attempt"]) == (
        "no_face",
        "medium",
        session.attempt_id,
    )
    assert payload["candidate"]["name"] == "Carla Candidate"
    assert len(payload["evidence"]) >= 1
    first = payload["evidence"][0]
    assert first["url"].startswith(f"/i/north-college/evidence/{first['id']}/?link=")

    def open_it() -> Any:
        with within(session.institution):
            return custody.open_for(first["id"], first["url"].split("link=")[1], proctor)

    opened = await in_thread(open_it)
    assert opened.content_type == "image/jpeg"
    stored = await in_thread(lambda: LiveEvent._base_manager.get(pk=event["id"]).payload)
    assert "url" not in stored["evidence"][0]  # the row holds no link that somebody else could use


def _record(sitting: Any, attempt: Any, number: int) -> int:
    with within(sitting.institution), transaction.atomic():
        return record_event(
            sitting.institution,
            kind="test.event",
            payload={"number": number},
            audience=Audience.PROCTORS,
            sitting=sitting,
            attempt=attempt,
        ).pk


async def test_events_missed_while_away_are_replayed(
    connect: Any, proctor: Any, sitting: Any, attempt: Any
) -> None:
    ids = [await in_thread(_record, sitting, attempt, number) for number in range(5)]
    socket = await connect(proctor, address(sitting, after=ids[2]))
    assert (await socket.receive("hello"))["last_event_id"] == ids[-1]
    batch = await socket.receive("events")
    got = [each["id"] for each in batch["events"]]
    assert got == sorted(got)
    assert {ids[3], ids[4]} <= set(got)  # ids before come again on purpose
    await in_thread(_record, sitting, attempt, 5)
    assert (await socket.event("test.event"))["payload"]["number"] == 5


async def test_a_lower_id_that_commits_late_is_not_lost(
    connect: Any, proctor: Any, sitting: Any, attempt: Any
) -> None:
    ids = [await in_thread(_record, sitting, attempt, number) for number in range(3)]
    socket = await connect(proctor, address(sitting, after=ids[2]))
    batch = await socket.receive("events")
    assert {each["id"] for each in batch["events"]} == set(ids)


async def test_events_of_another_sitting_do_not_arrive(
    connect: Any, proctor: Any, sitting: Any, institution: Institution
) -> None:
    def other() -> int:
        elsewhere = make_sitting(make_exam(institution))
        return _record(elsewhere, None, 1)

    socket = await connect(proctor, address(sitting, after=0))
    await socket.receive("pulse")
    await in_thread(other)
    await asyncio.sleep(0.5)
    assert not any(each["type"] == "events" for each in socket.seen)
    with pytest.raises(asyncio.TimeoutError):
        await socket.receive("events", timeout=0.5)


async def test_many_events_come_in_few_batches(
    connect: Any, proctor: Any, sitting: Any, attempt: Any
) -> None:
    socket = await connect(proctor, address(sitting))
    await socket.receive("hello")

    def burst() -> float:
        with within(sitting.institution), transaction.atomic():
            for number in range(60):
                record_event(
                    sitting.institution,
                    kind="test.event",
                    payload={"number": number},
                    audience=Audience.PROCTORS,
                    sitting=sitting,
                    attempt=attempt,
                )
            return time.monotonic()  # they are sent when this transaction ends

    begun = await in_thread(burst)
    got: list[int] = []
    batches = 0
    while len(got) < 60:
        batch = await socket.receive("events")
        batches += 1
        got += [each["payload"]["number"] for each in batch["events"]]
    assert got == list(range(60))
    elapsed_s = time.monotonic() - begun
    assert batches <= 3 + elapsed_s / proctor_consumer.BATCH_EVERY_S


async def test_pulse_and_thumbnails_of_shown_tiles_only(
    connect: Any, proctor: Any, sitting: Any, session: Any, second_candidate: Any
) -> None:
    other = await in_thread(lambda: make_attempt(enrol(sitting, second_candidate)))

    def one_frame() -> None:
        with within(session.institution):
            accept_frame(session, frame(RED), sequence=4)
            presence.update(session.attempt_id, connection="c", connected=True, rtt_ms=31.4)

    await in_thread(one_frame)
    socket = await connect(proctor, address(sitting))
    pulse = await socket.receive("pulse")
    assert set(pulse["attempts"]) == {str(session.attempt_id), str(other.pk)}
    mine = pulse["attempts"][str(session.attempt_id)]
    assert (mine["connected"], mine["rtt_ms"], mine["analysed"], mine["frame_sequence"]) == (True, 31, 1, 4)
    assert pulse["attempts"][str(other.pk)]["connected"] is False
    assert not any(each["type"] == "thumbnail" for each in socket.seen)
    await socket.send({"type": "show", "attempts": [session.attempt_id, 999_999]})
    picture = await socket.receive("thumbnail")
    assert (picture["attempt"], picture["sequence"]) == (session.attempt_id, 4)
    assert base64.b64decode(picture["image"].split(",")[1])[:3] == b"\xff\xd8\xff"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("nonsense", "malformed"),
        ('{"type":"hide"}', "unknown_type"),
        ('{"type":"show","attempts":"all"}', "invalid"),
        ('{"type":"show","attempts":[true]}', "invalid"),
        ('{"type":"show","attempts":[' + ",".join(["1"] * 200) + "]}", "invalid"),
    ],
)
async def test_bad_messages_are_answered(
    connect: Any, proctor: Any, sitting: Any, text: str, code: str
) -> None:
    socket = await connect(proctor, address(sitting))
    await socket.receive("hello")
    await socket.inner.send_to(text_data=text)
    assert (await socket.receive("error"))["code"] == code
    await socket.receive("pulse")


@pytest.mark.parametrize("after", ["x", "-1", "1e3", "9" * 30])
async def test_a_wrong_after_is_named(connect: Any, proctor: Any, sitting: Any, after: str) -> None:
    socket = await connect(proctor, address(sitting, after=after))
    assert (await socket.receive("error"))["field"] == "after"


async def test_who_is_taken_off_the_sitting_is_closed_out(
    connect: Any, proctor: Any, sitting: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proctor_consumer, "TICK_S", 0.05)
    monkeypatch.setattr(proctor_consumer, "RECHECK_EVERY", 2)
    socket = await connect(proctor, address(sitting))
    await socket.receive("hello")
    await in_thread(SittingProctor._base_manager.all().delete)
    assert await socket.close_code() == 4404


async def test_a_session_that_is_ended_elsewhere_watches_no_longer(
    connect: Any, proctor: Any, sitting: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proctor_consumer, "TICK_S", 0.05)
    monkeypatch.setattr(proctor_consumer, "RECHECK_EVERY", 2)
    ended, other = await connect(proctor, address(sitting)), await connect(proctor, address(sitting))
    for each in (ended, other):
        await each.receive("hello")
    of_the_first = await in_thread(lambda: sign_ins.live_of(proctor)[-1])
    await in_thread(sign_ins.end, of_the_first)
    assert await ended.close_code() == 4401
    await other.receive("pulse")
    await other.receive("pulse")


async def test_what_one_proctor_does_the_other_sees(
    connect: Any, proctor: Any, officer: Any, sitting: Any, session: Any
) -> None:
    socket = await connect(officer, address(sitting))
    await socket.receive("hello")

    def act() -> None:
        with within(session.institution):
            supervision.pause(session.attempt, proctor=proctor, reason="Noise in the room")

    await in_thread(act)
    event = await socket.event("attempt.moved")
    assert event["attempt"] == session.attempt_id
    assert (event["payload"]["state"], event["payload"]["reason"]) == ("paused", "Noise in the room")
    assert await database_sync_to_async(EvidenceItem._base_manager.count, thread_sensitive=False)() == 0
