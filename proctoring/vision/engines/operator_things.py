"""An operator's own detector of things: any ONNX model in a layout we know, named by PROCTOR_THINGS_MODEL."""

from pathlib import Path
from typing import Any

from proctoring.vision.engines.base import EMPTY_FRAME, Box, EngineError, Frame, ThingsEngine
from proctoring.vision.engines.onnx_sessions import open_session
from proctoring.vision.engines.things_layouts import LAYOUTS, find_boxes
from proctoring.vision.things_model import read_things_model


class OperatorThings(ThingsEngine):
    """What the description file says; see ``vision.things_model`` and docs/operations.md."""

    name = "operator-things"

    def __init__(self, description: Path) -> None:
        """Load the model and try it on an empty picture: EngineError when anything does not fit."""
        super().__init__(None)
        self._model = read_things_model(description)
        self._layout = LAYOUTS[self._model.layout]
        self.scores = self._model.scores
        self.model_versions = {self._model.path.stem: self._model.sha256[:8]}
        self._session = open_session(self._model.path)
        self._input = self._session.get_inputs()[0].name
        try:
            self.find(EMPTY_FRAME)
        except EngineError as error:
            raise EngineError(f"{self._model.path.name} does not fit its description: {error}") from error

    def find(self, frame: Frame) -> list[Box]:
        """See the base class."""
        values, factors = self._layout.prepare(frame, self._model.side)
        return find_boxes(self._run(values), self._layout, self._model.side, factors, self._model.classes)

    def _run(self, values: Any) -> list[Any]:
        try:
            return list(self._session.run(None, {self._input: values}))
        except Exception as error:  # its exceptions have no common class of their own
            given = self._session.get_inputs()[0]
            raise EngineError(
                f"it takes {given.type} of shape {given.shape}, and is given {values.dtype} of "
                f"{values.shape}: check layout and side"
            ) from error
