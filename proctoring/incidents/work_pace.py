"""Which of the dear work the next frame is to have: gently in calm, at once after something changed."""

from proctoring.incidents.identity_pace import identity_due
from proctoring.incidents.rule_state import RuleState
from proctoring.vision.exchange import Work

EVERY = {Work.HEAD: 1, Work.THINGS: 5, Work.TEXT: 30}
"""In calm each is done on every n-th frame."""


def work_due(state: RuleState) -> frozenset[Work]:
    """The work for the frame after ``state``; pure."""
    due = {work for work, interval in EVERY.items() if state.frames % interval == 0}
    if identity_due(state):
        due.add(Work.IDENTITY)
    return frozenset(due)
