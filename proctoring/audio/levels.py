"""How loud a clip is, whether there is any signal, and its outline for drawing."""

from dataclasses import dataclass

import numpy as np

from proctoring.audio.diarizers.base import SAMPLE_RATE, Samples
from proctoring.audio.exchange import Span

FLOOR_DB = -100.0
"""What digital silence is given as: it has no level."""
SILENT_DB = -80.0
"""A clip whose loudest tenth of a second is below this has no signal: a microphone that is on hears more of a
quiet room ([D] the quietest reaches -46)."""
_STEP_S = 0.1
_FULL_SCALE = 0.99
_NOISE_PERCENTILE = 10
_PEAKS_A_SECOND = 10


@dataclass(frozen=True, slots=True)
class Levels:
    """Levels of a whole clip; see ``ClipReport`` for the meaning of each."""

    level_db: float
    noise_db: float
    clipped_share: float
    silent: bool


def measure_levels(samples: Samples) -> Levels:
    """Levels of at least one sample."""
    length = int(_STEP_S * SAMPLE_RATE)
    steps = samples[: max(1, len(samples) // length) * length]
    power = np.square(steps.reshape(-1, length) if len(steps) >= length else steps[None]).mean(axis=1)
    return Levels(
        level_db=decibels(float(power.mean())),
        noise_db=decibels(float(np.percentile(power, _NOISE_PERCENTILE))),
        clipped_share=float((np.abs(samples) >= _FULL_SCALE).mean()),
        silent=decibels(float(power.max())) < SILENT_DB,
    )


def level_of(samples: Samples, spans: tuple[Span, ...]) -> float:
    """Mean level inside the spans, dBFS; the floor when they hold nothing."""
    parts = [samples[int(start * SAMPLE_RATE) : int(end * SAMPLE_RATE)] for start, end in spans]
    count = sum(len(part) for part in parts)
    return decibels(sum(float(np.square(part).sum()) for part in parts) / count) if count else FLOOR_DB


def decibels(power: float) -> float:
    """dBFS of a mean square, not below the floor."""
    return max(FLOOR_DB, 10 * float(np.log10(max(power, 1e-12))))


def outline(samples: Samples) -> bytes:
    """Peaks, ten bytes a second: 0 for -60 dBFS and below, 255 for full scale."""
    length = SAMPLE_RATE // _PEAKS_A_SECOND
    padded = np.pad(np.abs(samples), (0, -len(samples) % length)).reshape(-1, length)
    loudness = 20 * np.log10(np.maximum(padded.max(axis=1), 1e-3))
    return np.rint((loudness + 60) / 60 * 255).astype(np.uint8).tobytes()
