"""What a provider of live video reports by itself: signed, once each, in any order, else harmless."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.tenancy import across_all
from proctor_site.kernel import clock
from proctoring.meetings import reports, services
from proctoring.meetings.providers.scripted import SIGNATURE, ScriptedProvider
from proctoring.models import LiveWatch, Meeting, MeetingEvent, Participant
from proctoring.models.meeting import Part

pytestmark = pytest.mark.django_db
PAGE = "0123456789ab" + "c" * 20
ADDRESS = "/api/v1/live/events/scripted/"


@pytest.fixture
def meeting(session: Any, settings: Any) -> Iterator[Meeting]:
    settings.LIVE_PROVIDER = "scripted"
    with across_all():
        made = services.meeting_of(session.sitting)
        Meeting._base_manager.update(external_id="room-1")
        yield made


@pytest.fixture
def watch(meeting: Meeting, session: Any, proctor: Any) -> LiveWatch:
    place = services.participant_of(meeting, proctor, Part.PROCTOR)
    now = clock.now() - timedelta(hours=1)
    Participant._base_manager.update(joined_at=now)
    return LiveWatch.objects.create(
        institution=meeting.institution,
        proctor=place,
        attempt=session.attempt,
        connection=PAGE,
        began_at=now,
        seen_at=now,
    )


def event(kind: str, identity: str, at: datetime, name: str = "", meeting: str = "room-1") -> dict[str, Any]:
    told = {"kind": kind, "identity": identity, "meeting": meeting, "at": at.isoformat()}
    return told | {"id": name or f"{kind} {at.isoformat()}"}


def report(*events: dict[str, Any], raw: bytes = b"", signature: str | None = None) -> int:
    raw = raw or json.dumps(events).encode()
    signed = ScriptedProvider.sign(raw) if signature is None else signature
    client = APIClient(enforce_csrf_checks=True)
    answer = client.generic(
        "POST", ADDRESS, raw, content_type="application/json", headers={SIGNATURE: signed}
    )
    return int(answer.status_code)


def test_only_the_configured_provider_is_heard_and_only_signed(meeting: Meeting, settings: Any) -> None:
    assert report(raw=b"[]", signature="0" * 64) == 401
    assert report(raw=b"[]", signature="") == 401
    assert report(raw=b"[]") == 204
    assert report(raw=b'{"a": 1}') == report(raw=b"no json") == 400
    assert report(raw=b" " * 65_537) == 413
    for other in ("peer", "off"):
        settings.LIVE_PROVIDER = other
        assert report(raw=b"[]") == 404
        assert APIClient().post(f"/api/v1/live/events/{other}/").status_code == 404, "it reports nothing"


def test_reports_come_twice_and_in_any_order(meeting: Meeting, candidate: Any) -> None:
    person = services.participant_of(meeting, candidate, Part.CANDIDATE)
    began = clock.now() - timedelta(minutes=30)
    Participant._base_manager.update(joined_at=began)
    first, again = began + timedelta(minutes=1), began + timedelta(minutes=9)
    left = began + timedelta(minutes=5)
    told = [
        event("joined", person.identity, first),
        event("left", person.identity, left),
        event("joined", person.identity, again),
    ]
    for order in ((0, 1, 2), (2, 1, 0), (1, 0, 2, 1, 0)):
        MeetingEvent._base_manager.all().delete()
        Participant._base_manager.update(joined_at=began, left_at=None)
        for each in order:
            assert report(told[each]) == 204
        person.refresh_from_db()
        assert (person.joined_at, person.left_at) == (again, left)
        assert MeetingEvent._base_manager.count() == 3, "once each"
    # A clock that is ahead does not outlast what really happens later.
    assert report(event("left", person.identity, clock.now() + timedelta(days=2))) == 204
    person.refresh_from_db()
    assert person.left_at is not None and person.left_at <= clock.now()


def test_a_proctors_page_that_left_watches_no_more_until_it_is_back(
    meeting: Meeting, watch: LiveWatch
) -> None:
    name = watch.identity
    left, back = clock.now() - timedelta(minutes=9), clock.now() - timedelta(minutes=8)
    assert report(event("left", f"{watch.proctor.identity}-{'f' * 32}", left, "of another page")) == 204
    watch.refresh_from_db()
    assert watch.ended_at is None
    assert report(event("left", name, left)) == 204
    watch.refresh_from_db()
    assert (watch.ended_at, watch.ended_by) == (left, "left_room")
    assert report(event("joined", name, back)) == 204
    watch.refresh_from_db()
    assert (watch.ended_at, watch.ended_by) == (None, ""), "the record tells that it went on"
    # The other way round: it had come back before anybody heard that it had left.
    MeetingEvent._base_manager.all().delete()
    assert report(event("joined", name, back), event("left", name, left)) == 204
    watch.refresh_from_db()
    assert watch.ended_at is None


def test_strangers_and_unknown_rooms_change_nothing(meeting: Meeting, watch: LiveWatch) -> None:
    now = clock.now()
    told = [
        event("left", f"candidate-{watch.proctor_id}", now),  # not a candidate's place
        event("left", "proctor-999999999", now),
        event("left", "proctor-" + "9" * 40, now),
        event("left", "somebody", now),
        event("ended", "", now, meeting="another room"),
    ]
    assert report(*told) == 204
    assert not MeetingEvent._base_manager.exists()
    watch.refresh_from_db()
    assert watch.ended_at is None


def test_everybody_has_left_a_room_that_ended_and_old_reports_go(meeting: Meeting, watch: LiveWatch) -> None:
    at = clock.now() - timedelta(minutes=3)
    assert report(event("ended", "", at, "x" * 300)) == 204
    assert report(event("ended", "", at, "x" * 300)) == 204
    assert MeetingEvent._base_manager.count() == 1
    assert Participant._base_manager.get().left_at == at
    assert Meeting._base_manager.get().state == "scheduled", "the sitting goes on: its state is ours"
    MeetingEvent._base_manager.update(received_at=clock.now() - reports.KEPT_FOR - timedelta(hours=1))
    reports.forget_old()
    assert not MeetingEvent._base_manager.exists()
