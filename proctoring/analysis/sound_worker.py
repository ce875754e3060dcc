"""The process that listens to recordings: loads its models once, answers one task at a time; no Django."""

from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from proctoring.analysis.worker import answer_tasks
from proctoring.audio.exchange import ClipCut, ClipReport, ClipRequest, EarsChoice, Span, VoiceEnrolment

if TYPE_CHECKING:
    from proctoring.audio.pipeline import AudioPipeline

NICENESS = 15
"""Below the processes that look at frames: a recording can wait some seconds, a frame cannot."""


class Ears:
    """Pipelines by the name of their diarizer. The first one is the house's own: it loads at once, and
    enrols and cuts for all; another one is made when a recording first asks for it."""

    def __init__(self, choices: Mapping[str, EarsChoice]) -> None:
        self._choices = dict(choices)
        self._made: dict[str, AudioPipeline] = {}
        self._own = next(iter(self._choices))
        self._pipeline(self._own)

    @property
    def description(self) -> str:
        """What the house's own pipeline listens with."""
        return self._pipeline(self._own).description

    def analyse_clip(self, data: bytes, request: ClipRequest, diarizer: str) -> ClipReport:
        """Report on one recording. Raises ClipError, EarsError."""
        return self._pipeline(diarizer).analyse_clip(data, request)

    def enrol_voice(self, data: bytes) -> VoiceEnrolment:
        """Judges a recording as somebody's voice. Raises ClipError."""
        return self._pipeline(self._own).enrol_voice(data)

    def cut(self, data: bytes, spans: Sequence[Span], margin_s: float, longest_s: float) -> ClipCut:
        """A playable piece around the spans. Raises ClipError."""
        return self._pipeline(self._own).cut(data, tuple(spans), margin_s=margin_s, longest_s=longest_s)

    def _pipeline(self, name: str) -> "AudioPipeline":
        # Here, not above: the web process imports this module to start workers, and must not load models.
        from proctoring.audio.pipeline import AudioPipeline  # noqa: PLC0415

        if name not in self._made:
            self._made[name] = AudioPipeline(self._choices[name])
        return self._made[name]


def make(choices: Mapping[str, EarsChoice]) -> tuple[Ears, str]:
    """Warm ears and their description. Raises EarsError when they cannot work."""
    ears = Ears(choices)
    return ears, ears.description


def serve(connection: Connection, choices: Mapping[str, EarsChoice]) -> None:
    """Listens until the pipe closes."""
    answer_tasks(connection, lambda: make(choices), NICENESS)
