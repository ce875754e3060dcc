"""Deterministic twin for tests and rehearsals: a filled rectangle of one of five pale colours is a thing."""

from pathlib import Path

import cv2
import numpy as np

from proctoring.vision import thresholds
from proctoring.vision.engines.base import Box, Frame, ThingsEngine

# BGR; pale, so that the scripted faces (pure colours) and these do not see each other.
PAINT = {
    "person": (230, 150, 150),
    "phone": (150, 230, 150),
    "book": (150, 150, 230),
    "laptop": (230, 230, 150),
    "tv": (230, 150, 230),
}
_TOLERANCE = 14  # JPEG at quality 80 moves flat areas by less
_LEAST_SIDE = 8
_SCORE = 0.9


class ScriptedThings(ThingsEngine):
    """Needs no models. Paint a filled rectangle of ``PAINT[label]`` to put a thing into a frame."""

    name = "scripted-things"
    scores = thresholds.SCRIPTED_THINGS

    def __init__(self, weights_dir: Path | None = None) -> None:
        super().__init__(weights_dir)
        self.model_versions = {"rule": "1"}

    def find(self, frame: Frame) -> list[Box]:
        """See the base class; every painted rectangle of at least 8 px a side scores .9."""
        found: list[Box] = []
        for label, colour in PAINT.items():
            apart = np.abs(frame.astype(np.int16) - np.array(colour, np.int16)).max(axis=2)
            count, _, stats, _ = cv2.connectedComponentsWithStats((apart <= _TOLERANCE).astype(np.uint8))
            for x, y, w, h, area in stats[1:count].tolist():
                if min(w, h) >= _LEAST_SIDE and area > 0.7 * w * h:
                    found.append(Box(label, _SCORE, float(x), float(y), float(w), float(h)))
        return sorted(found, key=lambda box: -box.score)
