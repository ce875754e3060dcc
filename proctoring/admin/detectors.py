"""What each detector is and what it cannot know, in one sentence each, for the people who decide."""

from proctoring.observations import ObservationKind

ABOUT: dict[ObservationKind, str] = {
    ObservationKind.NO_FACE: (
        "A face detector looks for faces in single camera pictures; it misses faces that are turned far "
        "away, mostly covered or badly lit, so that somebody may well have been there."
    ),
    ObservationKind.SEVERAL_FACES: (
        "A face detector counts faces in single camera pictures; posters, screens, mirrors and people who "
        "only pass by count as well, and it does not know who they are."
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
}

MEASURE_NAMES: dict[str, str] = {
    "faces": "Faces seen",
    "smallest_px": "Height of the smallest face, in pixels",
    "largest_px": "Height of the largest face, in pixels",
    "best_score": "Score of the clearest face (0 to 1)",
    "similarity": "Similarity with the reference (1: the same)",
    "threshold": "Different below",
    "contrast": "Contrast (0 to 255)",
    "sharpness": "Sharpness",
    "brightness": "Brightness (0 to 255)",
    "looks": "Pictures that were judged",
    "count": "Pictures in which it was seen",
    "seconds": "Observed seconds",
}


def about(kind: str) -> str:
    """What the detector of an incident is and what its limits are."""
    return ABOUT[ObservationKind(kind)]


def measure_name(name: str) -> str:
    """A measurement's name in words; names without words are written out."""
    return MEASURE_NAMES.get(name, name.replace("_", " ").capitalize())
