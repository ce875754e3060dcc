"""In which words candidates read about verdicts, incidents and people's roles (pure)."""

from accounts.roles import Role
from proctoring.browser.events import BrowserKind
from proctoring.browser.words import WORDS
from proctoring.observations import ObservationKind
from proctoring.review.intervals import Figures

VERDICT_WORDS = {
    "no_concern": "No concern: nothing speaks against you.",
    "breach": "A breach of the exam’s rules was found.",
    "inconclusive": "Inconclusive: from what there is, nobody can tell what happened.",
}

ADVERSE = frozenset({"breach", "inconclusive"})
"""Verdicts that can be challenged."""

_FOUND = {
    ObservationKind.NO_FACE: "Nobody was to be seen in the camera’s picture for a while.",
    ObservationKind.SEVERAL_FACES: "More than one face was to be seen in the camera’s picture.",
    ObservationKind.DIFFERENT_PERSON: (
        "A program found the face in the picture unlike your reference photo. It may be mistaken: light, "
        "glasses or an angle can do that."
    ),
    ObservationKind.CAMERA_COVERED: "The camera showed nothing, as if it were covered.",
    ObservationKind.CAMERA_DARK: "It was too dark to see you.",
    ObservationKind.LOOKING_AWAY: "You seemed to look away from the screen for a while.",
    ObservationKind.EYES_CLOSED: "Your eyes seemed to be closed for a while.",
    ObservationKind.FACE_HIDDEN: "Part of your face was hidden.",
    ObservationKind.MOUTH_MOVING: "Your mouth moved as if you were speaking.",
    ObservationKind.PHONE: "Something that looks like a phone was to be seen.",
    ObservationKind.BOOK: "Something that looks like a book was to be seen.",
    ObservationKind.SECOND_SCREEN: "Something that looks like another screen was to be seen.",
    ObservationKind.SECOND_PERSON: "What looks like another person was to be seen.",
    ObservationKind.TEXT_SHOWN: "A page or screen with text was to be seen.",
    ObservationKind.CAMERA_FROZEN: "Your camera sent the same picture again and again.",
    ObservationKind.CAMERA_REPLACED: "The pictures did not seem to come from a live camera.",
    ObservationKind.ANOTHER_VOICE: "What sounds like another voice was to be heard.",
    ObservationKind.DIFFERENT_VOICE: "The voice sounded unlike the one that you recorded at check-in.",
    ObservationKind.MICROPHONE_SILENT: "The microphone gave no sound at all.",
    ObservationKind.SPEECH: "Somebody was to be heard speaking.",
}
"""What was found, as a statement about the pictures and never about the person's intent."""

_OF_BROWSER = frozenset(kind.value for kind in BrowserKind)
_BY_PROGRAM = "This was pointed out by a program; whether it means anything, people judge."

_REVIEWED = {
    "dismissed": "A person looked at it and set it aside: it does not count.",
    "upheld": "A person who looked at it thinks that it shows what it says. That alone decides nothing.",
    "inconclusive": "A person looked at it and could not tell.",
}
_NOT_REVIEWED = "Nobody has judged this one by itself yet."
_NOT_REVIEWED_EVER = "Nobody has judged this one by itself; the decision is about the exam as a whole."

STAFF_ROLES = (
    (Role.REVIEWER.value, "Reviewers"),
    (Role.PROCTOR.value, "Proctors"),
    (Role.EXAM_OFFICER.value, "The exam office"),
    (Role.ADMIN.value, "Admins of the institution"),
    (Role.DATA_PROTECTION_OFFICER.value, "Data protection officers"),
)
FORMER_STAFF = "People who work there no more"
YOURSELF = "Yourself"


def found_in_words(kind: str) -> str:
    """What an incident of this kind says happened."""
    if kind in _OF_BROWSER:
        return f"{WORDS[BrowserKind(kind)].told}."
    return _FOUND[ObservationKind(kind)]


def limits_in_words(kind: str) -> str:
    """What the finding cannot say, fairly, to who is asked about it."""
    return WORDS[BrowserKind(kind)].about if kind in _OF_BROWSER else _BY_PROGRAM


def precision_in_words(figures: Figures) -> str:
    """How often people have found incidents of this kind right here, and how sure that is."""
    if not figures.is_told:
        return "People have judged too few of these here to say how often they are right."
    return (
        f"People have judged {figures.judged} of these here: {figures.upheld} showed what they say, "
        f"{figures.dismissed} did not. As far as that can tell, between {figures.low_percent} and "
        f"{figures.high_percent} of 100 are right."
    )


def review_in_words(review_state: str, *, is_decided: bool) -> str:
    """What became of one incident; `is_decided`: whether its case is."""
    return _REVIEWED.get(review_state, _NOT_REVIEWED_EVER if is_decided else _NOT_REVIEWED)


def role_in_words(roles: frozenset[str]) -> str:
    """Under which name a person's looks are counted: the role nearest to the review that they hold."""
    return next((words for role, words in STAFF_ROLES if role in roles), FORMER_STAFF)
