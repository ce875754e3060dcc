"""A look for things that could not say is worth another one at once, but not for ever."""

from proctoring.incidents.rule_state import RuleState
from proctoring.observations import FrameReport
from proctoring.vision.exchange import KINDS_OF, Work

# What stays doubtful (a bag, a dark frame on the wall) is then looked at in the calm pace again: it must not
# make every frame dear.
_MOST_DOUBTS = 2


def are_things_doubtful(state: RuleState) -> bool:
    """True when the last look could not say whether there was a thing, and a further one may settle it."""
    return 0 < state.things_doubts <= _MOST_DOUBTS


def follow_things(doubts: int, report: FrameReport) -> int:
    """Looks in a row that could not say whether there was a thing, after one more frame."""
    looks = [item for item in report.observations if item.kind in KINDS_OF[Work.THINGS]]
    if not looks:
        return doubts  # not searched for things
    return doubts + 1 if any(not look.informative for look in looks) else 0
