"""The pool of workers: results, bad pictures, dead workers, a full pool, engines that cannot start."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from proctor_site.kernel.errors import Overloaded, Unavailable
from proctoring.analysis import worker_pools
from proctoring.analysis.worker_pools import WorkerLost, WorkerPool
from proctoring.observations import ObservationKind
from proctoring.vision.exchange import EngineChoice, FrameRequest
from proctoring.vision.upload import ImageError
from tests.capture import BLUE, RED, SCRIPTED, frame
from tests.pace import Stopwatch

OPENCV = "proctoring.vision.engines.opencv_faces.OpenCVFaces"
REQUEST = FrameRequest(captured_at=1.0, sequence=1, thumbnail_width=96)


@pytest.fixture(scope="module")
def two_workers() -> Iterator[WorkerPool]:
    running = WorkerPool(2, EngineChoice(SCRIPTED))
    yield running
    running.close()


def _analyse(running: WorkerPool, image: bytes, wait_s: float = 5.0) -> Any:
    return running.run("analyse", image, REQUEST, wait_s=wait_s)


def _wait_for(condition: Any, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def test_a_frame_comes_back_as_a_report(two_workers: WorkerPool) -> None:
    report = _analyse(two_workers, frame(RED, BLUE))
    assert len(report.faces) == 2
    several = report.observation(ObservationKind.SEVERAL_FACES)
    assert several is not None
    assert several.present
    assert report.thumbnail[:3] == b"\xff\xd8\xff"
    assert report.engine == two_workers.description == "scripted-faces rule=1"


def test_a_bad_picture_is_an_error_and_the_worker_lives(two_workers: WorkerPool) -> None:
    for _ in range(4):
        with pytest.raises(ImageError) as caught:
            _analyse(two_workers, b"not a picture")
        assert caught.value.code == "not_an_image"
    assert len(_analyse(two_workers, frame(RED)).faces) == 1
    assert two_workers.figures().lost == 0


def test_workers_are_nice_and_ignore_ctrl_c(two_workers: WorkerPool) -> None:
    chosen = two_workers._idle.get(timeout=5)
    two_workers._idle.put(chosen)
    process_id = chosen.process.pid
    assert process_id is not None
    assert os.getpriority(os.PRIO_PROCESS, process_id) >= os.getpriority(os.PRIO_PROCESS, 0) + 10
    os.kill(process_id, signal.SIGINT)
    assert len(_analyse(two_workers, frame(RED)).faces) == 1


def test_a_dead_worker_costs_one_frame_and_is_replaced(two_workers: WorkerPool) -> None:
    lost_before = two_workers.figures().lost
    chosen = two_workers._idle.get(timeout=5)
    os.kill(chosen.process.pid, signal.SIGKILL)
    chosen.process.join()
    other = two_workers._idle.get(timeout=5)
    two_workers._idle.put(chosen)
    with pytest.raises(WorkerLost):
        _analyse(two_workers, frame(RED))
    two_workers._idle.put(other)
    assert two_workers.figures().lost == lost_before + 1
    assert len(_analyse(two_workers, frame(RED)).faces) == 1  # the other worker goes on at once
    _wait_for(lambda: two_workers._idle.qsize() == 2)
    assert len({_pid(two_workers) for _ in range(2)} - {chosen.process.pid}) == 2
    assert len(_analyse(two_workers, frame(RED)).faces) == 1


def _pid(running: WorkerPool) -> int:
    each = running._idle.get(timeout=5)
    running._idle.put(each)
    assert each.process.pid is not None
    return each.process.pid


def test_a_hanging_worker_is_given_up(two_workers: WorkerPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_pools, "TASK_TIMEOUT_S", 0.3)
    chosen = two_workers._idle.get(timeout=5)
    os.kill(chosen.process.pid, signal.SIGSTOP)
    other = two_workers._idle.get(timeout=5)
    two_workers._idle.put(chosen)
    with pytest.raises(WorkerLost):
        _analyse(two_workers, frame(RED))
    monkeypatch.undo()
    two_workers._idle.put(other)
    _wait_for(lambda: two_workers._idle.qsize() == 2)
    assert not chosen.process.is_alive()


def test_a_full_pool_sheds_within_the_bound(two_workers: WorkerPool) -> None:
    held = [two_workers._idle.get(timeout=5) for _ in range(2)]
    shed_before = two_workers.figures().shed
    with Stopwatch() as watch, pytest.raises(Overloaded) as caught:
        _analyse(two_workers, frame(RED), wait_s=0.2)
    assert watch.seconds > 0.15 and watch.own_seconds < 1.0
    assert caught.value.details["retry_after_ms"] > 0
    assert two_workers.figures().shed == shed_before + 1
    for each in held:
        two_workers._idle.put(each)


def test_many_callers_share_the_workers_and_each_gets_its_own_answer(two_workers: WorkerPool) -> None:
    images = {1: frame(RED), 2: frame(RED, BLUE), 0: frame()}
    wrong: list[tuple[int, int]] = []

    def call(expected: int) -> None:
        for _ in range(5):
            found = len(_analyse(two_workers, images[expected], wait_s=30).faces)
            if found != expected:
                wrong.append((expected, found))

    threads = [threading.Thread(target=call, args=(number % 3,)) for number in range(9)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert wrong == []
    assert two_workers.figures().busy == 0.0
    assert two_workers.figures().mean_ms > 0


def test_workers_end_with_the_pool() -> None:
    running = WorkerPool(1, EngineChoice(SCRIPTED))
    process = running._idle.queue[0].process
    running.close()
    assert not process.is_alive()


@pytest.mark.parametrize(
    ("engine", "said"),
    [("no.such.Engine", "no engine at"), ("proctoring.vision.engines.base.FaceEngine", "cannot start")],
)
def test_an_engine_that_cannot_work_says_so_at_the_start(engine: str, said: str) -> None:
    with pytest.raises(Unavailable, match=said) as caught:
        WorkerPool(1, EngineChoice(engine))
    assert caught.value.code == "analysis_unavailable"


def test_damaged_weights_say_so_at_the_start(tmp_path: Any) -> None:
    (tmp_path / "face_detection_yunet_2023mar.onnx").write_bytes(b"damaged")
    with pytest.raises(Unavailable, match="damaged"):
        WorkerPool(1, EngineChoice(OPENCV, weights_dir=str(tmp_path)))


def test_the_real_engine_answers_from_a_worker() -> None:
    """A grey room has nobody in it; that it finds people is shown in tests/unit/vision."""
    running = WorkerPool(1, EngineChoice(OPENCV))
    try:
        report = running.run("analyse", frame(), REQUEST, wait_s=5.0)
        absent = report.observation(ObservationKind.NO_FACE)
        assert absent is not None
        assert absent.present
        assert "yunet=" in running.description
        assert not running.run("enrol", frame(), wait_s=5.0).ok
    finally:
        running.close()


def test_the_web_process_does_not_load_opencv() -> None:
    import subprocess
    import sys

    code = (
        "import django, sys; django.setup(); import proctor_site.asgi, proctor_site.urls; "
        "import proctoring.ingest.services; print('cv2' in sys.modules)"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip().splitlines()[-1] == "False"


def test_no_worker_is_left_when_the_server_is_killed() -> None:
    import subprocess
    import sys

    import psutil

    code = (
        "import time; from proctoring.analysis.worker_pools import WorkerPool\n"
        "from proctoring.vision.exchange import EngineChoice\n"
        "if __name__ == '__main__':\n"
        f"    pool = WorkerPool(1, EngineChoice('{SCRIPTED}'))\n"
        "    print(pool._idle.queue[0].process.pid, flush=True)\n"
        "    time.sleep(60)\n"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    server = subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    worker_id = int(server.stdout.readline())
    server.kill()
    server.wait()
    server.stdout.close()
    _wait_for(
        lambda: (
            not psutil.pid_exists(worker_id) or psutil.Process(worker_id).status() == psutil.STATUS_ZOMBIE
        ),
        10,
    )
