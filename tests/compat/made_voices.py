"""Voices made by the tests: pulses through the resonances of vowels, with hisses between; no person's voice.

The local models take them for people: one for one, two of different throats for two.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tests.unit.audio.sounds import RATE

Samples = NDArray[np.float32]
LOW, HIGH = (130.0, 1.0), (250.0, 1.28)
"""Pitch in Hz, and how much shorter the throat is."""
_VOWELS = (
    *((730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480)),
    *((570, 840, 2410), (660, 1720, 2410), (440, 1020, 2240)),
)


def speech(voice: tuple[float, float], seconds: float, seed: int) -> Samples:
    """Syllables of one voice, one after the other, with a pause now and then."""
    rng = np.random.default_rng(seed)
    parts: list[Samples] = []
    while sum(map(len, parts)) < seconds * RATE:
        hiss = 0.15 * rng.standard_normal(int(rng.uniform(0.03, 0.09) * RATE))
        parts += [hiss * np.hanning(len(hiss)), _syllable(voice, rng)]
        if rng.random() < 0.12:
            parts.append(np.zeros(int(rng.uniform(0.15, 0.4) * RATE)))
    return np.concatenate(parts)[: int(seconds * RATE)].astype(np.float32)


def talk(voices: Sequence[tuple[float, float]], seconds: float, turn_s: float = 10.0) -> Samples:
    """These voices by turns, each of which says the same again."""
    once = [speech(voice, turn_s, seed) for seed, voice in enumerate(voices, start=1)]
    return np.concatenate([once[number % len(once)] for number in range(round(seconds / turn_s))])


def _syllable(voice: tuple[float, float], rng: np.random.Generator) -> Samples:
    pitch, shorter = voice
    count = int(rng.uniform(0.12, 0.28) * RATE)
    time = np.arange(count) / RATE
    wave = 1 + 0.12 * np.sin(2 * np.pi * rng.uniform(0.5, 2) * time + rng.uniform(0, 6))
    phase = np.cumsum(pitch * wave * rng.uniform(0.9, 1.15) / RATE)
    source = np.diff(np.floor(phase), prepend=0) + 0.02 * rng.standard_normal(count)
    shape = _resonances(count, [shorter * each for each in _VOWELS[rng.integers(len(_VOWELS))]])
    sound = np.fft.irfft(np.fft.rfft(source, 2 * count) * shape)[:count] * np.sqrt(np.hanning(count))
    made: Samples = 0.5 * sound / (np.abs(sound).max() + 1e-9)
    return made


def _resonances(count: int, formants: Sequence[float]) -> NDArray[np.complex128]:
    """The response of two-pole filters in a row, for twice as many samples."""
    turn = np.exp(-2j * np.pi * np.fft.rfftfreq(2 * count))
    whole = np.ones_like(turn)
    for hz, width in zip(formants, (80, 100, 140), strict=True):
        radius = np.exp(-np.pi * width / RATE)
        first, second = 2 * radius * np.cos(2 * np.pi * hz / RATE), -(radius**2)
        whole = whole * (1 - first - second) / (1 - first * turn - second * turn**2)
    return whole
