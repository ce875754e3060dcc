"""What a candidate is told when an incident opens, in words that say what to do."""

from proctoring.observations import ObservationKind

_TEXTS = {
    ObservationKind.NO_FACE: "We cannot see you. Please sit so that your face is in the camera's picture.",
    ObservationKind.SEVERAL_FACES: "We see more than one face. Please be alone in the camera's picture.",
    ObservationKind.DIFFERENT_PERSON: (
        "The face in the picture does not look like your reference photo. Please look straight at the camera."
    ),
    ObservationKind.CAMERA_COVERED: "The camera shows nothing. Please uncover it.",
    ObservationKind.CAMERA_DARK: "It is too dark to see you. Please switch on a light in front of you.",
}


def notice_text(kind: ObservationKind) -> str:
    """The sentence for the candidate."""
    return _TEXTS[kind]
