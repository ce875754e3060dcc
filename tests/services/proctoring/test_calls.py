"""What a private call changes elsewhere: recordings of the exam, the timeline, the record in words."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from proctor_site.kernel import clock
from proctor_site.kernel.errors import NotAllowed, NotFound
from proctoring.audio.unheard import Unheard
from proctoring.ingest.clips import accept_unheard
from proctoring.live import presence
from proctoring.meetings import calls
from proctoring.models import Call, Incident, MonitoringSession
from proctoring.timeline import timeline_of
from tests.recordings import ANNA, BEN, ClipFeed, agree_to_sound, listening  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("listening", "scoped")]
TWO_VOICES = ((1.0, 12.0, ANNA), (13.0, 17.2, BEN))


def call_in(session: MonitoringSession, proctor: User, begin: Any, end: Any) -> Call:
    return Call.objects.create(
        institution=session.institution,
        attempt=session.attempt,
        proctor=proctor,
        kind="voice",
        state="ended" if end else "open",
        asked_at=begin,
        answered_at=begin,
        ended_at=end,
        ended_by="proctor" if end else "",
        seen_at=begin,
    )


@pytest.mark.parametrize(
    ("begin_s", "end_s", "is_left_out"),
    [(5, 20, True), (-20, 2, True), (20, None, True), (-60, -20, False), (60, None, False)],
)
def test_recordings_that_overlap_a_call_are_not_judged_for_voices(
    session: MonitoringSession, proctor: User, begin_s: int, end_s: int | None, is_left_out: bool
) -> None:
    agree_to_sound(session)
    feed = ClipFeed(session)
    at = feed.began
    end = None if end_s is None else at + timedelta(seconds=end_s)
    call_in(session, proctor, at + timedelta(seconds=begin_s), end)
    answer = feed.send(*TWO_VOICES)
    assert answer.accepted and answer.analysed is not is_left_out
    assert answer.code == ("in_call" if is_left_out else "")
    assert Incident.objects.exists() is not is_left_out, "the proctor's voice is nobody's fault"
    seen = presence.read(session.attempt_id)
    assert (seen.sound == "in_call") is is_left_out and seen.sound_missing == 0


def test_a_piece_that_the_browser_did_not_send_counts_by_its_own_length(
    session: MonitoringSession, proctor: User
) -> None:
    agree_to_sound(session)
    now = clock.now()
    call_in(session, proctor, now + timedelta(seconds=15), None)
    for number, (seconds, code) in enumerate([(10.0, "quiet"), (20.0, "in_call")]):
        answer = accept_unheard(
            session, Unheard(seconds, -70.0), sequence=number, captured_at=now.timestamp() - number
        )
        assert answer.code == code


def test_only_who_watches_the_sitting_may_call(
    session: MonitoringSession, stranger: User, reviewer: User, foreign_proctor: User, candidate: User
) -> None:
    for person in (stranger, reviewer, foreign_proctor, candidate):
        with pytest.raises((NotFound, NotAllowed)):
            calls.ask(session.sitting, session.attempt_id, proctor=person, connection="a" * 32, kind="voice")
    assert not Call.objects.exists()


def test_the_record_says_who_spoke_with_whom_and_how_long(session: MonitoringSession, proctor: User) -> None:
    now = clock.now()
    call = call_in(session, proctor, now - timedelta(seconds=75), now)
    assert call.outcome == "1 min 15 s, the proctor hung up"
    [line] = [each for each in timeline_of(session).moments if each.kind == "call"]
    assert str(proctor) in line.detail and line.until == now
