"""What comes next at check-in, read from the policy, the choice, and what is there already."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from proctoring.identity import liveness
from proctoring.models import (
    Consent,
    DocumentCheck,
    IdentityCheck,
    LivenessCheck,
    Policy,
    ReferenceFace,
    ReferenceVoice,
)
from proctoring.models.identity import View
from proctoring.models.identity_check import DocumentAnswer
from proctoring.models.liveness import LivenessAnswer
from proctoring.models.policy import StepMode
from proctoring.models.policy_screen import ScreenMode
from proctoring.states import CHECK_WAITING
from proctoring.vision.exchange import Likeness

IN_PRACTICE = "In the exam a person would check now who you are. In practice you go on by yourself."
PERSON_WILL_CHECK = "A person will check who you are and let you in. Please keep this page open."


class Reason(StrEnum):
    """Why a person is asked; stored with the check, never rename one."""

    NO_CAMERA = "no_camera"
    NO_COMPARISON = "no_comparison"
    NO_MICROPHONE = "no_microphone"
    NO_SCREEN = "no_screen"
    PHOTO_PROBLEMS = "photo_problems"
    OFFICER_PHOTO_UNLIKE = "officer_photo_unlike"
    OFFICER_PHOTO_UNSURE = "officer_photo_unsure"
    DOCUMENT_UNLIKE = "document_unlike"
    DOCUMENT_UNSURE = "document_unsure"
    DOCUMENT_NOT_SHOWN = "document_not_shown"
    LIVENESS_NOT_SEEN = "liveness_not_seen"
    LIVENESS_NOT_ASKED = "liveness_not_asked"
    LIVENESS_MIRRORED = "liveness_mirrored"


@dataclass(frozen=True, slots=True)
class NextStep:
    """`reference_photo`, `document`, `liveness`, `person_will_check` or `complete`, and what is said."""

    code: str
    text: str


def next_step(policy: Policy, consent: Consent, *, is_practice: bool) -> NextStep:
    """What the candidate does now, after this choice. In practice nobody has to be there to let people in."""
    if not policy.camera_required:
        return NextStep("complete", "This exam is taken without camera.")
    if IdentityCheck._base_manager.filter(session_id=consent.session_id, state=CHECK_WAITING).exists():
        return NextStep("person_will_check", PERSON_WILL_CHECK)
    if _compares(policy, consent) and not _has_reference(consent):
        return NextStep("reference_photo", "Next, take your reference photo.")
    document = document_of(consent)
    if policy.document != StepMode.OFF and document is None:
        return NextStep("document", "Next, show your identity document.")
    if liveness.is_asked(policy, consent) and not has_turned(consent):
        return NextStep("liveness", "Next, turn your head as you are asked, or go on without that.")
    if reasons_for(policy, consent):
        if is_practice:
            return NextStep("complete", IN_PRACTICE)
        return NextStep("person_will_check", PERSON_WILL_CHECK)
    return NextStep("complete", "You can finish the check-in.")


def reasons_for(policy: Policy, consent: Consent) -> list[Reason]:
    """Why a person has to look, after everything the candidate can do alone; empty: nobody has to."""
    if not policy.camera_required:
        return []
    if not consent.camera:
        return [Reason.NO_CAMERA]
    reasons = []
    if policy.reference_photo_required and not consent.face_comparison:
        reasons.append(Reason.NO_COMPARISON)
    if policy.listens and not consent.microphone:
        reasons.append(Reason.NO_MICROPHONE)
    if policy.screen == ScreenMode.REQUIRED and not consent.screen:
        reasons.append(Reason.NO_SCREEN)
    reasons += _doubts_of_officer_photo(consent)
    reasons += _doubts_of_turning(policy, consent)
    document = document_of(consent) if policy.document != StepMode.OFF else None
    if document is None:
        return reasons
    if document.answer == DocumentAnswer.UNLIKE:
        reasons.append(Reason.DOCUMENT_UNLIKE)
    elif document.answer == DocumentAnswer.CANNOT_SAY:
        reasons.append(Reason.DOCUMENT_UNSURE)
    elif document.answer == DocumentAnswer.NOT_SHOWN and policy.document == StepMode.REQUIRED:
        reasons.append(Reason.DOCUMENT_NOT_SHOWN)
    return reasons


def is_voice_wanted(policy: Policy, consent: Consent) -> bool:
    """True while the candidate, who agreed to it, can still record their voice.

    It is offered after the device check, where the microphone was heard, and is no step of `next_step`:
    nobody is held up without it.
    """
    agreed = policy.enrols_voices and consent.microphone and consent.voice_comparison
    return agreed and not _of(ReferenceVoice, consent).exists()


def document_of(consent: Consent) -> DocumentCheck | None:
    """What became of the document in this session so far."""
    return DocumentCheck._base_manager.filter(session_id=consent.session_id).first()


def has_turned(consent: Consent) -> bool:
    """True once turning the head is settled in this session, in whatever way."""
    return _of(LivenessCheck, consent).exclude(answer="").exists()


def _doubts_of_turning(policy: Policy, consent: Consent) -> list[Reason]:
    """Only where the policy says that a person looks when it is left out or could not be seen as asked."""
    if policy.liveness != StepMode.REQUIRED or not liveness.is_asked(policy, consent):
        return []
    check = _of(LivenessCheck, consent).first()
    answers = {
        LivenessAnswer.NOT_SEEN: Reason.LIVENESS_NOT_SEEN,
        LivenessAnswer.NOT_ASKED: Reason.LIVENESS_NOT_ASKED,
    }
    if check and liveness.is_mirrored(check):
        return [Reason.LIVENESS_MIRRORED]
    doubt = answers.get(LivenessAnswer(check.answer)) if check and check.answer else None
    return [doubt] if doubt else []


def _doubts_of_officer_photo(consent: Consent) -> list[Reason]:
    """The photo of check-in is not clearly the person of the photo that the office has."""
    face = _of(ReferenceFace, consent).filter(view=View.OFFICER).first()
    doubt = (
        {
            Likeness.UNLIKE: Reason.OFFICER_PHOTO_UNLIKE,
            Likeness.CANNOT_SAY: Reason.OFFICER_PHOTO_UNSURE,
        }.get(Likeness(face.likeness))
        if face
        else None
    )
    return [doubt] if doubt else []


def _compares(policy: Policy, consent: Consent) -> bool:
    return policy.reference_photo_required and consent.camera and consent.face_comparison


def _has_reference(consent: Consent) -> bool:
    return _of(ReferenceFace, consent).exists()


def _of(model: Any, consent: Consent) -> Any:
    """What the session has under a consent in force: a legal hold keeps rows of one that was withdrawn."""
    return model._base_manager.filter(session_id=consent.session_id, consent__withdrawn_at=None)
