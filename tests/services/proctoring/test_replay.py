"""What is kept of frames leads to the same incidents again, and tells what other numbers would have done."""

from collections.abc import Sequence
from typing import Any

import pytest

from accounts.models import User
from proctoring.analysis import context
from proctoring.evidence import keys, observed_minutes, sealing
from proctoring.incidents import services
from proctoring.incidents.rule_table import DEFAULT_RULES
from proctoring.ingest.ending import end_session
from proctoring.models import (
    DataClass,
    Incident,
    MonitoringSession,
    ObservationMinute,
    Policy,
    PolicyAssignment,
)
from proctoring.observations import ObservationKind
from proctoring.review import replay_store
from proctoring.review.replay import replay, with_rules
from proctoring.review.replay_compare import appeared, compare, reproduce
from tests.capture import BLUE, RED, FrameFeed, black_frame, frame

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("scripted", "scoped")]
NO_FACE, SEVERAL = ObservationKind.NO_FACE, ObservationKind.SEVERAL_FACES


def play(feed: FrameFeed, script: str, *, seconds: float = 1.0) -> None:
    """One frame for each letter: a person, nobody, two people, a dark lens."""
    pictures = {"p": frame(RED), "-": frame(), "2": frame(RED, BLUE), "x": black_frame()}
    for letter in script:
        feed.send(pictures[letter], seconds=seconds)


def stored(session: MonitoringSession) -> Any:
    return replay_store.stored_of([session.pk])[session.pk]


def reproduced(session: MonitoringSession) -> Any:
    return reproduce(stored(session), replay(replay_store.minutes_of(session)))


SCRIPTS: Sequence[str] = (
    "pppp-----ppp",
    "pp---p-p--ppppp---pp",
    "pp2222p2p22ppp----ppp222p",
    "ppxxxxpppxxxx--2-2--22pp",
    "p-" * 10 + "----pp--",
)


@pytest.mark.parametrize("script", SCRIPTS, ids=range(len(SCRIPTS)))
@pytest.mark.parametrize("seconds", [1.0, 3.3337])  # the longer one spans several minutes
def test_unchanged_numbers_reproduce_every_incident(
    session: MonitoringSession, script: str, seconds: float
) -> None:
    play(FrameFeed(session), script, seconds=seconds)
    end_session(session, actor=None, reason="submit")
    result = reproduced(session)
    assert result.not_replayable == []
    rows = list(Incident.objects.filter(session=session).order_by("pk"))
    assert sum(len(match.rows) for match in result.matches) == len(rows) > 0
    for match in result.matches:
        [row] = match.rows
        assert (row.kind, row.severity, row.count, row.repeats) == (
            match.replayed.kind.value,
            match.replayed.severity.value,
            match.replayed.count,
            match.replayed.repeats,
        )


def test_a_change_of_rules_in_the_middle_and_an_emptied_cache_are_reproduced(
    session: MonitoringSession,
) -> None:
    feed = FrameFeed(session)
    play(feed, "pp---pp")
    policy = Policy.objects.create(
        institution=session.institution, name="Slow", rules={"no_face": {"persist_seconds": 6}}
    )
    PolicyAssignment.objects.create(institution=session.institution, exam=session.sitting.exam, policy=policy)
    context.forget(session.pk)
    play(feed, "pppp----pppp--------pp" * 3, seconds=7.0)
    end_session(session, actor=None, reason="submit")
    assert ObservationMinute.objects.values("rules").distinct().count() == 2
    result = reproduced(session)
    assert result.not_replayable == []
    assert result.matches


def test_what_came_back_after_a_verdict_is_found_in_both_rows(
    session: MonitoringSession, officer: User
) -> None:
    feed = FrameFeed(session)
    play(feed, "pp----pppp")
    services.uphold(Incident.objects.get(session=session), actor=officer)
    play(feed, "----ppp")
    end_session(session, actor=None, reason="submit")
    assert Incident.objects.filter(session=session).count() == 2
    [match] = reproduced(session).matches
    assert [row.verdict for row in match.rows] == ["upheld", "unreviewed"]


