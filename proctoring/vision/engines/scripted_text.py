"""Deterministic text engine for tests and rehearsals: flat bars of pure magenta are lines of text."""

from pathlib import Path

import cv2
import numpy as np

from proctoring.vision.engines.base import Box, Frame, TextEngine


class ScriptedText(TextEngine):
    """Needs no models. Paint bars of BGR (255, 0, 255), less than 12 px high: higher ones are faces."""

    name = "scripted-text"

    def __init__(self, weights_dir: Path | None = None) -> None:
        super().__init__(weights_dir)
        self.model_versions = {"rule": "1"}

    def lines(self, frame: Frame) -> list[Box]:
        """See the base class; every bar at least three times as wide as high scores .95."""
        blue, green, red = cv2.split(frame)
        painted = ((blue > 180) & (red > 180) & (green < 90)).astype(np.uint8)
        count, _, stats, _ = cv2.connectedComponentsWithStats(painted)
        return [
            Box("text", 0.95, float(x), float(y), float(w), float(h))
            for x, y, w, h, _ in stats[1:count].tolist()
            if h >= 4 and w >= 3 * h
        ]
