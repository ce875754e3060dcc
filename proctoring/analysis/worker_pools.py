"""Pools of warm worker processes, for whoever has work that must not hold up its caller for long.

No queue can grow stale: a task is either with a worker or waits at the pool for as long as its caller says.
A pool without processes runs the engine inside this one, one task at a time: for tests with scripted
engines, which need no processes.
"""

import logging
import multiprocessing
import queue
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from proctor_site.kernel.errors import Overloaded, Unavailable
from proctor_site.kernel.figures import ANALYSIS, SHED
from proctoring.analysis import worker
from proctoring.analysis.turns import FIRST, Turn, Turns

log = logging.getLogger(__name__)

TASK_TIMEOUT_S = 15.0
START_TIMEOUT_S = 60.0
RESTART_PAUSE_S = 5.0
STRAIN_WAIT_S = 0.25
"""A task that waits so long for a worker came late; a frame is left out after 0.4."""
STRAIN_SHARE = 0.05
"""Share of late tasks that shows a pool at its limit. Cameras come in bursts: of 12 at two thirds of a core
one was late now and then (decision 0193)."""
_WAITS_KEPT = 4096


class WorkerLost(Exception):
    """The worker died or hung over this task; the task is lost, a new worker is on its way."""


@dataclass(frozen=True, slots=True)
class Load:
    """Figures of this process's pool. `busy`: share of workers at work; `mean_ms`: smoothed time per task."""

    workers: int
    busy: float
    mean_ms: float
    analysed: int
    shed: int
    lost: int


class Pool(ABC):
    """What both kinds of pool share: counting, and waiting with a bound."""

    workers: int
    description: str
    counted_as = "frames"

    def __init__(self) -> None:
        self._figures = threading.Lock()
        self._busy = 0
        self._mean_ms = 0.0
        self._counts = {"analysed": 0, "shed": 0, "lost": 0}
        self._waits: deque[tuple[float, bool]] = deque(maxlen=_WAITS_KEPT)

    @abstractmethod
    def run(self, method: str, *arguments: Any, wait_s: float, turn: Turn | None = None) -> Any:
        """Result of a method of Pipeline. Raises what it raises, Overloaded, or WorkerLost.

        `turn`: among those who wait; without one it is among the first, in the order of coming.
        """

    @abstractmethod
    def close(self) -> None:
        """Stops the workers."""

    def figures(self) -> Load:
        """The figures now."""
        with self._figures:
            return Load(self.workers, self._busy / self.workers, self._mean_ms, **self._counts)

    def is_strained(self, within_s: float) -> bool:
        """Whether `STRAIN_SHARE` of the last seconds' tasks came late: what may wait longer stands back."""
        since = time.monotonic() - within_s
        with self._figures:
            late = [is_late for at, is_late in self._waits if at >= since]
        return any(late) and sum(late) >= STRAIN_SHARE * len(late)

    def _note_wait(self, began: float) -> None:
        now = time.monotonic()
        with self._figures:
            self._waits.append((now, now - began >= STRAIN_WAIT_S))

    def _count(self, name: str) -> None:
        with self._figures:
            self._counts[name] += 1

    def _note_busy(self, change: int) -> None:
        with self._figures:
            self._busy += change

    def _note_time(self, ms: float) -> None:
        ANALYSIS.labels(self.counted_as).observe(ms / 1000)
        with self._figures:
            self._mean_ms = ms if not self._mean_ms else 0.95 * self._mean_ms + 0.05 * ms
            self._counts["analysed"] += 1

    def leave_out(self) -> None:
        """Counts a task that was not even let in to wait."""
        self._count("shed")
        SHED.labels(self.counted_as).inc()

    def _shed(self) -> Overloaded:
        self.leave_out()
        return Overloaded("Every analyser is busy; try again later.", details={"retry_after_ms": 2_000})


