"""Session tokens, live events, the sweep, and the commands."""

import io
import logging
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from proctor_site.kernel import clock
from proctor_site.kernel.errors import NotSignedIn
from proctoring.evidence import store
from proctoring.evidence.exhibits import Picture
from proctoring.ingest import tokens
from proctoring.live import presence, publish, replay
from proctoring.live.publish import record_event
from proctoring.models import EvidenceItem, LiveEvent, MonitoringSession
from proctoring.models.live_event import Audience
from proctoring.sweep import sweep_once
from tests.capture import RED, frame
from tests.factories.exams import enrol, make_attempt
from tests.factories.proctoring import make_incident

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("scoped")]


def test_a_token_names_its_session(session: MonitoringSession) -> None:
    assert tokens.read(tokens.make(session)) == session.public_id
    assert str(session.pk) not in tokens.make(session).split(":")


@pytest.mark.parametrize("token", ["", "x", "a:b:c", "x" * 500, "\x00", "eyJwIjoiYyJ9:1:sig"])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(NotSignedIn) as caught:
        tokens.read(token)
    assert (caught.value.code, caught.value.status) == ("token_invalid", 401)


def test_an_altered_token_is_refused(session: MonitoringSession) -> None:
    token = tokens.make(session)
    for position in range(0, len(token), 7):
        other = "A" if token[position] != "A" else "B"
        with pytest.raises(NotSignedIn) as caught:
            tokens.read(token[:position] + other + token[position + 1 :])
        assert caught.value.code == "token_invalid"


def test_an_expired_token_says_so(session: MonitoringSession, monkeypatch: pytest.MonkeyPatch) -> None:
    token = tokens.make(session)
    monkeypatch.setattr(tokens, "LIFETIME", timedelta(seconds=-1))
    with pytest.raises(NotSignedIn) as caught:
        tokens.read(token)
    assert caught.value.code == "token_expired"


def test_a_token_for_something_else_says_so(session: MonitoringSession) -> None:
    with pytest.raises(NotSignedIn) as caught:
        tokens.read(tokens.make(session, purpose="playback"))
    assert caught.value.code == "token_wrong_purpose"


def test_an_event_of_a_rolled_back_transaction_is_neither_stored_nor_sent(
    sitting: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(publish, "send", lambda group, message: sent.append(group))

    def record() -> None:
        record_event(
            sitting.institution, kind="test.event", payload={}, audience=Audience.PROCTORS, sitting=sitting
        )

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record()
        raise ZeroDivisionError
    assert (sent, LiveEvent.objects.count()) == ([], 0)
    with transaction.atomic():
        record()
        assert sent == []  # not before the commit
    assert sent == [f"sitting.{sitting.pk}.proctors"]


@pytest.mark.parametrize("audience", [Audience.PROCTORS, Audience.CANDIDATE])
def test_an_event_needs_somebody_to_go_to(institution: Any, audience: str) -> None:
    with pytest.raises(ValueError, match="names no"):
        record_event(institution, kind="test.event", payload={}, audience=audience)


def test_a_layer_that_fails_is_logged_and_harms_nobody(
    sitting: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        async def group_send(self, group: str, message: Any) -> None:
            raise ConnectionError("redis is away")

    monkeypatch.setattr(publish, "get_channel_layer", Broken)
    with caplog.at_level(logging.ERROR):
        record_event(
            sitting.institution, kind="test.event", payload={}, audience=Audience.PROCTORS, sitting=sitting
        )
        publish.flush()
    assert "could not be sent" in caplog.text
    assert LiveEvent.objects.count() == 1


def test_replay_overlaps_only_for_a_minute(sitting: Any) -> None:
    def record() -> LiveEvent:
        return record_event(
            sitting.institution, kind="test.event", payload={}, audience=Audience.PROCTORS, sitting=sitting
        )

    with clock.at(clock.now() - timedelta(minutes=5)):
        old = [record().pk for _ in range(3)]
    young = [record().pk for _ in range(3)]
    assert [each["id"] for each in replay.for_proctors(sitting, old[1])] == [old[2], *young]
    assert [each["id"] for each in replay.for_proctors(sitting, young[1])] == young
    assert replay.last_id(sitting) == young[-1]


def test_a_long_absence_gets_the_newest_events(sitting: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "MOST", 2)
    ids = [
        record_event(
            sitting.institution, kind="test.event", payload={}, audience=Audience.PROCTORS, sitting=sitting
        ).pk
        for _ in range(4)
    ]
    assert [each["id"] for each in replay.for_proctors(sitting, 0)] == ids[-2:]


def test_a_page_that_is_silent_counts_as_gone() -> None:
    presence.update(7, connection="a", connected=True)
    now = clock.now().timestamp()
    assert presence.read(7).to_pulse(now)["connected"] is True
    assert presence.read(7).to_pulse(now + presence.STALE_AFTER_S + 1)["connected"] is False
    assert presence.read(8).to_pulse(now) == {
        "connected": False,
        "last_seen_s": None,
        "rtt_ms": None,
        "loss": None,
        "battery": None,
        "camera": "none",
        "microphone": "",
        "microphone_since": None,
        "screen": "",
        "screen_since": None,
        "screen_at": None,
        "sound": "",
        "sound_missing": 0,
        "analysed": 0,
        "shed": 0,
        "frame_sequence": -1,
        "picture_late_s": None,
    }


def test_a_picture_that_does_not_come_is_seen_within_seconds() -> None:
    presence.count_frame(9, 4, analysed=True, next_ms=2_000)
    now = clock.now().timestamp()
    assert presence.read(9).to_pulse(now + 1)["picture_late_s"] == 0
    assert presence.read(9).to_pulse(now + 7)["picture_late_s"] == pytest.approx(5, abs=0.5)
    presence.put_off_frame(9, 30_000)  # a pause: none is waited for
    assert presence.read(9).to_pulse(now + 7)["picture_late_s"] == 0
    assert presence.read(9).analysed == 1


def test_the_sweep_submits_moves_evidence_and_can_run_again(
    sitting: Any, session: MonitoringSession, second_candidate: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    past = clock.now() - timedelta(minutes=1)
    late = make_attempt(enrol(sitting, second_candidate), deadline_at=past)
    monkeypatch.setattr(store, "_push_soon", lambda ids: None)
    monkeypatch.setattr(store, "RETRY_AFTER_S", -1.0)
    monkeypatch.setattr(store, "_store_down_until", 0.0)
    (item,) = store.keep(make_incident(session), [Picture(1, clock.now(), frame(RED))])
    for _ in range(2):
        sweep_once()
        late.refresh_from_db()
        item.refresh_from_db()
        assert (late.state, late.ended_by) == ("submitted", "clock")
        assert item.stored_at is not None
    told = LiveEvent.objects.filter(attempt=late, kind="attempt.moved")
    assert told.count() == 2  # candidate and proctors, once


def test_the_sweep_command_runs_once(session: MonitoringSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_push_soon", lambda ids: None)
    monkeypatch.setattr(store, "RETRY_AFTER_S", -1.0)
    monkeypatch.setattr(store, "_store_down_until", 0.0)
    store.keep(make_incident(session), [Picture(1, clock.now(), frame(RED))])
    out = io.StringIO()
    call_command("sweep", once=True, stdout=out)
    assert out.getvalue() == "1 file(s) moved to the evidence store\n"
    assert not EvidenceItem.objects.filter(stored_at=None).exists()
