"""Captures under way leave nothing of sessions that are over; a cache that is down only delays that."""

from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction

from accounts.tenancy import within
from proctoring import sweep
from proctoring.analysis import context, forgetting, heard, pool, recent, sound_pool
from proctoring.identity import consent
from proctoring.ingest import ending
from proctoring.ingest.services import accept_frame
from proctoring.models import Incident, MonitoringSession
from tests.capture import RED, FrameFeed, frame
from tests.recordings import ANNA, BEN, ClipFeed, agree_to_sound, listening  # noqa: F401

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("scripted", "listening", "scoped"),
]


def end(session: MonitoringSession) -> None:
    ending.end_session(MonitoringSession.objects.get(pk=session.pk), actor=None, reason="submit")


def withdraw(session: MonitoringSession) -> None:
    attempt = MonitoringSession.objects.get(pk=session.pk).attempt
    assert attempt is not None
    with within(session.institution):
        consent.withdraw(attempt, candidate=attempt.enrolment.candidate)


def meanwhile(monkeypatch: pytest.MonkeyPatch, place: Any, act: Any) -> None:
    """`act` happens while `place.analyse` is at work, as when another process does it."""
    real = place.analyse

    def slow(*arguments: Any, **options: Any) -> Any:
        found = real(*arguments, **options)
        act()
        return found

    monkeypatch.setattr(place, "analyse", slow)


@pytest.mark.parametrize("act", [end, withdraw])
def test_a_recording_under_way_leaves_no_voice_and_no_open_incident(
    session: MonitoringSession, monkeypatch: pytest.MonkeyPatch, act: Any
) -> None:
    agree_to_sound(session)
    feed = ClipFeed(session)
    feed.send((1.0, 12.0, ANNA), (13.0, 17.0, BEN))
    assert heard.load(session.pk).voices.vectors
    meanwhile(monkeypatch, sound_pool, lambda: act(session))
    feed.send((1.0, 12.0, ANNA), (13.0, 17.0, BEN))
    assert heard.load(session.pk).voices.vectors == ()
    assert heard.load(session.pk).rules.open_kinds() == ()
    if act is end:
        assert heard.load(session.pk).last_sequence == 1, "what comes late is still known by its number"
        assert not Incident.objects.filter(ended_at=None).exists()


@pytest.mark.parametrize("act", [end, withdraw])
def test_a_frame_under_way_leaves_no_picture(
    session: MonitoringSession, monkeypatch: pytest.MonkeyPatch, act: Any
) -> None:
    FrameFeed(session).send(frame(RED))
    assert cache.get(f"recent:{session.pk}:1") is not None
    meanwhile(monkeypatch, pool, lambda: act(session))
    accept_frame(session, frame(RED, seed=2), sequence=2)
    assert recent.load(session.pk) == recent.Memory()
    assert [cache.get(f"recent:{session.pk}:{number}") for number in (1, 2)] == [None, None]


def test_a_change_that_ends_nothing_leaves_the_memory(
    session: MonitoringSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile(monkeypatch, pool, lambda: context.forget(session.pk))
    accept_frame(session, frame(RED), sequence=1)
    assert recent.load(session.pk).last_sequence == 1


def test_a_cache_that_is_down_delays_forgetting_and_fails_nobody(
    session: MonitoringSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    FrameFeed(session).send(frame(RED))

    def down(*arguments: Any, **more: Any) -> None:
        raise ConnectionError("no cache")

    with monkeypatch.context() as patch:
        patch.setattr(recent, "load", down)
        with transaction.atomic():
            transaction.on_commit(lambda: forgetting.everything(session))
        assert forgetting.try_again() == 1, "it still waits"
    assert recent.load(session.pk).last_sequence == 1
    sweep.sweep_spool()
    assert recent.load(session.pk) == recent.Memory()
    assert forgetting.try_again() == 0
