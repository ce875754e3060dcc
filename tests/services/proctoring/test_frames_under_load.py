"""Frames when not all can be looked at: what is shed, what waits, and the pace that cameras are told."""

import threading
from typing import Any

import pytest

from accounts.tenancy import within
from proctoring.analysis import pace, pool, worker_pools
from proctoring.ingest.services import accept_frame
from proctoring.live import presence
from proctoring.models import MonitoringSession
from tests.capture import RED, frame

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("scripted", "scoped")]

GOOD = frame(RED)


def test_overload_sheds_the_frame_and_slows_the_camera(
    session: MonitoringSession, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr(pool, "WAIT_S", 0.05)
    running = pool.start()
    assert isinstance(running, worker_pools.InProcessPool)
    with running._turn:  # the only worker is busy
        answer = accept_frame(session, GOOD, sequence=1)
    assert (answer.accepted, answer.analysed, answer.code) == (True, False, "overloaded")
    assert answer.next_frame_after_ms >= 2_000
    assert presence.read(session.attempt_id).shed == 1
    assert pool.load().shed == 1
    assert accept_frame(session, GOOD, sequence=2).analysed


def test_frames_of_one_session_at_once_are_taken_one_at_a_time(session: MonitoringSession) -> None:
    answers = []

    def send(number: int) -> None:
        with within(session.institution):
            answers.append(accept_frame(session, GOOD, sequence=number))

    threads = [threading.Thread(target=send, args=(number,)) for number in range(1, 9)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    taken = [answer for answer in answers if answer.analysed]
    assert presence.read(session.attempt_id).analysed == len(taken) >= 1
    assert {answer.code for answer in answers if not answer.accepted} <= {"frame_in_flight", "out_of_order"}


def test_the_pace_is_the_fair_share_of_the_workers() -> None:
    running = pool.start()
    running._mean_ms = 50.0
    assert pace.note(1) == 1
    assert pace.next_frame_after_ms(1, 1_000) == 1_000
    for session in range(100):
        pace.note(session)
    assert pace.next_frame_after_ms(1, 1_000) == pace.look_every_ms() == 6_500
    assert pace.next_frame_after_ms(1, 1_000, shed=True) == 6_500, "not after those who were looked at"
    pace.looked(1, 3)
    assert pace.next_frame_after_ms(1, 1_000) == 1_000, "in doubt"
    assert pace.next_frame_after_ms(1, 1_000, shed=True) == pace.SHED_LEAST_MS
    for session in range(10_000):
        pace.note(session)
    assert pace.next_frame_after_ms(2, 1_000) == pace.SLOWEST_MS


def test_a_machine_that_is_short_of_something_else_slows_cameras_down_too() -> None:
    """Looking takes 5 ms; but four frames at once take two seconds each, so two a second come out."""
    pool.start()._mean_ms = 5.0
    for session in range(10):
        pace.note(session)
    assert pace.next_frame_after_ms(1, 1_000) == 1_000
    moments = iter([each for n in range(60) for each in (2.0 * n, 2.0 * n + 2.0)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pace.time, "monotonic", lambda: next(moments))
        for _ in range(60):
            with pace.handling() as handled:
                handled.looked_at = True
    assert 4_900 <= pace.next_frame_after_ms(1, 1_000) <= 5_000
