"""A camera that shows nothing: covered, or in a dark room."""

from proctoring.observations import Observation, ObservationKind
from proctoring.vision import thresholds
from proctoring.vision.image import Light
from proctoring.vision.quality import is_dark

_LIMITS = thresholds.LIGHT
OUT_OF_FOCUS = "large forms are left: perhaps badly out of focus"


def is_covered(light: Light) -> bool:
    """True when the picture is flat, wholly out of focus, or black without any structure.

    A hand, tape or cloth on the lens removes detail; a dark room keeps faint structure. Only meaningful when
    no face was found.
    """
    if light.highlight < _LIMITS.dark_highlight:  # too little signal for sharpness to mean anything
        return light.structure < _LIMITS.black_structure
    least_contrast = min(_LIMITS.flat_contrast, _LIMITS.flat_share * light.brightness)
    flat = light.contrast < least_contrast and light.sharpness < _LIMITS.flat_sharpness
    return flat or light.sharpness < _LIMITS.covered_sharpness


def is_out_of_focus(light: Light) -> bool:
    """Of a covered picture: True when bright forms are left, as behind a lens that is far out of focus.

    It is flagged like a cover, since nobody can be recognised, but the advice is another one.
    """
    return light.structure > _LIMITS.forms_structure and light.brightness > _LIMITS.forms_brightness


def observe_camera(light: Light, has_face: bool) -> tuple[Observation, Observation]:
    """The observations ``camera_covered`` and ``camera_dark`` of one frame.

    ``has_face``: a face was found clearly, which rules out both. A covered camera says nothing about the
    light in the room.
    """
    covered = not has_face and is_covered(light)
    dark = not has_face and not covered and is_dark(light)
    numbers = {
        "brightness": round(light.brightness, 1),
        "highlight": round(light.highlight, 1),
        "contrast": round(light.contrast, 1),
        "sharpness": round(light.sharpness, 1),
    }
    note = {"note": OUT_OF_FOCUS} if covered and is_out_of_focus(light) else {}
    return (
        Observation(ObservationKind.CAMERA_COVERED, covered, 0.95, {**numbers, **note}),
        Observation(ObservationKind.CAMERA_DARK, dark, 0.9, numbers, informative=not covered),
    )
