"""What each detector is and what it cannot know, in one sentence each, for the people who decide."""

from proctoring.browser import words
from proctoring.browser.events import BrowserKind
from proctoring.observations import ObservationKind

ABOUT: dict[ObservationKind, str] = {
    ObservationKind.NO_FACE: (
        "A face detector looks for faces in single camera pictures; it misses faces that are turned far "
        "away, mostly covered or badly lit, so that somebody may well have been there."
    ),
    ObservationKind.SEVERAL_FACES: (
        "A face detector counts faces in single camera pictures; posters, screens, mirrors and people who "
        "only pass by count as well, and it does not know who they are. A face that has not moved for 20 s "
        "lowers the severity: a picture perhaps, or somebody who sits very still."
    ),
    ObservationKind.DIFFERENT_PERSON: (
        "A face recogniser compares the face with the reference photo of the check-in; light, angle, "
        "glasses, a beard or a likeness in the family change the similarity: look at the pictures yourself."
    ),
    ObservationKind.CAMERA_COVERED: (
        "A measurement finds pictures without structure; a blank wall close by, a fogged lens or a camera "
        "that has failed look the same as a hand over the lens."
    ),
    ObservationKind.CAMERA_DARK: (
        "A measurement finds pictures that are too dark to judge; it says nothing about who was there or why "
        "it was dark."
    ),
    ObservationKind.LOOKING_AWAY: (
        "A face model measures where head and eyes point, against how this person usually looks at their "
        "screen; people look away to think, at their keyboard or at permitted notes, and glasses disturb it."
    ),
    ObservationKind.EYES_CLOSED: (
        "A face model measures how far the eyelids are closed; somebody who reads far below the camera, "
        "or has narrow eyes, may seem to have closed eyes."
    ),
    ObservationKind.FACE_HIDDEN: (
        "The landmarks of the face or its detector's score are unsure; a hand at the chin, a mask, hair or a "
        "scarf look the same, and some are worn for good reason."
    ),
    ObservationKind.MOUTH_MOVING: (
        "A face model measures how the opening of the mouth changes; reading in a whisper, chewing and "
        "yawning look the same, and nothing is heard."
    ),
    ObservationKind.PHONE: (
        "An object detector that knows everyday things looks for phones, every few seconds and then at once "
        "again; other dark flat things are sometimes mistaken for one, and one phone in three is missed: far "
        "away, at the ear or mostly covered."
    ),
    ObservationKind.BOOK: (
        "An object detector looks for books; it misses half of them, and sheets of paper and shelves in the "
        "background count."
    ),
    ObservationKind.SECOND_SCREEN: (
        "An object detector looks for laptops, monitors and television sets, also those in the background; "
        "it misses half of them, and a screen outside the picture cannot be seen."
    ),
    ObservationKind.SECOND_PERSON: (
        "An object detector counts people by their bodies; mirrors and people behind glass count as well. A "
        "poster is told after 20 s by never having moved: the incident is then of low severity and says so."
    ),
    ObservationKind.TEXT_SHOWN: (
        "A text detector finds lines of writing and does not read them; posters, labels and clothes with "
        "writing count when they are large."
    ),
    ObservationKind.CAMERA_FROZEN: (
        "The same bytes arrive again and again; a camera driver or a video program that hangs does this too."
    ),
    ObservationKind.CAMERA_REPLACED: (
        "Pictures come back in the same order, or the camera bears the name of a program; some people need "
        "such programs. A recording that never comes back and a camera under another name are not found."
    ),
    ObservationKind.ANOTHER_VOICE: (
        "A program tells voices apart in single recordings; a television, a video or a voice on the phone "
        "counts as well, and it knows neither who spoke nor what was said. One whisper in five is missed. "
        "Listen to the recording yourself."
    ),
    ObservationKind.DIFFERENT_VOICE: (
        "A program compares the voice that speaks most with the one recorded at check-in; a cold, another "
        "microphone or a disguised voice change the similarity."
    ),
    ObservationKind.MICROPHONE_SILENT: (
        "A measurement finds recordings without any signal; a switch, a cable or a driver that has failed "
        "sounds the same as a microphone that was turned off."
    ),
    ObservationKind.SPEECH: (
        "A program finds human speech; reading aloud, a prayer, a child or a television count as well."
    ),
}

MEASURE_NAMES: dict[str, str] = {
    "faces": "Faces seen",
    "smallest_px": "Height of the smallest face, or other person, in pixels",
    "largest_px": "Height of the largest face, in pixels",
    "best_score": "Score of the clearest face (0 to 1)",
    "persons": "People seen",
    "width_px": "Width, in pixels",
    "height_px": "Height, in pixels",
    "label": "Looks like",
    "similarity": "Similarity with the reference (1: the same)",
    "threshold": "Different below",
    "contrast": "Contrast (0 to 255)",
    "sharpness": "Sharpness",
    "brightness": "Brightness (0 to 255)",
    "highlight": "Brightest parts (0 to 255)",
    "direction": "Direction",
    "yaw_change": "Turned to the side, in degrees",
    "pitch_change": "Turned down, or up below 0, in degrees",
    "usual": "Measured against",
    "eyes_closed": "Eyes closed (0: open, 1: shut)",
    "limit": "Counts from",
    "hidden": "What was unsure",
    "face_px": "Height of the face, in pixels",
    "mouth_change": "Change of the mouth's opening (0 to 1)",
    "lines": "Lines of text",
    "looks": "Pictures that were judged",
    "why": "Why",
    "note": "Note",
    "count": "Pictures in which it was seen",
    "seconds": "Observed seconds",
    "voices": "Voices heard",
    "second_seconds": "Seconds of the other voice",
    "overlap_s": "Seconds in which two spoke at once",
    "second_level_db": "Loudness of the other voice against the first, in dB",
    "manner": "How the other voice sounds",
    "clip_seconds": "Length of the recording, in seconds",
    "span": "When",
    "speech_seconds": "Seconds of speech",
    "times": "Times",
    "away_seconds": "Seconds together",
    "longest_seconds": "Longest, in seconds",
    "characters": "Characters together",
    "most_characters": "Most characters at once",
}


def about(kind: str) -> str:
    """What the detector of an incident is and what its limits are."""
    if kind in set(BrowserKind):
        return words.about(BrowserKind(kind))
    return ABOUT[ObservationKind(kind)]


def measure_name(name: str) -> str:
    """A measurement's name in words; names without words are written out."""
    return MEASURE_NAMES.get(name, name.replace("_", " ").capitalize())
