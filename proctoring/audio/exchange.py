"""What goes to a process that listens and what comes back. Light: loads no numpy, no decoder, no models.

Everything here is frozen and can be pickled. Seconds count from the start of the clip, levels are decibels
of full scale (dBFS, 0 the loudest). Cannot say is never "nobody": ``voices`` None, an ``error``, or an
observation with ``informative=False`` say that nothing was found out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from proctoring.observations import Observation, ObservationKind, find_observation

Span = tuple[float, float]
Embedding = tuple[float, ...]
ALL_KINDS = frozenset(ObservationKind)


class ClipCode(StrEnum):
    """Why a clip was refused; sent to clients, never rename."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_A_RECORDING = "not_a_recording"
    UNREADABLE = "unreadable"
    TOO_MANY_CHANNELS = "too_many_channels"
    BAD_SAMPLE_RATE = "bad_sample_rate"
    NO_SOUND = "no_sound"


class ClipError(ValueError):
    """The bytes are not an acceptable recording; ``code`` for programs, ``message`` for people."""

    def __init__(self, code: ClipCode, message: str) -> None:
        super().__init__(code, message)  # both, so that the error survives pickling between processes
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class EarsError(RuntimeError):
    """Nothing can be heard here (weights missing or damaged, no key, not installed); the text says why."""

    def __str__(self) -> str:
        return f"sound analysis unavailable: {super().__str__()}"


@dataclass(frozen=True, slots=True)
class EarsChoice:
    """What a process listens with.

    ``diarizer``: local, deepgram, scripted, off, or the dotted path of an operator's own. ``weights_dir``:
    the operator's folder, or "". ``providers``: of ONNX Runtime, best first. ``options``: for the diarizer
    alone (see its module), such as address, key and model of a provider.
    """

    diarizer: str = "local"
    weights_dir: str = ""
    providers: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict, repr=False)


