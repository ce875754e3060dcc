"""Recordings from the session's client to incidents and evidence, with a scripted diarizer."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.models import Allowance
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, TooLarge, Unavailable
from proctoring.analysis import context, heard, pool, sound_pool
from proctoring.audio.unheard import Unheard
from proctoring.evidence import custody, store
from proctoring.ingest import clips, ending
from proctoring.ingest.clips import accept_clip, accept_unheard
from proctoring.live import presence
from proctoring.models import EvidenceItem, Incident, LiveEvent, MonitoringSession, Policy, SessionMeasures
from proctoring.models.evidence import EvidenceKind
from proctoring.observations import SOUND_KINDS
from tests.capture import give_consent
from tests.recordings import ANNA, BEN, CLEO, ClipFeed, agree_to_sound, listening, recording  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("listening", "scoped")]

ALONE = (1.0, 12.0, ANNA)
A_GUEST = (13.0, 17.2, BEN)


@pytest.fixture
def feed(session: MonitoringSession) -> ClipFeed:
    agree_to_sound(session)
    return ClipFeed(session)


def test_another_voice_becomes_an_incident_with_a_piece_to_listen_to(
    feed: ClipFeed, folder_store: Path
) -> None:
    answer = feed.send(ALONE, A_GUEST)
    assert (answer.accepted, answer.analysed, answer.code) == (True, True, "")
    assert answer.to_json()["incidents"] == ["another_voice"]
    incident = Incident.objects.get()
    assert (incident.kind, incident.severity) == ("another_voice", "medium")
    assert incident.explanation.startswith("Another voice was heard for 4.2 s in a clip of 30 s (")
    assert "as loud as the first, confidence 0.90" in incident.explanation
    assert "centroid" not in str(incident.measurements)
    item = EvidenceItem.objects.get()
    assert (item.kind, item.content_type, item.incident) == (EvidenceKind.SOUND, "audio/wav", incident)
    assert 4.2 <= item.about["seconds"] <= 7
    assert item.about["text"] == "6 s recording; another voice 0:01-0:05"
    assert item.about["spans"] == [[1.0, 5.2, "another voice"]]
    assert item.about["peaks"] and max(item.about["peaks"]) > 0
    assert store.read(item)[:4] == b"RIFF"
    assert custody.first_broken(feed.session) is None
    EvidenceItem.objects.update(about={**item.about, "text": "another text"})
    broken = custody.first_broken(feed.session)
    assert broken is not None and broken.item == item, "what is said beside the sound is in the chain too"


def test_one_voice_opens_nothing_and_leaves_nothing(feed: ClipFeed, tmp_path: Path, settings: Any) -> None:
    settings.EVIDENCE_SPOOL = tmp_path
    answer = feed.send(ALONE)
    assert (answer.analysed, list(answer.incidents)) == (True, [])
    assert not Incident.objects.exists() and not EvidenceItem.objects.exists()
    assert not any(tmp_path.rglob("*")), "a recording in which nothing is found never reaches a disk"
    kept = cache.get(f"heard:{feed.session.pk}")
    assert kept and len(str(kept)) < 2_000, "nor the cache"


def test_the_candidate_and_the_proctor_are_told(feed: ClipFeed) -> None:
    feed.send(ALONE, A_GUEST)
    told = dict(LiveEvent.objects.values_list("kind", "payload"))
    assert told["incident.notice"]["kind"] == "another_voice"
    sound = told["incident.opened"]["sounds"][0]
    assert sound["text"].endswith("another voice 0:01-0:05") and told["incident.opened"]["evidence"] == []


def test_the_same_voice_goes_on_in_one_incident_and_a_calm_recording_ends_it(feed: ClipFeed) -> None:
    feed.send(ALONE, A_GUEST)
    feed.send(ALONE, A_GUEST)
    assert list(feed.send(ALONE).incidents) == []
    ended = Incident.objects.get()
    assert ended.ended_at and ended.count == 2 and "heard in 2 recordings" in ended.explanation
    assert EvidenceItem.objects.count() == 2
    feed.send(ALONE, A_GUEST)
    again = Incident.objects.get()
    assert (again.repeats, again.ended_at) == (1, None)


def test_a_very_short_voice_is_for_review_only(feed: ClipFeed) -> None:
    feed.send(ALONE, (14.0, 15.0, BEN))
    incident = Incident.objects.get()
    assert incident.severity == "info" and incident.explanation.endswith("may be a mistake: for review")


def test_repeated_and_late_recordings(feed: ClipFeed) -> None:
    feed.send(ALONE)
    assert feed.send(ALONE, sequence=3).last_sequence == 3
    assert presence.read(feed.session.attempt_id or 0).sound_missing == 2
    late = feed.send(ALONE, A_GUEST, sequence=1)
    assert (late.accepted, late.analysed, late.last_sequence) == (True, True, 3)
    began = Incident.objects.get().started_at - feed.began
    late_by = abs(began - timedelta(seconds=30 + 13))
    assert late_by < timedelta(milliseconds=1), "it happened when it was recorded, not when it arrived"
    again = feed.send(ALONE, A_GUEST, sequence=1)
    assert (again.accepted, again.code) == (False, "repeated")
    assert Incident.objects.get().count == 1
    assert heard.load(feed.session.pk).missing == 1


def test_a_silent_microphone_is_coached_first(feed: ClipFeed) -> None:
    first = feed.send().to_json()
    assert first["quality"]["silent"] and first["coaching"][0]["code"] == "microphone_silent"
    assert first["incidents"] == []
    feed.send()
    assert Incident.objects.get().explanation.startswith(
        "The microphone gave no signal at all in 2 recordings over 60 s"
    )
    assert not EvidenceItem.objects.exists(), "there is nothing to listen to"
    assert presence.read(feed.session.attempt_id or 0).sound == "silent"


def test_what_the_browser_did_not_send_is_known_of_too(feed: ClipFeed) -> None:
    feed.send(ALONE, A_GUEST)

    def tell(sequence: int, level_db: float) -> clips.ClipAnswer:
        begin = feed.began + timedelta(seconds=30 * sequence)
        with clock.at(begin + timedelta(seconds=30)):
            piece = Unheard(30.0, level_db)
            return accept_unheard(feed.session, piece, sequence=sequence, captured_at=begin.timestamp())

    assert (tell(1, -60.0).incidents, tell(1, -60.0).code) == ([], "repeated")
    assert Incident.objects.get().ended_at, "a quiet room ends what went on"
    assert tell(2, -100.0).to_json()["coaching"][0]["code"] == "microphone_silent"
    assert tell(3, -100.0).incidents == ["microphone_silent"], "muted or unplugged for a minute"
    assert presence.read(feed.session.attempt_id or 0).sound_missing == 0
    assert heard.load(feed.session.pk).last_sequence == 3


def test_browsers_listen_first_by_policy_and_while_recordings_are_shed(
    feed: ClipFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert clips.wanted(feed.session).listen_first
    assert feed.send(ALONE).to_json()["next"] == "listen_first"
    with within(feed.session.institution):
        Policy.objects.update(skips_quiet=False)
    context.forget(feed.session.pk)
    assert not clips.wanted(feed.session).listen_first
    monkeypatch.setattr(sound_pool, "is_crowded", lambda: True)
    assert clips.wanted(feed.session).listen_first


def test_nothing_is_listened_to_that_was_not_agreed_or_named(session: MonitoringSession) -> None:
    feed = ClipFeed(session)
    agree_to_sound(session, microphone=False)
    with pytest.raises(Conflict) as refused:
        feed.send(ALONE, A_GUEST)
    assert refused.value.code == "consent_missing"
    agree_to_sound(session, looked_for=["no_face"])
    clips.context.forget(session.pk)
    assert not clips.wanted(session).wanted
    with pytest.raises(Conflict):
        feed.send(ALONE, A_GUEST)
    agree_to_sound(session, looked_for=["microphone_silent"])
    clips.context.forget(session.pk)
    assert list(feed.send(ALONE, A_GUEST).incidents) == [] and not Incident.objects.exists()


def test_an_allowance_mutes_without_a_word(feed: ClipFeed) -> None:
    attempt = feed.session.attempt
    assert attempt is not None
    Allowance.objects.create(
        institution=attempt.institution, enrolment=attempt.enrolment, muted_detectors=["another_voice"]
    )
    feed.send(ALONE, A_GUEST)
    assert not Incident.objects.exists()
    Allowance.objects.update(muted_detectors=[kind.value for kind in SOUND_KINDS])
    clips.context.forget(feed.session.pk)
    assert not clips.wanted(feed.session).wanted, "then nothing is recorded at all"


def test_what_is_no_recording_is_refused_and_changes_nothing(feed: ClipFeed, settings: Any) -> None:
    with pytest.raises(InvalidInput) as refused:
        accept_clip(feed.session, b"ffconcat version 1.0\nfile a.wav\n", sequence=0)
    assert (refused.value.code, refused.value.field) == ("not_a_recording", "clip")
    settings.CLIP_MAX_BYTES = 1_000
    with pytest.raises(TooLarge):
        accept_clip(feed.session, recording(ALONE), sequence=0)
    assert heard.load(feed.session.pk) == heard.Heard()


def test_an_overloaded_server_takes_nothing_and_a_lost_worker_costs_one(
    feed: ClipFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crowded(*arguments: Any) -> None:
        raise sound_pool.crowded("busy", 1_000)

    monkeypatch.setattr(sound_pool, "analyse", crowded)
    with pytest.raises(Unavailable):
        feed.send(ALONE, sequence=0)
    assert heard.load(feed.session.pk) == heard.Heard()

    def lost(*arguments: Any) -> None:
        raise pool.WorkerLost

    monkeypatch.setattr(sound_pool, "analyse", lost)
    answer = feed.send(ALONE, sequence=0)
    assert (answer.accepted, answer.analysed, answer.code) == (True, False, "analysis_interrupted")
    assert feed.send(ALONE, sequence=0).code == "repeated"


def test_the_last_recordings_may_come_after_the_end(
    feed: ClipFeed, django_capture_on_commit_callbacks: Any
) -> None:
    feed.send(ALONE, A_GUEST)
    attempt = feed.session.attempt
    assert attempt is not None
    ends = clock.at(feed.began + timedelta(seconds=70))
    with ends, django_capture_on_commit_callbacks(execute=True):
        ending.end_for(attempt, actor=None, reason="submit")
    feed.session.refresh_from_db()
    feed.send(ALONE, (13.0, 17.0, CLEO), sequence=1)
    assert not Incident.objects.filter(ended_at=None).exists()
    assert EvidenceItem.objects.count() == 2
    assert heard.load(feed.session.pk).voices.vectors == (), "after the end no voice is remembered"
    with pytest.raises(Conflict) as refused:
        feed.send(ALONE, sequence=4)
    assert refused.value.code == "ended"


def test_the_consent_to_the_camera_alone_records_nothing(session: MonitoringSession) -> None:
    give_consent(session) if not session.consents.exists() else None
    assert clips.wanted(session).to_json() == {
        "wanted": False,
        "seconds": 30,
        "bits_per_second": 24_000,
        "listen_first": False,
        "last_sequence": -1,
    }


def test_an_outside_caller_s_session_is_heard_under_its_own_consent_and_measured_plainly(
    institution: Institution, candidate: User, feed: ClipFeed
) -> None:
    outside = MonitoringSession.objects.create(
        institution=institution, candidate=candidate, started_at=clock.now()
    )
    give_consent(outside)
    caller = ClipFeed(outside)
    with pytest.raises(Conflict) as refused:
        caller.send(ALONE)
    assert refused.value.code == "consent_missing" and not SessionMeasures.objects.exists()
    agree_to_sound(outside)
    clips.context.forget(outside.pk)
    caller.send(ALONE)
    caller.send(ALONE, A_GUEST)
    caller.send()
    figures = SessionMeasures.objects.get().figures
    assert figures["voices"] == {"count": 2, "mean": 1.5, "least": 1.0, "most": 2.0}
    assert figures["speech_seconds"]["most"] == pytest.approx(15.2, abs=0.3)
    assert -20 < figures["sound_level_db"]["mean"] < -5, "a silent microphone measures nothing"
    assert Incident.objects.filter(session=outside, kind="another_voice").exists()
    feed.send(ALONE)
    assert SessionMeasures.objects.count() == 1, "a candidate's attempt is never measured"