class InProcessPool(Pool):
    """One pipeline in this process."""

    def __init__(self, choice: Any) -> None:
        super().__init__()
        self.workers = 1
        self._pipeline, self.description = self.make(choice)
        self._turn = threading.Lock()

    def make(self, choice: Any) -> tuple[Any, str]:
        """A warm pipeline and its description."""
        return worker.make(choice)

    def run(self, method: str, *arguments: Any, wait_s: float, turn: Turn | None = None) -> Any:
        asked = time.monotonic()
        is_mine = self._turn.acquire(timeout=wait_s)
        self._note_wait(asked)
        if not is_mine:
            raise self._shed()
        self._note_busy(1)
        start = time.perf_counter()
        try:
            return getattr(self._pipeline, method)(*arguments)
        finally:
            self._note_time((time.perf_counter() - start) * 1000)
            self._note_busy(-1)
            self._turn.release()

    def close(self) -> None:
        return None


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    pipe: Connection
    description: str = ""

    def stop(self) -> None:
        self.pipe.close()
        self.process.join(timeout=2)
        if self.process.is_alive():
            self.process.kill()
            self.process.join(timeout=2)


class WorkerPool(Pool):
    """Spawned processes, each with its own engine; a dead one is replaced and costs only its own task."""

    process_name = "analysis"

    def __init__(self, workers: int, choice: Any) -> None:
        """Starts all workers at once. Raises Unavailable with the reason when an engine cannot work."""
        super().__init__()
        self.workers = workers
        self._choice = choice
        self._idle: Turns[_Worker] = Turns()
        self._closed = False
        started = [self._spawn() for _ in range(workers)]
        try:
            for each in started:
                self._await_ready(each)
                self._idle.put(each)
        except Unavailable:
            for each in started:
                each.stop()
            raise
        self.description = started[0].description

    def run(self, method: str, *arguments: Any, wait_s: float, turn: Turn | None = None) -> Any:
        asked = time.monotonic()
        try:
            chosen = self._idle.get(wait_s, turn or (FIRST, asked))
        except queue.Empty:
            raise self._shed() from None
        finally:
            self._note_wait(asked)
        self._note_busy(1)
        try:
            outcome, result, ms = self._ask(chosen, (method, *arguments))
        except (EOFError, OSError, TimeoutError) as error:
            self._count("lost")
            log.error("an analysis worker was lost (%s); it is replaced", type(error).__name__)
            threading.Thread(
                target=self._replace, args=(chosen,), name="analysis-restart", daemon=True
            ).start()
            raise WorkerLost("The analysis was interrupted.") from error
        else:
            self._note_time(ms)
            self._idle.put(chosen)
        finally:
            self._note_busy(-1)
        if outcome == "raised":
            raise result
        return result

    def close(self) -> None:
        self._closed = True
        deadline = time.monotonic() + 3
        for _ in range(self.workers):
            try:
                self._idle.get(timeout=max(0.0, deadline - time.monotonic())).stop()
            except queue.Empty:
                break

    @property
    def serve(self) -> Callable[[Connection, Any], None]:
        """What runs in each process."""
        return worker.serve

    @property
    def task_timeout_s(self) -> float:
        """How long a task may take before its worker is given up."""
        return TASK_TIMEOUT_S

    def _ask(self, chosen: _Worker, task: tuple[Any, ...]) -> tuple[str, Any, float]:
        chosen.pipe.send(task)
        if not chosen.pipe.poll(self.task_timeout_s):
            raise TimeoutError
        return chosen.pipe.recv()

    def _spawn(self) -> _Worker:
        # spawn: a fork of a process with threads and loaded OpenCV can hang.
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(
            target=self.serve, args=(theirs, self._choice), name=self.process_name, daemon=True
        )
        process.start()
        theirs.close()  # only the worker holds this end now: its death closes the pipe
        return _Worker(process, ours)

    @staticmethod
    def _await_ready(started: _Worker) -> None:
        try:
            word, text = (
                started.pipe.recv() if started.pipe.poll(START_TIMEOUT_S) else ("failed", "no answer")
            )
        except (EOFError, OSError):
            word, text = "failed", f"the process ended with code {started.process.exitcode}"
        if word != "ready":
            raise Unavailable(f"The analysis cannot start: {text}", code="analysis_unavailable")
        started.description = text

    def _replace(self, dead: _Worker) -> None:
        dead.process.kill()
        dead.stop()
        while not self._closed:
            fresh = self._spawn()
            try:
                self._await_ready(fresh)
            except Unavailable:
                log.exception("an analysis worker does not come back; next try in %s s", RESTART_PAUSE_S)
                fresh.stop()
                time.sleep(RESTART_PAUSE_S)
                continue
            if self._closed:
                fresh.stop()
            else:
                self._idle.put(fresh)
            return
