"""What is kept of recordings leads to the same incidents again, and tells what other numbers would do."""

import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import DatabaseError

from accounts.jobs import worker
from accounts.models import User
from proctor_site.kernel import clock
from proctoring.analysis import context
from proctoring.audio.unheard import Unheard
from proctoring.evidence import keys, sealing
from proctoring.identity import voice
from proctoring.incidents import services
from proctoring.incidents.rule_table import DEFAULT_RULES
from proctoring.ingest import ending
from proctoring.ingest.clips import accept_unheard
from proctoring.models import (
    Consent,
    DataClass,
    Incident,
    MonitoringSession,
    ObservationMinute,
    ObservedClip,
    Policy,
)
from proctoring.observations import ObservationKind
from proctoring.review import replay_store
from proctoring.review.replay import with_rules
from proctoring.review.replay_compare import Reproduction, appeared, compare, reproduce
from proctoring.review.replay_sound import replay_sound
from proctoring.rights import erasers, exports
from proctoring.rights.register import Erasing
from tests.recordings import ANNA, BEN, CLEO, ClipFeed, agree_to_sound, listening, recording  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("listening", "scoped")]
ANOTHER, STRANGER = ObservationKind.ANOTHER_VOICE, ObservationKind.DIFFERENT_VOICE
SILENT = ObservationKind.MICROPHONE_SILENT
ALONE = (1.0, 12.0, ANNA)
SOUNDS: dict[str, tuple[Any, ...]] = {
    "a": (ALONE,),
    "b": (ALONE, (13.0, 17.2, BEN)),
    "c": (ALONE, (13.0, 16.0, CLEO)),
    "w": (ALONE, (14.0, 15.0, BEN)),
    "t": ((1.0, 20.0, BEN),),
    "-": (),
}
"""The candidate alone, with somebody, with somebody else, with somebody for a second; a stranger; silence."""


@pytest.fixture
def feed(session: MonitoringSession) -> ClipFeed:
    agree_to_sound(session, heard_kept=True)
    return ClipFeed(session)


def play(feed: ClipFeed, script: str) -> None:
    """One recording for each letter; `>`: eleven minutes later."""
    for letter in script:
        if letter == ">":
            feed.sequence += 22
        else:
            feed.send(*SOUNDS[letter])


def end(feed: ClipFeed) -> None:
    with clock.at(feed.began + timedelta(seconds=30 * feed.sequence)):
        ending.end_session(feed.session, actor=None, reason="submit")


def reproduced(session: MonitoringSession) -> Reproduction:
    stored = replay_store.stored_of([session.pk]).get(session.pk, [])
    return reproduce(stored, replay_sound(replay_store.heard_in(session)))


def require_same(session: MonitoringSession) -> Reproduction:
    """The replay leads to every incident, and to the same figures."""
    result = reproduced(session)
    assert result.not_replayable == []
    assert sum(len(match.rows) for match in result.matches) == Incident.objects.count() > 0
    for match in result.matches:
        row, again = match.rows[-1], match.replayed
        assert (row.severity, row.count, row.repeats) == (again.severity.value, again.count, again.repeats)
        assert row.last_seen_at == pytest.approx(again.last_seen_at, abs=0.002)
    return result


@pytest.mark.parametrize("script", ["abba-bba", "w>b>ca>bc", "--a---w", "bca>c>b>w>b"])
def test_unchanged_numbers_reproduce_every_incident(
    feed: ClipFeed, script: str, django_capture_on_commit_callbacks: Any
) -> None:
    play(feed, script)
    with django_capture_on_commit_callbacks(execute=True):
        end(feed)
    require_same(feed.session)
    assert ObservedClip.objects.count() == len(script.replace(">", ""))


def test_a_voice_is_known_again_after_the_cool_down_in_the_replay_too(feed: ClipFeed) -> None:
    play(feed, "ba>ba>c")
    assert list(Incident.objects.order_by("pk").values_list("count", "repeats")) == [(2, 1), (1, 0)]
    require_same(feed.session)


def test_a_stranger_and_pieces_that_the_browser_did_not_send_are_reproduced(
    session: MonitoringSession,
) -> None:
    agree_to_sound(session, voice_comparison=True, heard_kept=True)
    voice.enrol(session, recording((0.5, 9.5, ANNA), seconds=14))
    context.forget(session.pk)
    feed = ClipFeed(session)
    play(feed, "tattb")
    begin = feed.began + timedelta(seconds=150)
    with clock.at(begin + timedelta(seconds=30)):
        accept_unheard(session, Unheard(30.0, -60.0), sequence=5, captured_at=begin.timestamp())
    kinds = {match.replayed.kind for match in require_same(session).matches}
    assert kinds == {ANOTHER, STRANGER}


