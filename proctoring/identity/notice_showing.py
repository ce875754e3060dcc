"""What the notice says about what proctors may ask for during the exam (pure)."""

from accounts.models import Institution
from proctoring.law_guards import why_not_room_scan
from proctoring.models import Policy


def may_be_asked(institution: Institution, policy: Policy) -> list[str]:
    """The paragraph about room, desk and a new photo, where they may be asked for."""
    asked = []
    if policy.scans_rooms and not why_not_room_scan(institution):
        asked.append(
            "to show your room or your desk: you take some pictures with your camera, see each of them "
            "before it is sent, and they are kept as evidence"
        )
    if policy.asks_photo_again:
        asked.append(
            "to take a new photo of your face: it is kept like your reference photo, shown to proctors, and "
            "compared with that one by a program only if you agree that your face is compared"
        )
    if not asked:
        return []
    return [
        "What you may be asked to show\nDuring the exam a proctor may ask you " + "; or ".join(asked) + ". "
        "You read why, and may decline: then a person decides how you go on, and nothing happens by itself. "
        "Your clock stands meanwhile."
    ]
