"""Finds faces as the shipped engine does, but takes its time: overload that is the same on any machine."""

import os
import time

from proctoring.observations import FaceBox
from proctoring.vision.engines.base import Frame
from proctoring.vision.engines.opencv_faces import OpenCVFaces

TAKES_S = float(os.environ.get("FAULTS_LOOK_TAKES_S", "0.4"))


class SlowFaces(OpenCVFaces):
    """A look takes at least `FAULTS_LOOK_TAKES_S` seconds of the worker, and hardly any CPU."""

    def detect(self, frame: Frame) -> list[FaceBox]:
        """See the base class."""
        time.sleep(TAKES_S)
        return super().detect(frame)

    def detect_near(self, frame: Frame, face: FaceBox) -> list[FaceBox]:
        """See the base class."""
        time.sleep(TAKES_S)
        return super().detect_near(frame, face)
