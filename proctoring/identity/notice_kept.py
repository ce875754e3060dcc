"""What the notice says about how long everything is kept; the days are those of the nightly deletion."""

from collections.abc import Mapping

from django.conf import settings

from proctoring import keeping
from proctoring.analysis.recent import RECENT_S
from proctoring.models import Policy
from proctoring.models.policy import StepMode


def told(policy: Policy, days: Mapping[str, int | None]) -> str:
    """The paragraph, for an exam with a camera. `days`: as `keeping.days_in` gives them."""
    parts = [
        "A picture that shows nothing unusual is not stored; it is gone after some "
        f"{RECENT_S:.0f} seconds. When something is pointed out, pictures from a few seconds before until "
        f"its end are kept as evidence {keeping.told(days['camera_pictures'])}; then they are deleted.",
        *_captured(policy, days),
        "What the program said of each picture (in words and numbers, such as: a face is seen) is kept "
        f"without the picture {_for(days['observations'])}, so that mistakes of the program can be found and "
        f"put right; what was pointed out, in words, {_for(days['incidents'])}.",
        *_body(policy, days),
        f"That you agreed, and to what, is kept {_for(days['consents'])}, to prove it.",
        "All these days count from the same day. What an open review, or a claim that the institution has "
        "written down, still needs is kept until that is over; then it is deleted by the system.",
    ]
    return "How long\n" + " ".join(parts)


def _captured(policy: Policy, days: Mapping[str, int | None]) -> list[str]:
    parts = []
    if policy.listens:
        parts.append(f"Recordings of sound are kept {_for(days['sound'])}; nobody else hears them.")
        parts.append(
            "What the program heard in each recording, in numbers (such as: one voice, from second 3 to 9), "
            "is kept without the sound, without words and without anything by which a voice is known "
            f"{_for(days['observations'])}, for the same purpose as what it said of pictures."
        )
    if policy.shares_screen:
        parts.append(f"Pictures and films of your screen are kept {_for(days['screen'])}.")
    if policy.records_live:
        parts.append(f"Recordings of live video are kept {_for(days['live_recordings'])}.")
    return parts


def _body(policy: Policy, days: Mapping[str, int | None]) -> list[str]:
    parts = []
    if policy.reference_photo_required:
        parts.append(
            "The description of your face is stored encrypted, your photo apart from the rest; both "
            "are deleted when you withdraw your agreement, at the latest after "
            f"{_length(days['face_templates'])}. A photo that your institution already has is compared "
            "with nothing when you withdraw, and is deleted when it was not used for "
            f"{settings.OFFICER_PHOTO_DAYS} days, at the latest {_length(days['officer_photos'])} after it "
            "was handed in."
        )
    if policy.liveness != StepMode.OFF:
        parts.append(
            "By how much you turned your head, and the descriptions of its sides, are deleted when you "
            f"withdraw your agreement, too, at the latest after {_length(days['head_movements'])}."
        )
    if policy.enrols_voices:
        parts.append(
            "The description of your voice is stored encrypted and deleted when you withdraw your agreement, "
            f"at the latest after {_length(days['voices'])}."
        )
    if policy.document != StepMode.OFF:
        parts.append(
            "The photo of your document is stored encrypted and deleted "
            f"{keeping.in_words(policy.document_days)} after it was decided whether you are let in, or at "
            f"once when you withdraw your agreement; at the latest after {_length(days['documents'])}."
        )
    return parts


def _for(days: int | None) -> str:
    return "as long as you have your account" if days is None else f"for {keeping.in_words(days)}"


def _length(days: int | None) -> str:
    return "the end of your account" if days is None else keeping.in_words(days)
