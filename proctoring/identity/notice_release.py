"""What the notice says where a law asks for a written release before biometric data is collected."""

from collections.abc import Mapping

from accounts.models import Institution
from proctoring import keeping
from proctoring.models import Policy


def asked_for(institution: Institution, policy: Policy, days: Mapping[str, int | None]) -> list[str]:
    """The paragraph, or none: 740 ILCS 14/15(b) wants purpose and length of term, and a written release."""
    compared = [
        (words, keeping.told(days[code]))
        for words, code, is_compared in (
            ("face", "face_templates", policy.camera_required and policy.reference_photo_required),
            ("voice", "voices", policy.enrols_voices),
        )
        if is_compared
    ]
    if not institution.biometric_release or not compared:
        return []
    what = " and ".join(words for words, _ in compared)
    kept = "; ".join(f"that of your {words} is kept {period}" for words, period in compared)
    return [
        f"Written release\nNumeric descriptions of your {what} are collected and kept by {institution.name} "
        f"for one purpose: to compare who takes the exam with who checked in. At the longest {kept}; then it "
        "is destroyed, as the public privacy page of your institution says. It is destroyed at once when you "
        f"withdraw your agreement. By agreeing that your {what} may be compared you give your written "
        "release for that; without it nothing is collected."
    ]
