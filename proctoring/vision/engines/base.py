"""The contract every face engine keeps, and how one is loaded by its dotted path."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from proctoring.observations import FaceBox

Frame = NDArray[np.uint8]
Vector = NDArray[np.float32]


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


class FaceEngine(ABC):
    """Finds faces and tells people apart. Holds native state: one instance per process, never two threads."""

    name: str
    thresholds: EngineThresholds
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
    def detect(self, frame: Frame) -> list[FaceBox]:
        """Faces in ``frame`` (BGR uint8, HxWx3), best score first, in pixels of that frame.

        Returns every face scoring at least ``thresholds.trace``; callers choose. Empty list if none.
        """

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
        """Run once on an empty picture so that the first real frame does not pay for lazy loading."""
        self.detect(np.zeros((480, 640, 3), np.uint8))


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


def load_engine(dotted_path: str, weights_dir: Path | None = None) -> FaceEngine:
    """An instance of the engine class at ``dotted_path``, e.g.
    ``proctoring.vision.engines.opencv_faces.OpenCVFaces``.

    EngineError when there is no such class or it is no FaceEngine; engines raise it themselves when a part
    they need is missing, and WeightsError when their weights are.
    """
    module_name, _, class_name = dotted_path.rpartition(".")
    try:
        found = getattr(import_module(module_name), class_name)
    except (ImportError, AttributeError, ValueError) as error:
        raise EngineError(f"no face engine at {dotted_path!r}: {error}") from error
    if not (isinstance(found, type) and issubclass(found, FaceEngine)):
        raise EngineError(f"{dotted_path!r} is not a FaceEngine")
    return found(weights_dir)
