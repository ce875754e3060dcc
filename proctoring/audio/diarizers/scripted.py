"""Deterministic twin for tests and rehearsals: each of four pure tones is somebody's voice."""

import numpy as np

from proctoring.audio.diarizers.base import SAMPLE_RATE, Clip, Diarizer
from proctoring.audio.exchange import EarsChoice, Embedding, Span, Voice, VoiceResult

TONES_HZ = (300, 500, 700, 900)
"""Anna, Ben, Cleo and Dan. Two tones at once are two people who talk at once."""
_STEP_S = 0.1
_LEAST_AMPLITUDE = 0.01
_LEAST_SECONDS = 0.4
_LEAST_OF_LOUDEST = 0.2  # side bands of a tone through a codec are far weaker than a second tone


class ScriptedDiarizer(Diarizer):
    """Needs no models. Play a sine of ``TONES_HZ`` to put a voice into a clip."""

    name = "scripted"

    def __init__(self, choice: EarsChoice) -> None:
        super().__init__(choice)
        self.model_versions = {"rule": "1"}

    def diarize(self, clip: Clip) -> VoiceResult:
        """See the base class; a tone of at least .4 s is a voice."""
        heard = _tones(clip)
        spoken = heard.sum(axis=0) * _STEP_S
        order = [int(i) for i in np.argsort(-spoken, kind="stable") if spoken[i] >= _LEAST_SECONDS]
        voices = tuple(
            Voice("ABCD"[place], float(spoken[tone]), _spans(heard[:, tone]), 0.9, _unit(tone))
            for place, tone in enumerate(order)
        )
        return VoiceResult(
            diarizer=self.name,
            model=self.description,
            speakers=len(voices),
            speech_seconds=float(heard.any(axis=1).sum() * _STEP_S),
            voices=voices,
            overlap_spans=_spans(heard[:, order].sum(axis=1) > 1) if len(order) > 1 else (),
        )

    def speech_seconds(self, clip: Clip) -> float:
        """See the base class."""
        return float(_tones(clip).any(axis=1).sum() * _STEP_S)

    def embed(self, clip: Clip, spans: tuple[Span, ...]) -> Embedding:
        """See the base class; the tone that is heard longest in the spans."""
        inside = np.zeros(len(_tones(clip)), bool)
        for start, end in spans:
            inside[round(start / _STEP_S) : round(end / _STEP_S)] = True
        spoken = _tones(clip)[inside].sum(axis=0)
        return _unit(int(spoken.argmax())) if spoken.any() else ()


def _tones(clip: Clip) -> "np.ndarray[tuple[int, int], np.dtype[np.bool_]]":
    """Which tone is heard in which step."""
    length = int(_STEP_S * SAMPLE_RATE)
    count = len(clip.samples) // length
    if not count:
        return np.zeros((0, len(TONES_HZ)), bool)
    steps = clip.samples[: count * length].reshape(count, length)
    time = np.arange(length) / SAMPLE_RATE
    waves = np.exp(-2j * np.pi * np.outer(time, TONES_HZ)) * np.hanning(length)[:, None]
    amplitudes = np.abs(steps @ waves) * 2 / np.hanning(length).sum()
    loudest = amplitudes.max(axis=1, keepdims=True)
    found: np.ndarray[tuple[int, int], np.dtype[np.bool_]] = (amplitudes >= _LEAST_AMPLITUDE) & (
        amplitudes >= _LEAST_OF_LOUDEST * loudest
    )
    return found


def _spans(is_on: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> tuple[Span, ...]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], is_on, [False]]).astype(np.int8)))
    return tuple((float(a * _STEP_S), float(b * _STEP_S)) for a, b in edges.reshape(-1, 2))


def _unit(tone: int) -> Embedding:
    return tuple(float(place == tone) for place in range(len(TONES_HZ)))
