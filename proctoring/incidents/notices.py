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
    ObservationKind.LOOKING_AWAY: "You have been looking away from the screen. Please look at your exam.",
    ObservationKind.EYES_CLOSED: "Your eyes seem to be closed. If you are not well, tell the proctor.",
    ObservationKind.FACE_HIDDEN: "Part of your face is hidden. Please keep hands and things away from it.",
    ObservationKind.MOUTH_MOVING: "It looks as if you were speaking. Please work in silence.",
    ObservationKind.PHONE: "We see what looks like a phone. Please put it away, out of your reach.",
    ObservationKind.BOOK: "We see what looks like a book. Please put it away unless your exam allows it.",
    ObservationKind.SECOND_SCREEN: (
        "We see what looks like another screen. Please switch it off or turn it away."
    ),
    ObservationKind.SECOND_PERSON: "We see another person. Please be alone in the camera's picture.",
    ObservationKind.TEXT_SHOWN: (
        "We see a page or screen with text. Please put away what the exam does not allow."
    ),
    ObservationKind.CAMERA_FROZEN: (
        "Your camera sends the same picture again and again. Please unplug it and plug it in again."
    ),
    ObservationKind.CAMERA_REPLACED: (
        "Your camera's pictures do not seem to be live. Please choose your real camera in the browser."
    ),
    ObservationKind.ANOTHER_VOICE: "We hear another voice. Please make sure that you are alone.",
    ObservationKind.DIFFERENT_VOICE: "Your voice sounds unlike the one that you recorded at check-in.",
    ObservationKind.MICROPHONE_SILENT: (
        "We hear nothing at all. Please check that your microphone is switched on and connected."
    ),
    ObservationKind.SPEECH: "We hear somebody speaking. Please work in silence.",
}


def notice_text(kind: ObservationKind) -> str:
    """The sentence for the candidate."""
    return _TEXTS[kind]
