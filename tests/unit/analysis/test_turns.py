"""Idle workers go to whoever's turn it is, and who gave up gets none."""

import queue
import threading

import pytest

from proctoring.analysis.turns import FIRST, IN_ORDER, LAST, Turn, Turns
from tests.pace import Stopwatch


def _wait(turns: Turns[int], turn: Turn, served: list[Turn], timeout: float = 20.0) -> threading.Thread:
    def ask() -> None:
        try:
            turns.get(timeout, turn)
        except queue.Empty:
            return
        served.append(turn)

    before = len(turns._waiting)
    thread = threading.Thread(target=ask)
    thread.start()
    while len(turns._waiting) == before and thread.is_alive():
        threading.Event().wait(0.001)
    return thread


def test_who_is_idle_goes_out_at_once_in_the_order_of_coming() -> None:
    turns: Turns[int] = Turns()
    turns.put(1)
    turns.put(2)
    assert turns.qsize() == 2
    assert [turns.get(0.1), turns.get(0.1, (LAST, 5.0))] == [1, 2]
    with Stopwatch() as watch, pytest.raises(queue.Empty):
        turns.get(0.1)
    assert watch.seconds >= 0.1


def test_first_those_in_doubt_then_who_was_seen_longest_ago() -> None:
    turns: Turns[int] = Turns()
    asked: list[Turn] = [(LAST, 0.0), (IN_ORDER, 9.0), (IN_ORDER, 3.0), (FIRST, 8.0), (FIRST, 7.0)]
    served: list[Turn] = []
    for number, turn in enumerate(asked):
        _wait(turns, turn, served)
        assert len(turns._waiting) == number + 1
    for number in range(len(asked)):
        turns.put(number)
        while len(served) == number:
            threading.Event().wait(0.001)
    assert served == sorted(asked)
    assert turns.qsize() == 0


def test_who_gave_up_takes_nothing_with_it() -> None:
    turns: Turns[int] = Turns()
    served: list[Turn] = []
    gone = _wait(turns, (FIRST, 1.0), served, timeout=0.05)
    gone.join()
    stays = _wait(turns, (IN_ORDER, 2.0), served)
    turns.put(7)
    stays.join()
    assert served == [(IN_ORDER, 2.0)]
    turns.put(8)
    assert turns.get(0.1) == 8