def test_late_recordings_a_lost_cache_and_other_rules_meanwhile_are_reproduced(
    feed: ClipFeed, officer: User, django_capture_on_commit_callbacks: Any
) -> None:
    play(feed, "aab")
    feed.send(*SOUNDS["b"], sequence=6)
    feed.send(*SOUNDS["a"], sequence=4)
    services.uphold(Incident.objects.get(), actor=officer)
    play(feed, "c")
    cache.delete(f"heard:{feed.session.pk}")
    play(feed, "c")
    Policy.objects.update(rules={"another_voice": {"persist_seconds": 9}})
    context.forget(feed.session.pk)
    play(feed, "ab")
    with django_capture_on_commit_callbacks(execute=True):
        end(feed)
    feed.session.refresh_from_db()
    feed.send(*SOUNDS["b"], sequence=5)
    assert list(ObservedClip.objects.values_list("is_after_end", flat=True))[-2:] == [False, True]
    assert ObservedClip.objects.values("rules").distinct().count() == 2
    require_same(feed.session)


def test_other_numbers_make_incidents_vanish_and_appear(feed: ClipFeed) -> None:
    play(feed, "ba-a")
    heard = replay_store.heard_in(feed.session)
    before = replay_sound(heard)
    matches = reproduced(feed.session).matches
    other = {
        ANOTHER: replace(DEFAULT_RULES[ANOTHER], min_frames=2),
        SILENT: replace(DEFAULT_RULES[SILENT], min_frames=1, persist_seconds=30.0),
    }
    after = replay_sound(heard, with_rules(other))
    assert [match.replayed.kind for match in compare(matches, after).vanished] == [ANOTHER]
    assert [each.kind for each in appeared(before, after)] == [SILENT]
    milder = {ANOTHER: replace(DEFAULT_RULES[ANOTHER], persist_seconds=5.0)}
    [(match, severity)] = compare(matches, replay_sound(heard, with_rules(milder))).changed
    assert (match.replayed.severity.value, severity.value) == ("medium", "info")


def test_nothing_is_kept_of_who_read_a_notice_without_that_sentence(session: MonitoringSession) -> None:
    agree_to_sound(session)
    feed = ClipFeed(session)
    play(feed, "ab")
    assert Incident.objects.count() == 1 and not ObservedClip.objects.exists()
    [(_, reason)] = reproduced(session).not_replayable
    assert "not kept" in reason
    Consent.objects.update(heard_kept=True)
    context.forget(session.pk)
    play(feed, "a")
    assert ObservedClip.objects.count() == 1


def test_what_is_kept_is_noise_without_its_key_which_goes_with_the_last_row(feed: ClipFeed) -> None:
    play(feed, "aa")
    row = ObservedClip.objects.first()
    assert row is not None and bytes(row.data).startswith(sealing.MAGIC)
    ObservedClip.objects.exclude(pk=row.pk).update(data=row.data)
    assert len(replay_store.heard_in(feed.session)) == 1, "put in the place of another it opens nothing"
    minute = ObservationMinute.objects.create(
        institution=feed.session.institution, session=feed.session, rules=row.rules,
        begins_at=row.begins_at, frames=1, data=b"",
    )  # fmt: skip
    erasing = Erasing(feed.session.institution, None, "their period is over")
    assert erasers.observations(ObservedClip.objects.all(), erasing) == 2
    assert keys.labels_of([feed.session]) and not erasing.keys, "the minutes still need it"
    erasers.observations(ObservationMinute.objects.filter(pk=minute.pk), erasing)
    assert not keys.labels_of([feed.session]) and len(erasing.keys) == 1


def test_destroying_the_key_leaves_nothing_to_replay(feed: ClipFeed) -> None:
    play(feed, "ab")
    keys.destroy_for_session(feed.session, DataClass.OBSERVED)
    assert replay_store.heard_in(feed.session) == []


def test_what_cannot_be_written_stops_no_recording(feed: ClipFeed, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: Any) -> None:
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(ObservedClip.objects, "create", fail)
    assert feed.send(*SOUNDS["b"]).incidents == ["another_voice"]
    assert not ObservedClip.objects.exists()


@pytest.mark.usefixtures("folder_store")
def test_the_copy_of_own_data_says_what_was_heard(feed: ClipFeed, candidate: User) -> None:
    play(feed, "ab")
    end(feed)
    export = exports.ask(feed.session.institution, candidate, actor=candidate)
    worker.work()
    export.refresh_from_db()
    with exports.open_for(export, exports.link_of(export, candidate), viewer=candidate) as file:
        archive = zipfile.ZipFile(io.BytesIO(file.read()))
    _, second = json.loads(archive.read("observations/ObservedClip.json"))
    told = second["said"]
    assert [each["expected"] for each in told["voices"]] == [True, False]
    assert told["voices"][1]["spans"] == [[13.0, 17.2]]
    assert ["another_voice", True] in [[each["kind"], each["present"]] for each in told["said"]]
    assert "data" not in second
