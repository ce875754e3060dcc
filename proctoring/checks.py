"""System checks of the analysis: a damaged model must stop the server, never read as "no face"."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from proctoring.vision.weights import WeightsError, check_weights

_NEEDS_WEIGHTS = "proctoring.vision.engines.opencv_faces.OpenCVFaces"


@register()
def refuse_unusable_models(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """E101: a model file of the default engine is missing or damaged."""
    if settings.FACE_ENGINE != _NEEDS_WEIGHTS:
        return []  # other engines say so themselves when the analysis starts
    try:
        found = check_weights(Path(settings.WEIGHTS_DIR) if settings.WEIGHTS_DIR else None)
    except WeightsError as error:
        return [Error(str(error), id="proctor.E101")]
    return [
        Error(status.problem, hint="`manage.py check_models` lists all of them.", id="proctor.E101")
        for status in found
        if not status.is_usable
    ]
