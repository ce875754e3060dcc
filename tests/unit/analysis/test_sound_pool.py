"""The processes that listen: one that dies costs its recording alone."""

import os
import signal
import threading
import time
from collections import deque
from collections.abc import Iterator
from typing import Any

import pytest

from proctor_site.kernel.errors import Overloaded, Unavailable
from proctoring.analysis import pool, sound_pool, worker_pools
from proctoring.analysis.pool import WorkerLost
from proctoring.analysis.worker_pools import InProcessPool
from proctoring.audio.exchange import ClipError, ClipRequest, EarsChoice
from proctoring.observations import ObservationKind
from tests.recordings import ANNA, BEN, recording

REQUEST = ClipRequest(captured_at=1.0, sequence=1)


def test_a_dead_listening_process_is_replaced_and_the_next_recording_is_heard() -> None:
    running = sound_pool._Workers(1, EarsChoice("scripted"))
    try:
        sound = recording((0.0, 2.0, ANNA), (2.0, 4.0, BEN), seconds=4)
        first = running._idle.get(timeout=5)
        least = min(19, os.getpriority(os.PRIO_PROCESS, 0) + 15)
        assert os.getpriority(os.PRIO_PROCESS, first.process.pid) >= least, "frames come first"
        os.kill(first.process.pid, signal.SIGKILL)
        first.process.join()
        running._idle.put(first)
        with pytest.raises(WorkerLost):
            running.run("analyse_clip", sound, REQUEST, wait_s=5.0)
        report = running.run("analyse_clip", sound, REQUEST, wait_s=60.0)
        heard = report.observation(ObservationKind.ANOTHER_VOICE)
        assert heard is not None and heard.present and report.engine == running.description
        with pytest.raises(ClipError):  # comes back as itself, and ends no process
            running.run("analyse_clip", b"no sound", REQUEST, wait_s=5.0)
        assert running.figures().lost == 1
    finally:
        running.close()


class _Turn:
    """A lock that says when somebody waits for it."""

    def __init__(self) -> None:
        self.lock, self.waited_for = threading.Lock(), threading.Event()
        self.release = self.lock.release

    def acquire(self, timeout: float) -> bool:
        if self.lock.acquire(blocking=False):
            return True
        self.waited_for.set()
        return self.lock.acquire(timeout=timeout)


class _Eyes(InProcessPool):
    """One place for pictures, each of which takes until `done`."""

    def __init__(self) -> None:
        self.looking, self.done = threading.Event(), threading.Event()
        super().__init__(None)
        self._turn: Any = _Turn()

    def make(self, choice: Any) -> tuple[Any, str]:
        return self, "eyes"

    def analyse(self) -> None:
        self.looking.set()
        assert self.done.wait(20)


class _Ears(InProcessPool):
    def make(self, choice: Any) -> tuple[Any, str]:
        return self, "ears"

    def analyse_clip(self, *_: Any) -> str:
        return "heard"

    def enrol_voice(self, *_: Any) -> str:
        return "judged"


@pytest.fixture
def eyes(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Eyes]:
    found = _Eyes()
    monkeypatch.setattr(pool, "_pool", found)
    monkeypatch.setattr(sound_pool, "_pool", _Ears(None))
    monkeypatch.setattr(sound_pool, "_shed_at", 0.0)
    yield found
    found.done.set()


def test_recordings_give_way_while_pictures_wait_and_before_one_is_left_out(eyes: _Eyes) -> None:
    assert sound_pool.analyse(b"", REQUEST) == "heard"
    first = threading.Thread(target=eyes.run, args=("analyse",), kwargs={"wait_s": pool.WAIT_S})
    second = threading.Thread(target=eyes.run, args=("analyse",), kwargs={"wait_s": 20.0})
    first.start()
    assert eyes.looking.wait(20)
    assert sound_pool.analyse(b"", REQUEST) == "heard", "a picture that is looked at holds up no recording"
    second.start()
    assert eyes._turn.waited_for.wait(20)
    time.sleep(worker_pools.STRAIN_WAIT_S)  # at least so long the second one waits for its turn
    eyes.done.set()
    first.join()
    second.join()
    assert eyes.figures().shed == 0, "no picture was left out"
    with pytest.raises(Unavailable) as refused:
        sound_pool.analyse(b"", REQUEST)
    assert refused.value.code == "overloaded" and refused.value.details["retry_after_ms"] > 0
    assert sound_pool.is_crowded(), "the operator's page and the browsers are told"
    assert sound_pool.enrol(b"") == "judged", "somebody waits for that"
    for _ in range(2 * round(1 / worker_pools.STRAIN_SHARE)):
        eyes.run("analyse", wait_s=pool.WAIT_S)
    assert sound_pool.analyse(b"", REQUEST) == "heard", "one late picture among many in time is a burst"
    eyes._waits.extend([(time.monotonic(), True)] * 2)
    with pytest.raises(Unavailable):
        sound_pool.analyse(b"", REQUEST)
    eyes._waits = deque((at - pool.STRAINED_FOR_S, late) for at, late in eyes._waits)
    assert sound_pool.analyse(b"", REQUEST) == "heard", "that was a while ago"


def test_a_picture_that_is_left_out_has_waited(eyes: _Eyes) -> None:
    looking = threading.Thread(target=eyes.run, args=("analyse",), kwargs={"wait_s": pool.WAIT_S})
    looking.start()
    assert eyes.looking.wait(20)
    with pytest.raises(Overloaded):
        eyes.run("analyse", wait_s=pool.WAIT_S)
    assert sound_pool.gives_way(), "operators are never shown pictures giving way before sound"
    eyes.done.set()
    looking.join()
