"""Plain words for every coaching code and every problem of a check-in photo."""

from enum import StrEnum


class Coaching(StrEnum):
    """What the candidate can change; codes are sent to browsers, never rename one."""

    TOO_DARK = "too_dark"
    BACK_LIT = "back_lit"
    OVER_EXPOSED = "over_exposed"
    BLURRED = "blurred"
    TOO_SMALL = "too_small"
    COMPRESSED = "compressed"
    NO_FACE = "no_face"
    SEVERAL_FACES = "several_faces"
    CAMERA_COVERED = "camera_covered"
    CUT_OFF = "cut_off"
    TURNED_AWAY = "turned_away"


TEXTS: dict[str, str] = {
    Coaching.TOO_DARK: "It is too dark to see you: switch on a light in front of you.",
    Coaching.BACK_LIT: (
        "Your face is in shadow: turn towards the window or switch on a light in front of you."
    ),
    Coaching.OVER_EXPOSED: "The picture is too bright: turn the camera away from the lamp or the window.",
    Coaching.BLURRED: "The picture is blurred: hold still, and wipe the lens if it stays blurred.",
    Coaching.TOO_SMALL: "Your face is very small in the picture: come closer to the camera.",
    Coaching.COMPRESSED: (
        "The picture is compressed too strongly to know you: choose a better quality in the settings of your "
        "camera, or another camera."
    ),
    Coaching.NO_FACE: "We cannot see your face: sit in front of the camera and look at it.",
    Coaching.SEVERAL_FACES: "We see more than one face: please be alone in front of the camera.",
    Coaching.CAMERA_COVERED: "We see nothing: take away whatever covers the camera.",
    Coaching.CUT_OFF: "Part of your face is outside the picture: move to the middle.",
    Coaching.TURNED_AWAY: "Your face is turned to the side: look straight at the camera.",
}


def coaching_text(code: str) -> str:
    """The English sentence for ``code``; KeyError for a code that does not exist."""
    return TEXTS[code]
