"""What goes to an analysing process and comes back, besides the report. Light: loads no OpenCV."""

from dataclasses import dataclass

from proctoring.observations import FaceBox, ObservationKind, Quality
from proctoring.vision.engines.base import Vector

ALL_KINDS = frozenset(ObservationKind)


@dataclass(frozen=True, slots=True)
class FrameRequest:
    """What is asked about one frame.

    ``captured_at``: seconds since the epoch, UTC. ``references``: enrolled vectors of this candidate, or
    None. ``detectors``: the kinds that policy and allowance leave on. ``identity_due``: compare the face
    on this frame (see ``proctoring.incidents.rules.identity_due``). ``thumbnail_width``: pixels, 0 for none.
    """

    captured_at: float
    sequence: int
    references: tuple[Vector, ...] | None = None
    detectors: frozenset[ObservationKind] = ALL_KINDS
    identity_due: bool = True
    thumbnail_width: int = 0


@dataclass(frozen=True, slots=True)
class EnrolmentReport:
    """Whether a check-in photo can serve as reference, what is wrong with it, and its vector.

    ``problems``: codes of ``proctoring.vision.coaching``, most important first; ``ok`` means none.
    ``vector``: unit float32, only when ``ok``: a bad reference would accuse its owner for the whole exam.
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
