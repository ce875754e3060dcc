"""The contracts that engines keep, and how one is loaded by its dotted path."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from proctoring.observations import FaceBox, Head

Frame = NDArray[np.uint8]
Vector = NDArray[np.float32]
EMPTY_FRAME: Frame = np.zeros((480, 640, 3), np.uint8)


class EngineError(RuntimeError):
    """The engine cannot work here (not installed, wrong version, cannot load); the text says what to do."""


@dataclass(frozen=True, slots=True)
class EngineThresholds:
    """Numbers that only make sense for one engine; their values and sources are in ``vision/thresholds.py``.

    ``same`` / ``different``: similarity at or above which two faces are one person, and below which they
    are two; between them nothing is said. ``face``: lowest score that counts as somebody being there.
    ``trace``: lowest score at which "nobody is there" may not be said any more. ``extra_face``: lowest
    score of a second face. ``identity_face``: lowest score of a face good enough to compare.
    """

    same: float
    different: float
    face: float
    trace: float
    extra_face: float
    identity_face: float


@dataclass(frozen=True, slots=True)
class Box:
    """Something found in a frame, in pixels of that frame. ``label``: what it is; ``score``: 0..1."""

    label: str
    score: float
    x: float
    y: float
    w: float
    h: float


class Engine(ABC):
    """What all engines share. Holds native state: one instance per process, never two threads."""

    name: str
    model_versions: Mapping[str, str]

    def __init__(self, weights_dir: Path | None = None) -> None:
        """``weights_dir``: the operator's folder, looked in before the vendored weights."""
        self.weights_dir = weights_dir

    @property
    def description(self) -> str:
        """Name and model versions in one line, stored with every report."""
        models = " ".join(f"{model}={version}" for model, version in sorted(self.model_versions.items()))
        return f"{self.name} {models}".strip()

    @abstractmethod
    def warm_up(self) -> None:
        """Run once on an empty picture so that the first real frame does not pay for lazy loading."""


class FaceEngine(Engine):
    """Finds faces and tells people apart."""

    thresholds: EngineThresholds

    @abstractmethod
    def detect(self, frame: Frame) -> list[FaceBox]:
        """Faces in ``frame`` (BGR uint8, HxWx3), best score first, in pixels of that frame.

        Returns every face scoring at least ``thresholds.trace``; callers choose. Empty list if none.
        """

    def detect_near(self, frame: Frame, face: FaceBox) -> list[FaceBox]:
        """Faces at and around the place of ``face``, which the last frame showed; otherwise as ``detect``.

        For engines that can do it at less cost; this one looks at everything.
        """
        return self.detect(frame)

    @abstractmethod
    def embed(self, frame: Frame, face: FaceBox) -> Vector:
        """Unit-length float32 vector, shape (n,), of one face that ``detect`` found in the same frame."""

    def similarity(self, a: Vector, b: Vector) -> float:
        """Likeness of two vectors of this engine, 1.0 for equal ones; compare with ``thresholds``.

        ValueError when the shapes differ, for example because a reference came from another engine.
        """
        if a.shape != b.shape:
            raise ValueError(f"vectors of different engines: shapes {a.shape} and {b.shape}")
        return float(np.dot(a, b))

    def warm_up(self) -> None:
        """See the base class."""
        self.detect(EMPTY_FRAME)


class HeadEngine(Engine):
    """Measures how a face is held: pose, gaze, eyes, mouth."""

    @abstractmethod
    def look(self, frame: Frame, face: FaceBox) -> Head | None:
        """The head of one face that a face engine found in ``frame``; None where no whole face is there."""

    def brows(self, frame: Frame, face: FaceBox) -> float | None:
        """How low brows and how tight lids are, -1.5 to 1.4, less for a smile or an open mouth: what
        ``vision.confusion`` compares. None where the engine cannot say. Only where emotions may be read.
        """
        return None

    def warm_up(self) -> None:
        """See the base class."""
        points = ((280.0, 200.0), (360.0, 200.0), (320.0, 240.0), (290.0, 280.0), (350.0, 280.0))
        self.look(EMPTY_FRAME, FaceBox(240, 140, 160, 200, 0.9, points))


