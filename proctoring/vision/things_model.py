"""An operator's own detector of things: what its description file must say. Pure; loads no OpenCV."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proctoring.vision.engines.base import THING_LABELS, EngineError, ThingScores
from proctoring.vision.thresholds import OPERATOR_THINGS_SCORE

LAYOUT_NAMES = ("ssd", "yolox", "yolo-nas")
"""What ``engines.things_layouts`` understands; a test compares."""
_KEYS = frozenset({"file", "sha256", "layout", "side", "classes", "scores", "hints"})
_SIDES = range(64, 2049)


@dataclass(frozen=True, slots=True)
class ThingsModel:
    """``side``: pixels of the square input. ``classes``: numbers of the model's classes by our label."""

    path: Path
    sha256: str
    layout: str
    side: int
    classes: Mapping[str, tuple[int, ...]]
    scores: ThingScores


def read_things_model(description: Path) -> ThingsModel:
    """The model that a TOML file describes, with its file found and its hash taken.

    EngineError that names the key which is wrong; never a guess, because a model read in another layout
    finds nothing and says so confidently.
    """
    try:
        data = tomllib.loads(description.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise EngineError(f"{description} cannot be read: {error}") from error
    try:
        return _model(description.parent, data)
    except EngineError as error:
        raise EngineError(f"{description}: {error}") from error


def _model(folder: Path, data: Mapping[str, Any]) -> ThingsModel:
    unknown = sorted(data.keys() - _KEYS)
    if unknown:
        raise EngineError(f"{unknown[0]!r} is not a key; known are {', '.join(sorted(_KEYS))}")
    layout = data.get("layout")
    if layout not in LAYOUT_NAMES:
        raise EngineError(f"layout must be one of {', '.join(LAYOUT_NAMES)}, not {layout!r}")
    side = data.get("side")
    if type(side) is not int or side not in _SIDES or (layout == "yolox" and side % 32):
        raise EngineError(
            "side must be the pixels of the square input, 64 to 2048 (a multiple of 32 for yolox), "
            f"not {side!r}"
        )
    classes = _classes(data.get("classes"))
    least = dict.fromkeys(classes, OPERATOR_THINGS_SCORE) | _scores("scores", data.get("scores", {}), classes)
    scores = ThingScores(least, _scores("hints", data.get("hints", {}), classes))
    path, digest = _file(folder, data.get("file"), data.get("sha256", ""))
    return ThingsModel(path, digest, layout, side, classes, scores)


def _classes(given: Any) -> dict[str, tuple[int, ...]]:
    if not isinstance(given, dict) or not given:
        raise EngineError("[classes] must give the number of at least one class, such as phone = 67")
    classes = {}
    for label, numbers in given.items():
        if label not in THING_LABELS:
            raise EngineError(f"[classes] knows {', '.join(THING_LABELS)}, not {label!r}")
        several = numbers if isinstance(numbers, list) else [numbers]
        if not several or any(type(number) is not int or number < 0 for number in several):
            raise EngineError(
                f"[classes] {label} must be a number from 0, or a list of them, not {numbers!r}"
            )
        classes[label] = tuple(several)
    return classes


def _scores(key: str, given: Any, classes: Mapping[str, Any]) -> dict[str, float]:
    if not isinstance(given, dict):
        raise EngineError(f"[{key}] must give scores by label, such as phone = 0.4")
    for label, score in given.items():
        if label not in classes or (key == "hints" and label not in ("phone", "book")):
            raise EngineError(f"[{key}] has {label!r}, which has no class or cannot have one")
        if isinstance(score, bool) or not isinstance(score, int | float) or not 0 < score < 1:
            raise EngineError(f"[{key}] {label} must be above 0 and below 1, not {score!r}")
    return {label: float(score) for label, score in given.items()}


def _file(folder: Path, name: Any, expected: Any) -> tuple[Path, str]:
    if not isinstance(name, str) or not name:
        raise EngineError("file must name the ONNX file, beside this one or with its whole path")
    path = folder / name
    if not path.is_file():
        raise EngineError(f"the model file {path} is missing")
    with path.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if expected and str(expected).lower() != found:
        raise EngineError(
            f"the model file {path} is damaged: its SHA-256 is {found[:12]}..., not {expected!r}"
        )
    return path, found
