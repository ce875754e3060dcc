"""What the proctor's page needs to act: texts and reasons to choose from, limits, and acts on many."""

from typing import Any

from accounts.languages import language_name
from exams.models import Sitting
from proctoring import policies
from proctoring.law_guards import why_not_room_scan
from proctoring.models.showing import What
from proctoring.pages.wall_tiles import NEEDS_OUR_PAGE
from proctoring.supervision import MOST_CHARACTERS, MOST_MINUTES
from proctoring.supervision.choices import choices_for
from proctoring.wording import ready_texts_for

MANY_ACTS = (
    ("warn", "Warn"),
    ("pause", "Pause"),
    ("resume", "Resume"),
    ("give_time", "Give time"),
    ("reinstate", "Reinstate"),
    ("terminate", "Terminate"),
)


def page_values(sitting: Sitting) -> dict[str, Any]:
    """For the template of the page and its dialogs."""
    policy, is_outside = policies.policy_for(sitting.exam), sitting.exam.is_outside
    law = why_not_room_scan(sitting.institution)
    scans = policy.scans_rooms and not law
    kinds = [(What.FACE, "A new photo of the face")] if policy.asks_photo_again else []
    kinds += [(What.ROOM, "The room"), (What.DESK, "The desk")] if scans else []
    texts = ready_texts_for(sitting.exam)
    languages = {each["language"] for each in texts}
    return {
        "ready_texts": texts,
        # Said where all are in one language; otherwise each button carries its own.
        "ready_language": language_name(languages.pop()) if len(languages) == 1 else "",
        "reason_codes": choices_for(sitting.exam),
        "most_characters": MOST_CHARACTERS,
        "most_minutes": MOST_MINUTES,
        "many_acts": [each for each in MANY_ACTS if not (is_outside and each[0] in NEEDS_OUR_PAGE)],
        "ask_kinds": kinds,
        "room_scan_why_not": "" if scans else law or "the policy of this exam does not allow it.",
    }
