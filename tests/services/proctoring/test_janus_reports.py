"""What Janus reports: with its secret alone, each report once, and about the room of one attempt."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.tenancy import across_all
from proctor_site.kernel import clock
from proctoring.meetings import admission, reports, services
from proctoring.meetings.providers.base import Happened, NoWebhooks, UnreadableReport, WrongSignature
from proctoring.meetings.providers.janus import JanusProvider, room_name
from proctoring.meetings.providers.janus_events import read
from proctoring.models import LiveWatch
from proctoring.models.meeting import Part
from tests.factories.exams import enrol, make_attempt

PAGE = "c" * 32
SECRET = "events"
ADDRESS = "/api/v1/live/events/janus/"


def authorised(secret: str = SECRET, user: str = "janus") -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{user}:{secret}".encode()).decode()}


def told(event: str, identity: str, at: datetime, room: str = "sitting-1-ab.attempt-7.cd") -> dict[str, Any]:
    """As the event handler of Janus 1.1.2 writes it."""
    data = {"event": event, "room": room, "id": identity}
    of_plugin = {"plugin": "janus.plugin.videoroom", "data": data}
    return {"type": 64, "timestamp": round(at.timestamp() * 1_000_000), "handle_id": 1, "event": of_plugin}


def test_reports_are_read_with_the_secret_alone() -> None:
    at = datetime(2026, 5, 1, 12, tzinfo=UTC)
    of_core = {"type": 256, "timestamp": 1, "event": {"status": "started"}}
    sent = [
        of_core,
        told("created", "", at),
        told("joined", "proctor-3-" + PAGE, at),
        told("published", "candidate-2.1xab", at),
        told("kicked", "candidate-2.1xab", at),
    ]
    raw = json.dumps(sent).encode()
    found = read(authorised(), raw, SECRET)
    assert [(each.kind, each.identity) for each in found] == [
        (Happened.JOINED, f"proctor-3-{PAGE}"),
        (Happened.PUBLISHED, "candidate-2"),
        (Happened.LEFT, "candidate-2"),
    ]
    assert {(each.meeting, each.room, each.at) for each in found} == {("sitting-1-ab", "attempt-7", at)}
    assert len({each.id for each in found}) == 3 and read(authorised(), raw, SECRET) == found
    for headers in ({}, authorised("other"), authorised(user="somebody"), {"authorization": "Basic é"}):
        with pytest.raises(WrongSignature):
            read(headers, raw, SECRET)
    with pytest.raises(NoWebhooks):
        read(authorised(""), raw, "")


@pytest.mark.parametrize("raw", [b"", b"\xff", b"[1]", b'{"type":64}', b'{"type":64,"event":{"data":[]}}'])
def test_what_cannot_be_read_is_refused(raw: bytes) -> None:
    with pytest.raises(UnreadableReport):
        read(authorised(), raw, SECRET)


@pytest.mark.django_db
def test_a_page_that_left_one_room_goes_on_watching_in_the_other(
    session: Any, proctor: Any, second_candidate: Any, settings: Any, client: Client
) -> None:
    settings.LIVE_PROVIDER, settings.JANUS_EVENTS_SECRET, settings.JANUS_TOKEN_SECRET = "janus", SECRET, "x"
    now = clock.now()
    with across_all():
        meeting = services.meeting_of(session.sitting)
        meeting.external_id = JanusProvider().create_meeting("sitting-1", "")
        meeting.save()
        place = services.participant_of(meeting, proctor, Part.PROCTOR)
        two = make_attempt(enrol(session.sitting, second_candidate))
        for attempt in (session.attempt, two):
            began = {"began_at": now - timedelta(minutes=5), "seen_at": now, "connection": PAGE}
            LiveWatch.objects.create(institution=meeting.institution, proctor=place, attempt=attempt, **began)

    def tell(event: str, attempt: Any, minutes: float, identity: str = f"proctor-{place.pk}-{PAGE}") -> None:
        room = room_name(meeting.external_id, admission.room_of(attempt.pk))
        body = [told(event, identity, now - timedelta(minutes=minutes), room)]
        for _ in range(2):  # Janus sends again what was not answered
            answer = client.post(ADDRESS, body, content_type="application/json", headers=authorised())
            assert answer.status_code == 204

    def ended() -> list[str]:
        return list(LiveWatch._base_manager.order_by("pk").values_list("ended_by", flat=True))

    tell("joined", two, 2)
    tell("leaving", session.attempt, 3)
    assert ended() == [reports.LEFT_ROOM, ""], "having come to another room later is no coming back"
    tell("joined", session.attempt, 1)
    assert ended() == ["", ""]
    tell("leaving", two, 1, identity="somebody else")
    assert ended() == ["", ""]
    assert client.post(ADDRESS, [], content_type="application/json").status_code == 401
