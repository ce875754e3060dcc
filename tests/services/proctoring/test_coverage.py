"""What is counted of each minute: pictures, recordings, gaps; by several processes, never for practice."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from exams.models import LostTime
from exams.models.lost_time import Cause
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Overloaded
from proctoring import coverage
from proctoring.analysis import pool
from proctoring.audio.unheard import Unheard
from proctoring.ingest.clips import accept_clip, accept_unheard
from proctoring.models import CoverageMinute, MonitoringSession
from tests.capture import RED, FrameFeed, frame
from tests.recordings import ANNA, agree_to_sound, listening, recording  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scripted", "scoped")]

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def begun(session: MonitoringSession) -> MonitoringSession:
    """A session whose exam began at half a minute past noon and ended three minutes later."""
    session.attempt.started_at = session.started_at = NOON + timedelta(seconds=30)
    session.ended_at = NOON + timedelta(seconds=210)
    session.save(update_fields=["started_at", "ended_at"])
    return session


def seconds(count: float) -> float:
    return NOON.timestamp() + count


def test_frames_are_counted_in_the_minute_they_were_taken(
    session: MonitoringSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = FrameFeed(session)
    feed.now = clock.now().replace(second=58, microsecond=0) + timedelta(minutes=1)
    first = feed.now.replace(second=0)
    feed.send(frame(RED))
    feed.send(frame(RED, RED))

    def nobody_free(*_: Any, **__: Any) -> None:
        raise Overloaded("Nobody is free.")

    monkeypatch.setattr(pool, "analyse", nobody_free)
    feed.send(frame(RED))
    assert not CoverageMinute.objects.exists(), "nothing is written while a frame waits for its answer"
    with clock.at(first + timedelta(seconds=95)):
        assert coverage.write() == 1
        assert coverage.write() == 0
    coverage.write(everything=True)

    one, two = CoverageMinute.objects.filter(session=session)
    assert (one.minute, one.captured, one.analysed, one.shed, one.faces) == (first, 1, 1, 0, 1)
    assert (two.captured, two.analysed, two.shed, two.faces, two.light_count) == (2, 1, 1, 2, 1)
    assert 0 < two.light_sum < 255


def test_processes_add_to_one_row(begun: MonitoringSession) -> None:
    for number in range(3):
        coverage.note_screen(begun.pk, seconds(61 + number))
        coverage.write(everything=True)
    [row] = CoverageMinute.objects.filter(session=begun)
    assert row.screens == 3


@pytest.mark.usefixtures("listening")
def test_recordings_are_cut_at_full_minutes(session: MonitoringSession) -> None:
    agree_to_sound(session)
    session.started_at = clock.now() - timedelta(minutes=5)
    at = clock.now().replace(second=45, microsecond=0) - timedelta(minutes=2)
    accept_clip(session, recording((1.0, 12.0, ANNA)), sequence=0, captured_at=at.timestamp())
    accept_unheard(session, Unheard(30.0, -52.0), sequence=1, captured_at=at.timestamp() + 30)
    coverage.write(everything=True)
    one, two = CoverageMinute.objects.filter(session=session)
    assert (one.clips_s, two.clips_s) == pytest.approx((15.0, 15.0), abs=0.2)
    assert (one.quiet_s, two.quiet_s) == pytest.approx((0.0, 30.0), abs=0.2)
    assert two.sound_s == pytest.approx(15.0, abs=0.2), "the loudest moment of a quiet piece is no mean"


def test_the_whole_session_is_listed_also_where_nothing_came(begun: MonitoringSession) -> None:
    coverage.note_offline(begun.pk, seconds(100), seconds(110))
    coverage.note_screen(begun.pk, seconds(70))
    coverage.write(everything=True)
    LostTime.objects.create(
        institution=begun.institution,
        attempt=begun.attempt,
        cause=Cause.PAUSE,
        started_at=NOON + timedelta(seconds=120),
        ended_at=NOON + timedelta(seconds=190),
    )
    LostTime.objects.create(
        institution=begun.institution,
        attempt=begun.attempt,
        cause=Cause.OUTAGE,
        started_at=NOON + timedelta(seconds=100),
        ended_at=NOON + timedelta(seconds=112),
    )
    found = coverage.coverage_of(begun)

    assert [each.at - NOON for each in found.minutes] == [timedelta(minutes=number) for number in range(4)]
    assert [each.seconds for each in found.minutes] == [30, 60, 60, 30]
    assert [each.offline_s for each in found.minutes] == [0, 12, 0, 0], "one gap, noted in two ways"
    assert [each.paused_s for each in found.minutes] == [0, 0, 60, 10]
    assert (found.totals.seconds, found.totals.screens, found.totals.paused_s) == (180, 1, 70)
    assert found.watched_share == 0.0
    assert found.totals.light is None


def test_the_share_is_of_minutes_in_which_the_candidate_worked(begun: MonitoringSession) -> None:
    row = CoverageMinute(institution=begun.institution, session=begun, minute=NOON, captured=9, analysed=8)
    row.light_sum, row.light_count = 800.0, 8
    row.save()
    found = coverage.coverage_of(begun)
    assert found.watched_share == 0.25
    assert (found.minutes[0].light, found.totals.light) == (100.0, 100.0)


def test_nothing_is_written_of_an_attempt_that_was_thrown_away(begun: MonitoringSession) -> None:
    coverage.note_screen(begun.pk, seconds(70))
    coverage.note_screen(begun.pk + 1_000, seconds(70))
    begun.attempt.thrown_away_at = clock.now()
    begun.attempt.save(update_fields=["thrown_away_at"])
    assert coverage.write(everything=True) == 0
    assert not CoverageMinute.objects.exists()
