"""The process that looks at pictures: loads the engine once, answers one task at a time; no Django."""

import os
import signal
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from proctoring.vision.pipeline import Pipeline

NICENESS = 10
"""Lower priority than the web process: measured, it keeps answer saves flat while frames fill the machine."""


def make_pipeline(engine: str, weights_dir: str) -> "Pipeline":
    """A warm pipeline. Raises EngineError or WeightsError when the engine cannot work."""
    # Here, not above: the web process imports this module to start workers, and must not load OpenCV.
    from proctoring.vision.engines.base import load_engine  # noqa: PLC0415
    from proctoring.vision.pipeline import Pipeline  # noqa: PLC0415

    loaded = load_engine(engine, Path(weights_dir) if weights_dir else None)
    loaded.warm_up()
    return Pipeline(loaded)


def serve(connection: Connection, engine: str, weights_dir: str) -> None:
    """Says `("ready", engine)` or `("failed", why)`, then answers tasks until the pipe closes.

    A task is `(method, *arguments)` of Pipeline; an answer `("done", result, ms)` or `("raised", error, ms)`.
    The parent's death closes the pipe too, so that no worker is left behind.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server; it closes the pipe
    os.nice(NICENESS)
    try:
        pipeline = make_pipeline(engine, weights_dir)
    except Exception as error:  # noqa: BLE001  (whatever it is, the parent must say it)
        connection.send(("failed", f"{type(error).__name__}: {error}"))
        return
    connection.send(("ready", pipeline.engine.description))
    while True:
        try:
            method, *arguments = connection.recv()
        except (EOFError, OSError):
            return
        connection.send(_answer(pipeline, method, arguments))


def _answer(pipeline: "Pipeline", method: str, arguments: list[Any]) -> tuple[str, Any, float]:
    start = time.perf_counter()
    try:
        outcome, result = "done", getattr(pipeline, method)(*arguments)
    except Exception as error:  # noqa: BLE001  (one bad picture must not end the worker)
        outcome, result = "raised", error
    return outcome, result, (time.perf_counter() - start) * 1000