THING_LABELS = ("person", "phone", "book", "laptop", "tv")


@dataclass(frozen=True, slots=True)
class ThingScores:
    """Scores by label that only make sense for one engine; values and sources in ``vision/thresholds.py``.

    ``least``: lowest score that counts; a label that is missing is never found. ``hints``: for labels that
    are judged on a closer look only, the lowest score in the whole frame that is worth that look.
    """

    least: Mapping[str, float]
    hints: Mapping[str, float] = field(default_factory=dict)


class ThingsEngine(Engine):
    """Finds things and whole people: labels ``THING_LABELS``."""

    scores: ThingScores

    @abstractmethod
    def find(self, frame: Frame) -> list[Box]:
        """What is in ``frame`` (BGR uint8, HxWx3), best score first; weak scores included, callers choose."""

    def warm_up(self) -> None:
        """See the base class."""
        self.find(EMPTY_FRAME)


class TextEngine(Engine):
    """Finds where text is to be seen; it does not read it."""

    @abstractmethod
    def lines(self, frame: Frame) -> list[Box]:
        """Lines of text in ``frame``, label ``text``."""

    def warm_up(self) -> None:
        """See the base class."""
        self.lines(EMPTY_FRAME)


class EmotionEngine(Engine):
    """Names the expression of a face. Only where operator, law and institution allow it."""

    @abstractmethod
    def read(self, frame: Frame, face: FaceBox) -> Mapping[str, float]:
        """Shares (0..1, together 1) of happy, sad, calm, angry, surprised, disgusted, fear."""

    def warm_up(self) -> None:
        """See the base class."""
        self.read(EMPTY_FRAME, FaceBox(240, 140, 160, 200, 0.9))


def mean_vector(vectors: Sequence[Vector]) -> Vector:
    """Unit-length mean of unit vectors, for enrolling from several views.

    ValueError on an empty sequence or on vectors that cancel out.
    """
    if not vectors:
        raise ValueError("no vectors to average")
    mean = np.mean(np.stack(vectors), axis=0)
    length = float(np.linalg.norm(mean))
    if length < 1e-6:
        raise ValueError("vectors cancel out")
    return np.asarray(mean / length, np.float32)


AnEngine = TypeVar("AnEngine", bound=Engine)


def load_engine(kind: type[AnEngine], dotted_path: str, weights_dir: Path | None = None) -> AnEngine:
    """An instance of the engine class at ``dotted_path``, e.g. FaceEngine at
    ``proctoring.vision.engines.opencv_faces.OpenCVFaces``.

    EngineError when there is no such class or it is not of that ``kind``; engines raise it themselves when a
    part they need is missing, and WeightsError when their weights are.
    """
    module_name, _, class_name = dotted_path.rpartition(".")
    try:
        found = getattr(import_module(module_name), class_name)
    except (ImportError, AttributeError, ValueError) as error:
        raise EngineError(f"no engine at {dotted_path!r}: {error}") from error
    if not (isinstance(found, type) and issubclass(found, kind)):
        raise EngineError(f"{dotted_path!r} is not a {kind.__name__}")
    return found(weights_dir)


@dataclass(frozen=True, slots=True)
class Engines:
    """The engines of one process; None: that work is not done here."""

    faces: FaceEngine
    head: HeadEngine | None = None
    things: ThingsEngine | None = None
    text: TextEngine | None = None
    emotions: EmotionEngine | None = None

    @property
    def all(self) -> tuple[Engine, ...]:
        """Those that are there."""
        return tuple(
            each
            for each in (self.faces, self.head, self.things, self.text, self.emotions)
            if each is not None
        )

    @property
    def description(self) -> str:
        """Names and model versions of all, in one line."""
        return "; ".join(each.description for each in self.all)
