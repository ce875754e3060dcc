"""The default engine for things: SSDLite on MobileNetV2, run by ONNX Runtime."""

from pathlib import Path

from proctoring.vision import thresholds
from proctoring.vision.engines.base import Box, Frame, ThingsEngine
from proctoring.vision.engines.onnx_sessions import open_session
from proctoring.vision.engines.things_layouts import LAYOUTS, find_boxes
from proctoring.vision.weights import resolve_weights

FILE = "ssdlite.onnx"
_SIDE = 300
_LAYOUT = LAYOUTS["ssd"]
_CLASSES = {"person": (0,), "phone": (76,), "book": (83,), "laptop": (72,), "tv": (71,)}


class SsdliteThings(ThingsEngine):
    """About 20 ms of one core a look. It squeezes a frame into 300 x 300 px, so that small things are only
    hinted at: phones and books are judged on a closer look (see ``detectors.things``)."""

    name = "ssdlite-things"
    scores = thresholds.SSDLITE_THINGS

    def __init__(self, weights_dir: Path | None = None) -> None:
        """Load the model; WeightsError when its file is missing or damaged, EngineError when ONNX Runtime
        cannot read it."""
        super().__init__(weights_dir)
        path, entry = resolve_weights(FILE, weights_dir)
        self.model_versions = {"ssdlite": entry.version}
        self._session = open_session(path)
        self._input = self._session.get_inputs()[0].name

    def find(self, frame: Frame) -> list[Box]:
        """See the base class."""
        values, factors = _LAYOUT.prepare(frame, _SIDE)
        return find_boxes(self._session.run(None, {self._input: values}), _LAYOUT, _SIDE, factors, _CLASSES)