def test_lost_minutes_are_said_not_guessed(session: MonitoringSession) -> None:
    play(FrameFeed(session), "pp----ppp")
    end_session(session, actor=None, reason="submit")
    ObservationMinute.objects.all().delete()
    result = reproduced(session)
    assert result.matches == []
    [(row, reason)] = result.not_replayable
    assert row.kind == "no_face"
    assert "not kept" in reason


def test_what_is_kept_is_noise_without_its_key(session: MonitoringSession) -> None:
    play(FrameFeed(session), "pp----ppp")
    end_session(session, actor=None, reason="submit")
    [row] = ObservationMinute.objects.filter(session=session)
    assert bytes(row.data).startswith(sealing.MAGIC)
    assert b"no_face" not in bytes(row.data)
    keys.destroy_for_session(session, DataClass.OBSERVED)
    assert replay_store.minutes_of(session) == []
    [(_, reason)] = reproduced(session).not_replayable
    assert "not kept" in reason


def test_a_minute_from_before_encryption_is_read_and_encrypted_later(session: MonitoringSession) -> None:
    play(FrameFeed(session), "pp----ppp")
    end_session(session, actor=None, reason="submit")
    rows = list(ObservationMinute.objects.filter(session=session))
    [plain] = observed_minutes.opened(rows)
    ObservationMinute.objects.update(data=plain)
    assert reproduced(session).not_replayable == []
    assert observed_minutes.seal_older(dry_run=True) == 1
    assert observed_minutes.seal_older(dry_run=False) == 1
    assert observed_minutes.seal_older(dry_run=False) == 0
    assert reproduced(session).not_replayable == []


def test_a_minute_that_was_put_in_the_place_of_another_is_not_read(session: MonitoringSession) -> None:
    play(FrameFeed(session), "pp----ppp" * 9, seconds=3.0)
    end_session(session, actor=None, reason="submit")
    first, second, *_ = ObservationMinute.objects.order_by("pk")
    ObservationMinute.objects.filter(pk=second.pk).update(data=first.data)
    before = len(replay_store.minutes_of(session))
    assert before == ObservationMinute.objects.count() - 1


def test_other_numbers_make_incidents_vanish_appear_and_change(session: MonitoringSession) -> None:
    from dataclasses import replace

    from proctoring.observations import Severity

    play(FrameFeed(session), "pp---ppppp--pppp222pppp")
    end_session(session, actor=None, reason="submit")
    minutes = replay_store.minutes_of(session)
    before = replay(minutes)
    matches = reproduce(stored(session), before).matches
    assert {each.replayed.kind for each in matches} == {NO_FACE, SEVERAL}

    slow = {**DEFAULT_RULES, NO_FACE: replace(DEFAULT_RULES[NO_FACE], persist_seconds=8.0)}
    outcome = compare(matches, replay(minutes, with_rules(slow)))
    assert [match.replayed.kind for match in outcome.vanished] == [NO_FACE]
    assert (outcome.changed, outcome.kept) == ([], 1)

    eager = {**DEFAULT_RULES}
    eager[NO_FACE] = replace(
        DEFAULT_RULES[NO_FACE], min_frames=2, persist_seconds=0.5, cooldown_seconds=0, merge_seconds=0
    )
    after = replay(minutes, with_rules(eager))
    assert len(appeared(before, after)) == 1
    assert compare(matches, after).vanished == []

    grave = {**DEFAULT_RULES, NO_FACE: replace(DEFAULT_RULES[NO_FACE], severity=Severity.HIGH)}
    outcome = compare(matches, replay(minutes, with_rules(grave)))
    assert [(match.replayed.kind, worst) for match, worst in outcome.changed] == [(NO_FACE, Severity.HIGH)]


def test_a_minute_that_cannot_be_written_stops_no_frame(
    session: MonitoringSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import DatabaseError

    def fail(**_: Any) -> None:
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(ObservationMinute.objects, "create", fail)
    feed = FrameFeed(session)
    play(feed, "p" * 4, seconds=31.0)
    assert feed.send(frame(RED)).analysed
    assert ObservationMinute.objects.count() == 0
