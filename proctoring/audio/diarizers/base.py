"""The contract that diarizers keep, and how one is chosen by its name."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module

import numpy as np
from numpy.typing import NDArray

from proctoring.audio.exchange import EarsChoice, EarsError, Embedding, Span, VoiceResult

Samples = NDArray[np.float32]
SAMPLE_RATE = 16_000
OFF = "off"
SHIPPED = {
    "local": "proctoring.audio.diarizers.local.LocalDiarizer",
    "deepgram": "proctoring.audio.diarizers.deepgram_api.DeepgramDiarizer",
    "scripted": "proctoring.audio.diarizers.scripted.ScriptedDiarizer",
}


@dataclass(frozen=True, slots=True)
class Clip:
    """One decoded clip, within all limits.

    ``samples``: mono, ``SAMPLE_RATE``, -1..1. ``data``: the bytes as they were uploaded, which are played
    by many decoders and may be longer than what was decoded. ``container``, ``channels``, ``truncated``:
    see ``ClipReport``.
    """

    samples: Samples
    container: str
    channels: int = 1
    truncated: bool = False
    data: bytes = field(default=b"", repr=False)

    @property
    def seconds(self) -> float:
        """Length of what was decoded."""
        return len(self.samples) / SAMPLE_RATE


class DiarizerError(RuntimeError):
    """One clip could not be analysed; ``code`` for rows. ``is_temporary``: the same clip may work later.

    ``retry_after_s``: so long a provider asks to be left alone; 0 when it asks nothing.
    """

    def __init__(self, code: str, message: str, *, is_temporary: bool, retry_after_s: float = 0.0) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.is_temporary = is_temporary
        self.retry_after_s = retry_after_s

    def __reduce__(self) -> tuple[object, ...]:
        return (_error_again, (self.code, self.message, self.is_temporary, self.retry_after_s))


def _error_again(code: str, message: str, is_temporary: bool, retry_after_s: float) -> DiarizerError:
    return DiarizerError(code, message, is_temporary=is_temporary, retry_after_s=retry_after_s)


class Diarizer(ABC):
    """Tells who speaks when in one clip. Holds native state: one instance per process, never two threads."""

    name: str
    model_versions: Mapping[str, str]
    hears_songs = False
    """True when it takes singing for speaking, so that what it hears is checked for songs."""

    def __init__(self, choice: EarsChoice) -> None:
        """EarsError when it cannot work here; never a diarizer that says "one voice" instead."""
        self.choice = choice

    @property
    def description(self) -> str:
        """Name and model versions in one line, stored with every report."""
        models = " ".join(f"{model}={version}" for model, version in sorted(self.model_versions.items()))
        return f"{self.name} {models}".strip()

    @abstractmethod
    def diarize(self, clip: Clip) -> VoiceResult:
        """Voices of the clip, most spoken first, without any comparison with an enrolled one.

        No speech gives ``speakers`` 0. DiarizerError when this clip cannot be analysed.
        """

    def speech_seconds(self, clip: Clip) -> float | None:
        """How long anybody speaks, found for less than `diarize` costs; None where that cannot be had."""
        return None

    def embed(self, clip: Clip, spans: tuple[Span, ...]) -> Embedding:
        """Unit vector of the voice in ``spans``; empty where this diarizer has none to compare."""
        return ()

    def warm_up(self) -> None:  # a provider's answers are paid for: its diarizer does nothing here
        """Run once so that the first real clip does not pay for lazy loading."""
        self.diarize(Clip(np.zeros(SAMPLE_RATE, np.float32), "wav"))


def load_diarizer(choice: EarsChoice) -> Diarizer | None:
    """The diarizer of that choice, None for "off"; EarsError when there is none such or it cannot work."""
    if choice.diarizer == OFF:
        return None
    path = SHIPPED.get(choice.diarizer, choice.diarizer)
    module_name, _, class_name = path.rpartition(".")
    try:
        found = getattr(import_module(module_name), class_name)
    except (ImportError, AttributeError, ValueError) as error:
        raise EarsError(f"there is no diarizer {choice.diarizer!r}: {error}") from error
    if not (isinstance(found, type) and issubclass(found, Diarizer)):
        raise EarsError(f"{path} is not a diarizer")
    return found(choice)
