"""The processes that listen: one that dies costs its recording alone."""

import os
import signal

import pytest

from proctoring.analysis import sound_pool
from proctoring.analysis.pool import WorkerLost
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