class Match(StrEnum):
    """What a comparison of two voices says to a program; people decide."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Voice:
    """One voice of a clip, known only as a label (A, B, ...).

    ``confidence``: 0..1, that this is a voice of its own. ``centroid``: unit vector, empty where the
    diarizer has none; it is biometric, stays in memory and is never written.
    """

    label: str
    seconds: float
    spans: tuple[Span, ...]
    confidence: float
    centroid: Embedding = field(default=(), repr=False)

    def to_json(self) -> dict[str, Any]:
        """Plain dict of JSON values, without the centroid."""
        return {
            "label": self.label,
            "seconds": round(self.seconds, 2),
            "spans": _spans_to_json(self.spans),
            "confidence": round(self.confidence, 3),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Voice":
        """Inverse of :meth:`to_json`; KeyError on a missing key."""
        spans = _spans_from_json(data["spans"])
        return cls(str(data["label"]), float(data["seconds"]), spans, float(data["confidence"]))


@dataclass(frozen=True, slots=True)
class TranscriptLine:
    """What a provider wrote down of one voice; never made by our own models."""

    start: float
    end: float
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class VoiceResult:
    """What a diarizer says about one clip.

    ``speakers``: how many people spoke; may be above ``len(voices)`` when two talk at once and only one of
    them is ever alone. ``voices``: most spoken first. ``enrolled_match``: of the main voice with the
    enrolled one, None when nothing was compared; ``enrolled_voice``: label of the voice that is the
    enrolled one, "" for none. ``error``: why there is no result, "" when there is one; then nothing may be
    concluded from the rest.
    """

    diarizer: str
    model: str
    speakers: int = 0
    speech_seconds: float = 0.0
    voices: tuple[Voice, ...] = ()
    overlap_spans: tuple[Span, ...] = ()
    enrolled_match: Match | None = None
    enrolled_similarity: float | None = None
    enrolled_voice: str = ""
    transcript: tuple[TranscriptLine, ...] = ()
    error: str = ""

    @property
    def overlap_seconds(self) -> float:
        """Seconds during which at least two people speak at once."""
        return sum(end - start for start, end in self.overlap_spans)

    def to_json(self) -> dict[str, Any]:
        """Plain dict of JSON values, without centroids."""
        similarity = self.enrolled_similarity
        return {
            "diarizer": self.diarizer,
            "model": self.model,
            "speakers": self.speakers,
            "speech_seconds": round(self.speech_seconds, 2),
            "voices": [voice.to_json() for voice in self.voices],
            "overlap_spans": _spans_to_json(self.overlap_spans),
            "enrolled_match": self.enrolled_match.value if self.enrolled_match else None,
            "enrolled_similarity": None if similarity is None else round(similarity, 3),
            "enrolled_voice": self.enrolled_voice,
            "transcript": [[line.start, line.end, line.label, line.text] for line in self.transcript],
            "error": self.error,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "VoiceResult":
        """Inverse of :meth:`to_json`, centroids empty; KeyError or ValueError on data of another shape."""
        similarity = data["enrolled_similarity"]
        return cls(
            diarizer=str(data["diarizer"]),
            model=str(data["model"]),
            speakers=int(data["speakers"]),
            speech_seconds=float(data["speech_seconds"]),
            voices=tuple(Voice.from_json(item) for item in data["voices"]),
            overlap_spans=_spans_from_json(data["overlap_spans"]),
            enrolled_match=Match(data["enrolled_match"]) if data["enrolled_match"] else None,
            enrolled_similarity=None if similarity is None else float(similarity),
            enrolled_voice=str(data["enrolled_voice"]),
            transcript=tuple(
                TranscriptLine(float(start), float(end), str(label), str(text))
                for start, end, label, text in data["transcript"]
            ),
            error=str(data["error"]),
        )


@dataclass(frozen=True, slots=True)
class ClipRequest:
    """What is asked about one clip.

    ``captured_at``: when the recording began, seconds since the epoch, UTC. ``detectors``: the kinds that
    policy and allowance leave on. ``enrolled``: the candidate's voice as a unit vector, or None.
    """

    captured_at: float
    sequence: int
    detectors: frozenset[ObservationKind] = ALL_KINDS
    enrolled: Embedding | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ClipReport:
    """Everything the analysis says about one clip.

    ``container``: webm, ogg, mp4, mp3, wav or flac. ``truncated``: the end is missing, or was left out as
    longer than the limit. ``channels``: as recorded. ``level_db``: mean level, of the speech where there is
    some. ``noise_db``: the quietest tenth. ``clipped_share``: 0..1 of the samples at full scale.
    ``silent``: no signal at all, as from a muted or unplugged microphone. ``voices``: None when no diarizer
    ran. ``singing_share``: 0..1 of the clip that is sung, 0 where it is not measured. ``cpu_ms``: CPU
    milliseconds by stage, with ``total``. ``waveform``: peaks for drawing, one byte (0..255) per step of
    equal length; not in the JSON form.
    """

    captured_at: float
    sequence: int
    container: str
    duration_s: float
    truncated: bool
    channels: int
    level_db: float
    noise_db: float
    clipped_share: float
    silent: bool
    voices: VoiceResult | None = None
    singing_share: float = 0.0
    observations: tuple[Observation, ...] = ()
    cpu_ms: Mapping[str, float] = field(default_factory=dict)
    engine: str = ""
    waveform: bytes = b""

    def observation(self, kind: ObservationKind) -> Observation | None:
        """The observation of that kind, or None when this clip says nothing about it."""
        return find_observation(self.observations, kind)

    def to_json(self) -> dict[str, Any]:
        """Plain dict of JSON values, without waveform and centroids."""
        return {
            "captured_at": self.captured_at,
            "sequence": self.sequence,
            "container": self.container,
            "duration_s": round(self.duration_s, 3),
            "truncated": self.truncated,
            "channels": self.channels,
            "level_db": round(self.level_db, 1),
            "noise_db": round(self.noise_db, 1),
            "clipped_share": round(self.clipped_share, 4),
            "silent": self.silent,
            "voices": self.voices.to_json() if self.voices else None,
            "singing_share": round(self.singing_share, 3),
            "observations": [item.to_json() for item in self.observations],
            "cpu_ms": {stage: round(value, 3) for stage, value in self.cpu_ms.items()},
            "engine": self.engine,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "ClipReport":
        """Inverse of :meth:`to_json`; KeyError or ValueError on data of another shape."""
        return cls(
            captured_at=float(data["captured_at"]),
            sequence=int(data["sequence"]),
            container=str(data["container"]),
            duration_s=float(data["duration_s"]),
            truncated=bool(data["truncated"]),
            channels=int(data["channels"]),
            level_db=float(data["level_db"]),
            noise_db=float(data["noise_db"]),
            clipped_share=float(data["clipped_share"]),
            silent=bool(data["silent"]),
            voices=VoiceResult.from_json(data["voices"]) if data["voices"] else None,
            singing_share=float(data["singing_share"]),
            observations=tuple(Observation.from_json(item) for item in data["observations"]),
            cpu_ms={str(stage): float(value) for stage, value in data["cpu_ms"].items()},
            engine=str(data["engine"]),
        )


@dataclass(frozen=True, slots=True)
class ForProvider:
    """A recording that was checked and may be sent to a provider: no longer than was asked for.

    ``seconds``: its length as decoded. The bytes are those that were uploaded, unless these are longer.
    """

    data: bytes = field(repr=False)
    seconds: float


class VoiceProblem(StrEnum):
    """Why a recording cannot serve as the candidate's voice; sent to clients, never rename."""

    SILENT = "voice_silent"
    TOO_QUIET = "voice_too_quiet"
    TOO_SHORT = "voice_too_short"
    SEVERAL_VOICES = "voice_several"
    TOO_NOISY = "voice_too_noisy"
    CLIPPED = "voice_clipped"
    NOT_MEASURED = "voice_not_measured"


@dataclass(frozen=True, slots=True)
class VoiceEnrolment:
    """Whether a recording can serve as the candidate's voice.

    ``vector``: unit vector, None when there is any problem (a bad one would accuse its owner for the whole
    exam). ``speech_seconds``: of the main voice.
    """

    vector: Embedding | None = field(repr=False)
    speech_seconds: float
    problems: tuple[VoiceProblem, ...] = ()
    engine: str = ""


@dataclass(frozen=True, slots=True)
class ClipCut:
    """A short playable recording out of a clip, for evidence. ``offset_s``: where it begins in the clip."""

    mime: str
    data: bytes = field(repr=False)
    offset_s: float
    duration_s: float


def _spans_to_json(spans: tuple[Span, ...]) -> list[list[float]]:
    return [[round(start, 2), round(end, 2)] for start, end in spans]


def _spans_from_json(spans: list[list[float]]) -> tuple[Span, ...]:
    return tuple((float(start), float(end)) for start, end in spans)
