"""The process that listens to recordings: loads its models once, answers one task at a time; no Django."""

from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from proctoring.analysis.worker import answer_tasks
from proctoring.audio.exchange import EarsChoice

if TYPE_CHECKING:
    from proctoring.audio.pipeline import AudioPipeline

NICENESS = 15
"""Below the processes that look at frames: a recording can wait some seconds, a frame cannot."""


def make(choice: EarsChoice) -> "tuple[AudioPipeline, str]":
    """Warm ears and their description. Raises EarsError when they cannot work."""
    # Here, not above: the web process imports this module to start workers, and must not load models.
    from proctoring.audio.pipeline import AudioPipeline  # noqa: PLC0415

    ears = AudioPipeline(choice)
    return ears, ears.description


def serve(connection: Connection, choice: EarsChoice) -> None:
    """Listens until the pipe closes."""
    answer_tasks(connection, lambda: make(choice), NICENESS)
