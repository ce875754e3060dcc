"""State tables of proctoring: the review of an incident, and a monitoring session."""

from proctor_site.kernel.states import MoveTable, move

UNREVIEWED = "unreviewed"
ACKNOWLEDGED = "acknowledged"
UPHELD = "upheld"
DISMISSED = "dismissed"
INCONCLUSIVE = "inconclusive"
_DECIDED = (UPHELD, DISMISSED, INCONCLUSIVE)

INCIDENT_REVIEW = MoveTable(
    name="incident",
    states=(UNREVIEWED, ACKNOWLEDGED, *_DECIDED),
    moves=(
        move("acknowledge", [UNREVIEWED], ACKNOWLEDGED),
        move("uphold", [UNREVIEWED, ACKNOWLEDGED], UPHELD),
        move("dismiss", [UNREVIEWED, ACKNOWLEDGED], DISMISSED),
        move("leave_inconclusive", [UNREVIEWED, ACKNOWLEDGED], INCONCLUSIVE),
        move("reopen", [ACKNOWLEDGED, *_DECIDED], UNREVIEWED),
    ),
)

SESSION_LIVE = "live"
SESSION_ENDED = "ended"

SESSION = MoveTable(
    name="monitoring session",
    states=(SESSION_LIVE, SESSION_ENDED),
    moves=(
        move("end", [SESSION_LIVE], SESSION_ENDED),
        # A terminated attempt can be reinstated; its monitoring then goes on in the same session.
        move("continue", [SESSION_ENDED], SESSION_LIVE),
    ),
)
