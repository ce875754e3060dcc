"""Compares the faces of labelled pairs, with one face engine or another."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from proctoring.bench import films
from proctoring.bench.dataset import Pair, Picture
from proctoring.bench.scores import area_under_curve, share
from proctoring.vision.detectors.face_count import count_people
from proctoring.vision.engines.base import FaceEngine, Vector


@dataclass(frozen=True, slots=True)
class Compared:
    """A pair and its similarity; None when a face of the two was not found."""

    pair: Pair
    similarity: float | None


@dataclass(frozen=True, slots=True)
class Identity:
    """``accepted``: share of same pairs at or above the threshold for "same".

    ``false_accepted``: the same of different pairs. ``accused``: share of same pairs below the threshold for
    "different". ``missing``: pairs without a face; they are left out of the shares.
    """

    accepted: float | None
    false_accepted: float | None
    accused: float | None
    area: float | None
    same: int
    different: int
    missing: int


def compare_all(engine: FaceEngine, pairs: Iterable[Pair], pictures: Mapping[str, Picture]) -> list[Compared]:
    """Every pair, by the largest clear face of each picture, whatever its size and turn."""
    vectors: dict[str, Vector | None] = {}

    def vector_of(name: str) -> Vector | None:
        if name not in vectors:
            _, frame = films.read_picture(pictures[name].path)
            main = count_people(engine.detect(frame), frame.shape[0], engine.thresholds).main
            vectors[name] = engine.embed(frame, main) if main else None
        return vectors[name]

    compared = []
    for pair in pairs:
        a, b = vector_of(pair.a), vector_of(pair.b)
        compared.append(Compared(pair, engine.similarity(a, b) if a is not None and b is not None else None))
    return compared


def judge_pairs(compared: Iterable[Compared], engine: FaceEngine) -> Identity:
    """Shares at the engine's own thresholds, and the area under the ROC curve."""
    given = list(compared)
    same = [each.similarity for each in given if each.pair.same and each.similarity is not None]
    different = [each.similarity for each in given if not each.pair.same and each.similarity is not None]
    limits = engine.thresholds
    return Identity(
        share(value >= limits.same for value in same),
        share(value >= limits.same for value in different),
        share(value < limits.different for value in same),
        area_under_curve(same, different),
        len(same),
        len(different),
        sum(each.similarity is None for each in given),
    )
