"""The process that looks at pictures: loads the engine once, answers one task at a time; no Django."""

import os
import signal
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proctoring.vision.exchange import EngineChoice

if TYPE_CHECKING:
    from proctoring.vision.engines.base import ThingsEngine
    from proctoring.vision.pipeline import Pipeline

NICENESS = 10
"""Lower priority than the web process: measured, it keeps answer saves flat while frames fill the machine."""


def make_pipeline(choice: EngineChoice) -> "Pipeline":
    """A warm pipeline. Raises EngineError or WeightsError when an engine cannot work."""
    # Here, not above: the web process imports this module to start workers, and must not load OpenCV.
    from proctoring.vision.engines import base, onnx_sessions  # noqa: PLC0415
    from proctoring.vision.pipeline import Pipeline  # noqa: PLC0415

    onnx_sessions.prefer(choice.providers)
    folder = Path(choice.weights_dir) if choice.weights_dir else None
    engines = base.Engines(
        base.load_engine(base.FaceEngine, choice.faces, folder),
        base.load_engine(base.HeadEngine, choice.head, folder) if choice.head else None,
        _things_engine(choice, folder),
        base.load_engine(base.TextEngine, choice.text, folder) if choice.text else None,
        base.load_engine(base.EmotionEngine, choice.emotions, folder) if choice.emotions else None,
    )
    for each in engines.all:
        each.warm_up()
    return Pipeline(engines)


def _things_engine(choice: EngineChoice, folder: Path | None) -> "ThingsEngine | None":
    from proctoring.vision.engines import base  # noqa: PLC0415  (as above)

    if choice.things_model:
        from proctoring.vision.engines.operator_things import OperatorThings  # noqa: PLC0415

        return OperatorThings(Path(choice.things_model))
    return base.load_engine(base.ThingsEngine, choice.things, folder) if choice.things else None


def make(choice: EngineChoice) -> "tuple[Pipeline, str]":
    """A warm pipeline and the description of its face engine."""
    pipeline = make_pipeline(choice)
    return pipeline, pipeline.engines.faces.description


def serve(connection: Connection, choice: EngineChoice) -> None:
    """Looks at pictures until the pipe closes."""
    answer_tasks(connection, lambda: make(choice), NICENESS)


def answer_tasks(connection: Connection, make_it: Callable[[], tuple[Any, str]], niceness: int) -> None:
    """Says `("ready", description)` or `("failed", why)`, then answers tasks until the pipe closes.

    A task is `(method, *arguments)` of the pipeline; an answer `("done", result, ms)` or
    `("raised", error, ms)`. The parent's death closes the pipe too, so that no worker is left behind.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server; it closes the pipe
    os.nice(niceness)
    try:
        pipeline, description = make_it()
    except Exception as error:  # noqa: BLE001  (whatever it is, the parent must say it)
        connection.send(("failed", f"{type(error).__name__}: {error}"))
        return
    connection.send(("ready", description))
    while True:
        try:
            method, *arguments = connection.recv()
        except (EOFError, OSError):
            return
        connection.send(_answer(pipeline, method, arguments))


def _answer(pipeline: Any, method: str, arguments: list[Any]) -> tuple[str, Any, float]:
    start = time.perf_counter()
    try:
        outcome, result = "done", getattr(pipeline, method)(*arguments)
    except Exception as error:  # noqa: BLE001  (one bad picture must not end the worker)
        outcome, result = "raised", error
    return outcome, result, (time.perf_counter() - start) * 1000
