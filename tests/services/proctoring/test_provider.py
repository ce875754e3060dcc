"""Recordings that Deepgram is asked about, from the session's client to incident and answer."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from proctor_site.kernel import clock
from proctor_site.kernel.errors import Unavailable
from proctoring.analysis import breaker as breakers
from proctoring.analysis import context, provider, sound_pool
from proctoring.analysis.breaker import Breaker
from proctoring.audio.diarizers import deepgram_api, provider_codes
from proctoring.audio.diarizers.base import DiarizerError
from proctoring.audio.exchange import ClipRequest
from proctoring.checks import refuse_a_provider_as_own_ears, warn_of_policies_without_provider
from proctoring.ingest.clips import accept_clip
from proctoring.models import EvidenceItem, Incident, MonitoringSession, Policy
from tests.deepgram_server import (  # noqa: F401
    KEY,
    DeepgramServer,
    error,
    running_server,
    transcript,
)
from tests.recordings import ANNA, BEN, ClipFeed, agree_to_sound, listening, recording  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("listening", "scoped")]

ALONE = (1.0, 12.0, ANNA)
A_GUEST = (13.0, 17.2, BEN)


@pytest.fixture
def far(
    deepgram_server: DeepgramServer,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[DeepgramServer]:
    """Deepgram, with a key for it."""
    settings.DEEPGRAM_KEY, settings.DEEPGRAM_URL = KEY, deepgram_server.url
    monkeypatch.setattr(deepgram_api, "FIRST_PAUSE_S", 0.01)
    provider.close()
    yield deepgram_server
    provider.close()


@pytest.fixture
def feed(session: MonitoringSession, far: DeepgramServer, folder_store: Any) -> ClipFeed:
    """Somebody who was told that recordings leave the house, in an exam that wants it."""
    agree_to_sound(session, recordings_leave=True)
    Policy.objects.update(diarizer="deepgram")
    return ClipFeed(session)


def test_an_answer_becomes_an_incident_with_the_words_beside_its_sound(
    feed: ClipFeed, far: DeepgramServer
) -> None:
    answer = feed.send(ALONE, A_GUEST)
    assert (answer.analysed, list(answer.incidents)) == (True, ["another_voice"])
    assert far.asked[0].body == recording(ALONE, A_GUEST), "the bytes as they were uploaded"
    incident = Incident.objects.get()
    assert incident.engine == "deepgram nova-3=latest", "reviewers see who told the voices apart"
    assert incident.explanation.startswith("Another voice was heard for 4.2 s")
    item = EvidenceItem.objects.get()
    assert item.about["lines"][0][2] == "another voice" and item.about["lines"][0][3].startswith("w")
    assert provider.state()["state"] == "working"


def test_only_who_was_told_and_only_what_is_spoken_is_sent(
    feed: ClipFeed, far: DeepgramServer, settings: Any
) -> None:
    feed.send()
    quiet = feed.send((1.0, 9.0, 5_000))
    assert quiet.report.voices is not None and quiet.report.voices.diarizer == "scripted"
    assert far.asked == [], "neither silence nor a sound that nobody makes"
    agree_to_sound(feed.session, recordings_leave=False)
    context.forget(feed.session.pk)
    assert feed.send(ALONE, A_GUEST).report.engine.startswith("scripted")
    agree_to_sound(feed.session, recordings_leave=True)
    settings.DEEPGRAM_KEY = ""
    context.forget(feed.session.pk)
    assert feed.send(ALONE, A_GUEST).report.engine.startswith("scripted")
    assert far.asked == []


def test_what_is_too_long_is_cut_before_it_is_paid_for(
    feed: ClipFeed, far: DeepgramServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider, "LONGEST_S", 6.0)
    report = feed.send(ALONE, A_GUEST).report
    assert len(far.asked[0].body) == 44 + 6 * 32_000
    assert report.duration_s == 30 and report.voices.voices[0].spans == ((1.0, 6.0),)


def test_nobody_can_spend_more_than_a_session_lasts(
    feed: ClipFeed, far: DeepgramServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider, "SLACK_S", 0.0)
    engines = [feed.send(ALONE, sequence=0).report.engine]
    with clock.at(feed.began + timedelta(seconds=40)):
        for number in (5, 6):
            answer = accept_clip(feed.session, recording(ALONE), sequence=number)
            engines.append(answer.report.engine)
    assert [each.split()[0] for each in engines] == ["deepgram", "scripted", "scripted"]
    assert len(far.asked) == 1


def test_without_an_answer_our_own_ears_tell(feed: ClipFeed, far: DeepgramServer) -> None:
    far.answers = [error(400)]
    answer = feed.send(ALONE, A_GUEST)
    assert (answer.analysed, answer.code, list(answer.incidents)) == (True, "", ["another_voice"])
    assert Incident.objects.get().engine.startswith("scripted")
    assert provider.breaker.lets_through(), "what is wrong with one recording is not held against it"
    far.answers = [transcript([])]
    assert feed.send(ALONE, A_GUEST).report.engine.startswith("scripted"), "speech without a word in it"


def test_without_fall_back_the_browser_keeps_it_or_nothing_is_said(
    feed: ClipFeed, far: DeepgramServer, settings: Any
) -> None:
    settings.DEEPGRAM_FALL_BACK = False
    far.answers = [error(503, Retry_After="90")]
    with pytest.raises(Unavailable) as refused:
        feed.send(ALONE, A_GUEST, sequence=0)
    assert refused.value.code == "overloaded" and refused.value.details["retry_after_ms"] == 90_000
    assert feed.send(ALONE, A_GUEST, sequence=0).analysed, "it comes again later"
    far.answers = [error(400), transcript([])]
    for code in (provider_codes.REFUSED, provider_codes.NO_WORDS):
        answer = feed.send(ALONE, A_GUEST)
        assert (answer.accepted, answer.analysed, answer.code) == (True, False, code)
        assert not any(each.present for each in answer.report.observations)
    assert Incident.objects.get().count == 1


def test_after_failures_it_is_left_alone_and_the_operator_is_told(
    feed: ClipFeed, far: DeepgramServer, caplog: Any
) -> None:
    far.answers = [error(401)]
    with caplog.at_level(logging.WARNING):
        feed.send(ALONE)
        feed.send(ALONE)
    assert len(far.asked) == 1
    assert provider.state()["state"] == "resting" and provider.state()["code"] == "provider_key_refused"
    assert "HTTP 401" in caplog.text and KEY not in caplog.text


def test_an_enrolled_voice_is_compared_by_our_own_models(feed: ClipFeed) -> None:
    report = sound_pool.start().run(
        "analyse_clip",
        recording(ALONE),
        ClipRequest(0.0, 0, enrolled=(1.0, 0.0, 0.0, 0.0)),
        deepgram_api.DeepgramDiarizer(provider._choice()).ask(recording(ALONE), 30.0),
        wait_s=1,
    )
    assert report.voices.enrolled_match == "same" and report.voices.diarizer == "deepgram"


def test_a_breaker_opens_rests_and_lets_one_try() -> None:
    now = [1_000.0]
    breaker = Breaker(lambda: now[0])
    passing = DiarizerError("provider_timeout", "", is_temporary=True)
    assert not breaker.failed(passing) and not breaker.failed(passing)
    breaker.worked()
    assert [breaker.failed(passing) for _ in range(3)] == [False, False, True]
    assert not breaker.lets_through() and breaker.seconds_left() == breakers.REST_S
    now[0] += breakers.REST_S
    assert breaker.lets_through() and not breaker.lets_through(), "one at a time"
    assert breaker.failed(passing) and not breaker.lets_through()
    now[0] += breakers.REST_S
    assert breaker.lets_through()
    breaker.worked()
    assert breaker.lets_through() and breaker.lets_through()
    long = DiarizerError("provider_busy", "", is_temporary=True, retry_after_s=90_000)
    assert breaker.failed(DiarizerError("provider_unpaid", "", is_temporary=True))
    assert breaker.seconds_left() == breakers.ACCOUNT_REST_S
    assert breaker.failed(long) and breaker.seconds_left() == breakers.LONGEST_REST_S


def test_the_operator_sees_how_it_is_and_which_policies_ask_in_vain(
    feed: ClipFeed, far: DeepgramServer, settings: Any
) -> None:
    assert Client().get("/health/ready/").json()["deepgram"] == "unused"
    far.answers = [error(402)]
    feed.send(ALONE)
    ready = Client().get("/health/ready/")
    assert (ready.status_code, ready.json()["deepgram"]) == (200, "resting"), "exams go on without it"
    assert warn_of_policies_without_provider(None, databases=["default"]) == []
    settings.DEEPGRAM_KEY = ""
    assert "deepgram" not in Client().get("/health/ready/").json()
    (found,) = warn_of_policies_without_provider(None, databases=["default"])
    assert found.id == "proctor.W011" and found.msg.startswith("1 policy sends recordings")
    assert refuse_a_provider_as_own_ears(None) == []
    settings.DIARIZER = "deepgram"
    assert [each.id for each in refuse_a_provider_as_own_ears(None)] == ["proctor.E009"]
