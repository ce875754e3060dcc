"""Our own ears: pyannote segmentation-3.0 and CAM++ voice vectors; nothing leaves the machine."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from proctoring.audio import thresholds
from proctoring.audio.diarizers.base import Clip, Diarizer, Samples
from proctoring.audio.exchange import EarsChoice, EarsError, Embedding, Span, Voice, VoiceResult
from proctoring.audio.features import FRAMES_A_SECOND, features_of
from proctoring.audio.grouping import Vectors, group_pieces
from proctoring.audio.speech import Scores, Speech, find_speech, union
from proctoring.vision.engines import onnx_sessions
from proctoring.vision.engines.base import EngineError
from proctoring.vision.weights import WeightsError, resolve_weights

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

SEGMENTATION = "seg3.onnx"
VOICE_MODEL = "campplus.onnx"
_LABELS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SURE_AFTER_S = 5.0
_VALUES = 192


@dataclass(frozen=True, slots=True)
class _Group:
    """The pieces of one voice and their mean as a unit vector."""

    spans: tuple[Span, ...]
    seconds: float
    vector: Vectors


class LocalDiarizer(Diarizer):
    """Counts voices and tells them apart; knows nobody's name."""

    name = "local"
    hears_songs = True

    def __init__(self, choice: EarsChoice) -> None:
        super().__init__(choice)
        self.model_versions = {}
        onnx_sessions.prefer(choice.providers)
        self._segmentation = self._open(SEGMENTATION)
        self._voices = self._open(VOICE_MODEL)

    def diarize(self, clip: Clip) -> VoiceResult:
        """See the base class; voices that are too short to be sure of are listed, not counted."""
        speech = find_speech(clip.samples, self._listen)
        groups = self._groups(clip.samples, speech)[: len(_LABELS)]
        counted = sum(counts(group.seconds, _likeness(group, groups)) for group in groups)
        overlaps = speech.overlaps
        return VoiceResult(
            diarizer=self.name,
            model=self.description,
            speakers=count_speakers(speech.seconds, counted, sum(end - start for start, end in overlaps)),
            speech_seconds=speech.seconds,
            voices=tuple(_voice(label, group, groups) for label, group in zip(_LABELS, groups, strict=False)),
            overlap_spans=overlaps,
        )

    def speech_seconds(self, clip: Clip) -> float:
        """See the base class; the segmentation alone."""
        return find_speech(clip.samples, self._listen).seconds

    def embed(self, clip: Clip, spans: tuple[Span, ...]) -> Embedding:
        """See the base class; the mean over pieces of the spans."""
        found = self._measure(
            clip.samples, [piece for start, end in spans for piece in cut_pieces(start, end)]
        )
        return _as_embedding(_mean(found.vectors, found.seconds)) if found.pieces else ()

    def _open(self, file: str) -> "InferenceSession":
        folder = Path(self.choice.weights_dir) if self.choice.weights_dir else None
        try:
            path, entry = resolve_weights(file, folder)
            session = onnx_sessions.open_session(path)
        except (WeightsError, EngineError) as error:
            raise EarsError(str(error)) from error
        self.model_versions = {**self.model_versions, Path(file).stem: entry.version}
        return session

    def _listen(self, window: Samples) -> Scores:
        scores: Scores = self._segmentation.run(None, {"wav": window[None, None]})[0][0]
        return scores

    def _groups(self, samples: Samples, speech: Speech) -> list[_Group]:
        """Voices of at least ``thresholds.SHORT_VOICE_S``, most spoken first."""
        if not speech.turns:
            return []
        turns = speech.turns
        measured = self._measure(
            samples, [piece for turn in turns for piece in cut_pieces(turn.start, turn.end)]
        )
        groups = []
        for members in group_pieces(measured.vectors, measured.seconds):
            spans = union([measured.pieces[i] for i in members])
            seconds = [measured.seconds[i] for i in members]
            spoken = sum(end - start for start, end in spans)
            if spoken >= thresholds.SHORT_VOICE_S:
                groups.append(_Group(spans, spoken, _mean(measured.vectors[members], seconds)))
        return sorted(groups, key=lambda group: -group.seconds)

    def _measure(self, samples: Samples, pieces: list[Span]) -> "_Measured":
        """A unit vector for each piece that is long enough; those that the clip ends in are left out."""
        features = features_of(samples)
        least = int(thresholds.LEAST_PIECE_S * FRAMES_A_SECOND)
        kept = [
            (start, end) for start, end in pieces if int(start * FRAMES_A_SECOND) + least <= len(features)
        ]
        vectors = np.zeros((len(kept), _VALUES), np.float32)
        for place, (start, end) in enumerate(kept):
            first = int(start * FRAMES_A_SECOND)
            own = features[first : max(first + least, int(end * FRAMES_A_SECOND))]
            vector = self._voices.run(None, {"feats": (own - own.mean(axis=0))[None]})[0][0]
            vectors[place] = vector / np.linalg.norm(vector)
        return _Measured(kept, vectors, [min(end - start, thresholds.PIECE_S) for start, end in kept])


@dataclass(frozen=True, slots=True)
class _Measured:
    """Pieces of speech, the unit vector of each, and the seconds of each."""

    pieces: list[Span]
    vectors: Vectors
    seconds: list[float]


def cut_pieces(start: float, end: float) -> list[Span]:
    """One stretch of speech as pieces of ``thresholds.PIECE_S``; the last is moved back rather than short."""
    length, hop = thresholds.PIECE_S, thresholds.PIECE_HOP_S
    if end - start <= length:
        return [(start, end)]
    pieces = []
    for place in range(max(1, math.ceil((end - start - length) / hop - 1e-6)) + 1):
        first = start + place * hop
        last = min(end, first + length)
        pieces.append((max(start, last - length), last) if last - first < length / 2 else (first, last))
    return pieces


def counts(seconds: float, likeness: float) -> bool:
    """True when a voice of so many seconds, with such a likeness to the nearest other one, is a fact."""
    if seconds >= thresholds.LEAST_VOICE_S:
        return True
    return seconds >= thresholds.LEAST_UNLIKE_VOICE_S and likeness < thresholds.UNLIKE


def count_speakers(speech_s: float, counted: int, overlap_s: float) -> int:
    """How many people spoke, from the seconds of speech, the voices that count, and talking at once."""
    if speech_s < thresholds.LEAST_SPEECH_S:
        return 0
    return max(counted, 2 if overlap_s >= thresholds.LEAST_OVERLAP_S else 1)


def _likeness(group: _Group, groups: Sequence[_Group]) -> float:
    """With the nearest other voice; 1 when there is none."""
    others = [float(group.vector @ other.vector) for other in groups if other is not group]
    return max(others, default=1.0)


def _voice(label: str, group: _Group, groups: Sequence[_Group]) -> Voice:
    """A group as a voice; the surer, the longer it was heard and the less it is like the others."""
    heard = min(1.0, group.seconds / _SURE_AFTER_S)
    likeness = _likeness(group, groups)
    confidence = 0.5 + 0.49 * heard * (1 - max(0.0, likeness) if len(groups) > 1 else 1.0)
    if not counts(group.seconds, likeness):
        confidence /= 2
    return Voice(label, group.seconds, group.spans, confidence, _as_embedding(group.vector))


def _mean(vectors: Vectors, seconds: Sequence[float]) -> Vectors:
    mean = (vectors * np.asarray(seconds, np.float32)[:, None]).sum(axis=0)
    unit: Vectors = mean / max(float(np.linalg.norm(mean)), 1e-6)
    return unit


def _as_embedding(vector: Vectors) -> Embedding:
    return tuple(float(value) for value in vector)
