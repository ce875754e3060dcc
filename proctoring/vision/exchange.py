"""What goes to an analysing process and comes back, besides the report. Light: loads no OpenCV."""

from dataclasses import dataclass
from enum import StrEnum

from proctoring.observations import FaceBox, Head, ObservationKind, Quality
from proctoring.vision.baseline import Baseline
from proctoring.vision.engines.base import Vector

ALL_KINDS = frozenset(ObservationKind)


class Work(StrEnum):
    """The dear parts of looking at a frame, which are not done on every one: see ``incidents.work_pace``."""

    IDENTITY = "identity"
    HEAD = "head"
    THINGS = "things"
    TEXT = "text"


ALL_WORK = tuple(Work)
KINDS_OF = {
    Work.IDENTITY: frozenset({ObservationKind.DIFFERENT_PERSON}),
    Work.HEAD: frozenset(
        {
            ObservationKind.LOOKING_AWAY,
            ObservationKind.EYES_CLOSED,
            ObservationKind.FACE_HIDDEN,
            ObservationKind.MOUTH_MOVING,
        }
    ),
    Work.THINGS: frozenset(
        {
            ObservationKind.PHONE,
            ObservationKind.BOOK,
            ObservationKind.SECOND_SCREEN,
            ObservationKind.SECOND_PERSON,
        }
    ),
    Work.TEXT: frozenset({ObservationKind.TEXT_SHOWN}),
}
"""What each work is done for: with all of them off it is not done."""


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """Which engines a process loads: dotted paths, "" for none.

    ``things_model``: description of an operator's own detector, which takes the place of ``things``.
    ``weights_dir``: the operator's folder, or "". ``providers``: of ONNX Runtime, best first (see
    ``engines.onnx_sessions``).
    Without an engine its kinds are never reported: neither seen nor not seen.
    """

    faces: str
    head: str = ""
    things: str = ""
    things_model: str = ""
    text: str = ""
    emotions: str = ""
    weights_dir: str = ""
    providers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SideView:
    """A further reference of the same person, seen from the side. ``turn``: 1 or -1, the sign that
    ``detectors.same_person.turn_of`` has for it; faces turned another way are not compared with it."""

    vector: Vector
    turn: int


@dataclass(frozen=True, slots=True)
class FrameRequest:
    """What is asked about one frame.

    ``captured_at``: seconds since the epoch, UTC. ``references``: enrolled vectors of this candidate, or
    None. ``sides``: further ones from the side. ``detectors``: the kinds that policy and allowance leave on.
    ``due``: the dear work that this frame is to have, most pressing first, and ``if_moved`` what it is to
    have if something moved (see ``proctoring.incidents.work_pace``); what is too much for one frame is left
    over and missing in the report's ``done``. ``last_look``: ``left`` of the session's newest report, b"" for
    none. ``baseline``: how this person looks at their own screen, None before it is known; ``first_yaw``:
    until then, how they were turned in their first looks (degrees, None before any). ``mouth``: openings of
    the last looks (``detectors.mouth_moving``). ``thumbnail_width``: pixels, 0 for none.
    ``reads_emotions``: only where ``proctoring.emotions`` has nothing against it.
    """

    captured_at: float
    sequence: int
    references: tuple[Vector, ...] | None = None
    sides: tuple[SideView, ...] = ()
    detectors: frozenset[ObservationKind] = ALL_KINDS
    due: tuple[Work, ...] = ALL_WORK
    if_moved: frozenset[Work] = frozenset()
    last_look: bytes = b""
    baseline: Baseline | None = None
    first_yaw: float | None = None
    mouth: tuple[float, ...] = ()
    thumbnail_width: int = 0
    reads_emotions: bool = False


@dataclass(frozen=True, slots=True)
class HeadReport:
    """One look at how a person holds the head at check-in.

    ``head``: None where it is not measured. ``faces``: people in view. ``coaching``: codes of
    ``proctoring.vision.coaching``.
    """

    head: Head | None
    faces: int
    coaching: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EnrolmentReport:
    """Whether a check-in photo can serve as reference, what is wrong with it, and its vector.

    ``problems``: codes of ``proctoring.vision.coaching``, most important first; ``ok`` means none.
    ``vector``: unit float32, only when ``ok`` (a bad reference would accuse its owner for the whole exam) and
    when a template was asked for.
    ``face``: the main face in pixels of the uploaded photo. To enrol from several views, average their
    vectors with ``engines.base.mean_vector``.
    """

    ok: bool
    problems: tuple[str, ...]
    quality: Quality
    vector: Vector | None = None
    face: FaceBox | None = None
    width: int = 0
    height: int = 0
    engine: str = ""


class Likeness(StrEnum):
    """What two faces say to a program; people decide."""

    ALIKE = "alike"
    UNLIKE = "unlike"
    CANNOT_SAY = "cannot_say"


@dataclass(frozen=True, slots=True)
class TurnReport:
    """One look at a head that was asked to turn.

    ``face``: in pixels of a picture of 640 pixels on its longer side, None unless exactly one face is in
    view. ``head``: None where it is not measured. ``likeness`` to the references: None without any.
    ``vector``: only where one was compared. ``coaching``: codes of ``proctoring.vision.coaching``.
    """

    face: FaceBox | None
    head: Head | None
    coaching: tuple[str, ...]
    likeness: Likeness | None = None
    vector: Vector | None = None
    engine: str = ""


@dataclass(frozen=True, slots=True)
class DocumentReport:
    """What is seen on the photo of an identity document, compared with the candidate's own vectors.

    ``problems``: codes of ``proctoring.vision.coaching``; ``ok`` means none. ``similarity``: on the engine's
    own scale, None when nothing was compared. ``face``: the main face in pixels of the picture that was
    looked at, ``width`` and ``height`` its sides.
    """

    ok: bool
    problems: tuple[str, ...]
    likeness: Likeness
    similarity: float | None = None
    face: FaceBox | None = None
    width: int = 0
    height: int = 0
    engine: str = ""
