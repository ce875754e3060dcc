"""The shared language of everything that watches: kinds, observations, quality and the report on one frame.

Plain data only: every class here is frozen, can be pickled to and from a worker process, and converts
to and from plain JSON values. Three states matter and must not be mixed up:

* an observation with ``present=True``: the detector looked and saw the thing;
* an observation with ``present=False``: the detector looked and the thing is not there;
* no observation of that kind, or one with ``informative=False``: nothing can be said about this frame
  (detector off, frame too dark, face too small, similarity between the thresholds ...).

Only the first two count for the time rules. "Cannot say" is never turned into "absent".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from proctoring.seen import Body, Imprint, TextBlock

Measure = float | int | str
Measurements = Mapping[str, Measure]


class ObservationKind(StrEnum):
    """What a detector can find. The values are stored in rows and sent to browsers: never rename one."""

    NO_FACE = "no_face"
    SEVERAL_FACES = "several_faces"
    DIFFERENT_PERSON = "different_person"
    CAMERA_COVERED = "camera_covered"
    CAMERA_DARK = "camera_dark"
    LOOKING_AWAY = "looking_away"
    EYES_CLOSED = "eyes_closed"
    FACE_HIDDEN = "face_hidden"
    MOUTH_MOVING = "mouth_moving"
    PHONE = "phone"
    BOOK = "book"
    SECOND_SCREEN = "second_screen"
    SECOND_PERSON = "second_person"
    TEXT_SHOWN = "text_shown"
    CAMERA_FROZEN = "camera_frozen"
    CAMERA_REPLACED = "camera_replaced"
    ANOTHER_VOICE = "another_voice"
    DIFFERENT_VOICE = "different_voice"
    MICROPHONE_SILENT = "microphone_silent"
    SPEECH = "speech"


SOUND_KINDS = frozenset(
    {
        ObservationKind.ANOTHER_VOICE,
        ObservationKind.DIFFERENT_VOICE,
        ObservationKind.MICROPHONE_SILENT,
        ObservationKind.SPEECH,
    }
)
"""What is found in recordings of the microphone; all other kinds are found in pictures."""


class Severity(StrEnum):
    """How much an incident matters to a proctor; ``rank`` gives the order (info lowest)."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """0 for info up to 3 for high, for sorting and comparing."""
        return list(Severity).index(self)


class Weight(StrEnum):
    """How much a sighting matters, where one kind can mean different things."""

    PLAIN = "plain"
    MILD = "mild"  # it may well be harmless: a picture on the wall
    PROVEN = "proven"  # it is not, and a milder sighting afterwards does not take that back


class QualityReason(StrEnum):
    """The closed set of reasons why a frame cannot be judged (or an enrolment photo is not good enough)."""

    TOO_DARK = "too_dark"
    BACK_LIT = "back_lit"
    OVER_EXPOSED = "over_exposed"
    BLURRED = "blurred"
    TOO_SMALL = "too_small"
    COMPRESSED = "compressed"


@dataclass(frozen=True, slots=True)
class FaceBox:
    """One face in pixels of the *uploaded* picture.

    ``x, y, w, h``: box, may reach outside the picture. ``score``: 0..1 as the engine gives it.
    ``landmarks``: five (x, y) points in the order right eye, left eye, nose tip, right and left mouth
    corner, where "right" is the person's right, so image-left in an unmirrored picture.
    """

    x: float
    y: float
    w: float
    h: float
    score: float
    landmarks: tuple[tuple[float, float], ...] = ()

    @property
    def area(self) -> float:
        """Box area in square pixels."""
        return self.w * self.h

    def scaled(self, factor: float) -> "FaceBox":
        """The same face in a picture whose sides are ``factor`` times as long."""
        points = tuple((px * factor, py * factor) for px, py in self.landmarks)
        return FaceBox(self.x * factor, self.y * factor, self.w * factor, self.h * factor, self.score, points)

    def to_json(self) -> dict[str, Any]:
        """Plain dict with numbers rounded to what they mean (tenths of pixels, thousandths of score)."""
        return {
            "x": round(self.x, 1),
            "y": round(self.y, 1),
            "w": round(self.w, 1),
            "h": round(self.h, 1),
            "score": round(self.score, 3),
            "landmarks": [[round(px, 1), round(py, 1)] for px, py in self.landmarks],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "FaceBox":
        """Inverse of :meth:`to_json`; KeyError on a missing key."""
        points = tuple((float(px), float(py)) for px, py in data["landmarks"])
        return cls(
            float(data["x"]),
            float(data["y"]),
            float(data["w"]),
            float(data["h"]),
            float(data["score"]),
            points,
        )


@dataclass(frozen=True, slots=True)
class Head:
    """How the main face is held in one frame: geometry, never a mark of the person.

    Degrees: ``yaw`` above 0 is the nose towards the left of the picture, ``pitch`` above 0 is the head down,
    ``roll`` turns in the picture's plane. ``gaze_x``: where the irises lie between the corners of the eyes,
    0..1 with about .54 straight ahead. ``eyes_closed`` and ``mouth_open``: 0..1. ``presence``: 0..1, how
    sure the model is that there is a whole face where it looked.
    """

    yaw: float
    pitch: float
    roll: float
    gaze_x: float
    eyes_closed: float
    mouth_open: float
    presence: float

    def to_json(self) -> dict[str, float]:
        """Plain dict, hundredths."""
        return {each.name: round(getattr(self, each.name), 2) for each in fields(self)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Head":
        """Inverse of :meth:`to_json`; KeyError on a missing key."""
        return cls(**{each.name: float(data[each.name]) for each in fields(cls)})


@dataclass(frozen=True, slots=True)
class Observation:
    """One detector's finding about one frame.

    ``confidence`` (0..1) says how sure the detector is of ``present`` being as stated.
    ``informative=False`` marks a look that could not decide; the time rules ignore it. ``weight``: what a
    sighting means for the severity.
    """

    kind: ObservationKind
    present: bool
    confidence: float
    measurements: Measurements = field(default_factory=dict)
    informative: bool = True
    weight: Weight = Weight.PLAIN

    def to_json(self) -> dict[str, Any]:
        """Plain dict of JSON values."""
        return {
            "kind": self.kind.value,
            "present": self.present,
            "confidence": round(self.confidence, 4),
            "measurements": dict(self.measurements),
            "informative": self.informative,
            "weight": self.weight.value,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Observation":
        """Inverse of :meth:`to_json`; ValueError on an unknown kind."""
        return cls(
            ObservationKind(data["kind"]),
            bool(data["present"]),
            float(data["confidence"]),
            dict(data["measurements"]),
            bool(data.get("informative", True)),
            Weight(data.get("weight", Weight.PLAIN)),
        )


@dataclass(frozen=True, slots=True)
class Quality:
    """Whether a frame can be judged at all, why not, and the numbers behind it (0..255 grey levels).

    ``brightness``: mean grey level; ``highlight``: 95th percentile; ``contrast``: standard deviation;
    ``sharpness``: variance of the Laplacian; all of the frame shrunk to 160x120.
    """

    usable: bool
    reasons: tuple[QualityReason, ...] = ()
    brightness: float = 0.0
    highlight: float = 0.0
    contrast: float = 0.0
    sharpness: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Plain dict of JSON values."""
        return {
            "usable": self.usable,
            "reasons": [reason.value for reason in self.reasons],
            "brightness": round(self.brightness, 1),
            "highlight": round(self.highlight, 1),
            "contrast": round(self.contrast, 1),
            "sharpness": round(self.sharpness, 1),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Quality":
        """Inverse of :meth:`to_json`; ValueError on an unknown reason."""
        return cls(
            bool(data["usable"]),
            tuple(QualityReason(reason) for reason in data["reasons"]),
            float(data["brightness"]),
            float(data["highlight"]),
            float(data["contrast"]),
            float(data["sharpness"]),
        )


@dataclass(frozen=True, slots=True)
class FrameReport:
    """Everything the analysis says about one uploaded frame.

    ``captured_at``: seconds since the epoch, UTC. ``width, height``: of the uploaded picture, pixels.
    ``faces``: the main one first; ``bodies``: boxes of other people's bodies, where things were looked for.
    ``coaching``: codes of ``proctoring.vision.coaching``. ``cpu_ms``: CPU milliseconds by stage, with
    ``total``. ``head``: how the main face is held, None when it was not measured. ``imprint``: what the
    picture is recognised by when it comes again. ``blocks``: of text, where it was looked for. ``emotions``:
    shares by name, empty unless asked for; ``brows``: then, of a look at the head, what
    ``vision.confusion`` compares. ``engine``: names and model versions. ``done``: names of the dear work that
    was done. ``left``: for the session's next frame (see ``vision.last_look``). ``thumbnail``: small JPEG if
    it was asked for, else empty. The JSON form has neither of these two.
    """

    captured_at: float
    sequence: int
    width: int
    height: int
    quality: Quality
    observations: tuple[Observation, ...] = ()
    faces: tuple[FaceBox, ...] = ()
    bodies: tuple[Body, ...] = ()
    head: Head | None = None
    imprint: Imprint | None = None
    blocks: tuple[TextBlock, ...] = ()
    emotions: Mapping[str, float] = field(default_factory=dict)
    brows: float | None = None
    coaching: tuple[str, ...] = ()
    cpu_ms: Mapping[str, float] = field(default_factory=dict)
    engine: str = ""
    done: tuple[str, ...] = ()
    left: bytes = b""
    thumbnail: bytes = b""

    def observation(self, kind: ObservationKind) -> Observation | None:
        """The observation of that kind, or None when this frame says nothing about it."""
        return find_observation(self.observations, kind)

    def to_json(self) -> dict[str, Any]:
        """Plain dict of JSON values, without ``left`` and the thumbnail."""
        return {
            "captured_at": self.captured_at,
            "sequence": self.sequence,
            "width": self.width,
            "height": self.height,
            "quality": self.quality.to_json(),
            "observations": [observation.to_json() for observation in self.observations],
            "faces": [face.to_json() for face in self.faces],
            "bodies": [body.to_json() for body in self.bodies],
            "head": self.head.to_json() if self.head else None,
            "imprint": self.imprint.to_json() if self.imprint else None,
            "blocks": [block.to_json() for block in self.blocks],
            "emotions": {name: round(share, 3) for name, share in self.emotions.items()},
            "brows": None if self.brows is None else round(self.brows, 3),
            "coaching": list(self.coaching),
            "cpu_ms": {stage: round(value, 3) for stage, value in self.cpu_ms.items()},
            "engine": self.engine,
            "done": list(self.done),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "FrameReport":
        """Inverse of :meth:`to_json`; KeyError or ValueError on data of another shape."""
        return cls(
            float(data["captured_at"]),
            int(data["sequence"]),
            int(data["width"]),
            int(data["height"]),
            Quality.from_json(data["quality"]),
            tuple(Observation.from_json(item) for item in data["observations"]),
            tuple(FaceBox.from_json(item) for item in data["faces"]),
            tuple(Body.from_json(item) for item in data.get("bodies", ())),
            Head.from_json(data["head"]) if data.get("head") else None,
            Imprint.from_json(data["imprint"]) if data.get("imprint") else None,
            tuple(TextBlock.from_json(item) for item in data.get("blocks", ())),
            {str(name): float(share) for name, share in data.get("emotions", {}).items()},
            None if data.get("brows") is None else float(data["brows"]),
            tuple(data["coaching"]),
            {str(stage): float(value) for stage, value in data["cpu_ms"].items()},
            str(data["engine"]),
            tuple(data.get("done", ())),
        )


def find_observation(observations: Iterable[Observation], kind: ObservationKind) -> Observation | None:
    """The first observation of ``kind``, or None."""
    return next((item for item in observations if item.kind == kind), None)
