"""Which of the dear work the next frame is to have: gently in calm, at once after something changed."""

from dataclasses import dataclass

from proctoring.incidents.identity_pace import CALM_S, identity_due
from proctoring.incidents.rule_state import KindState, RuleState
from proctoring.incidents.things_pace import are_things_doubtful
from proctoring.vision.exchange import KINDS_OF, Work


@dataclass(frozen=True, slots=True)
class Pace:
    """Least seconds between two times of the same work.

    ``calm``: while nothing moves. ``moved``: when something moved since. ``unsettled``: after a look that saw
    something which is no incident yet. ``open``: while an incident of these kinds is open.
    """

    calm: float
    moved: float
    unsettled: float
    open: float


PACES = {
    Work.IDENTITY: Pace(CALM_S, 2.0, 0.0, CALM_S),  # identity_pace says more about it
    Work.HEAD: Pace(4.0, 0.0, 0.0, 0.0),
    Work.THINGS: Pace(15.0, 3.0, 0.0, 2.0),
    Work.TEXT: Pace(60.0, 15.0, 0.0, 5.0),
}
# Frames come a little early or late: half a frame is no reason to wait for another one.
_JITTER_S = 0.3


def work_due(state: RuleState, at: float) -> tuple[Work, ...]:
    """The work for the frame of ``at`` (seconds since the epoch) whatever it shows. Pure.

    What is longest overdue comes first: work that is due on every frame takes turns where not all of it fits.
    """
    due = [work for work in Work if _is_due(state, work, at)]
    return tuple(sorted(due, key=lambda work: -_overdue(state, work, at)))


def work_if_moved(state: RuleState, at: float) -> frozenset[Work]:
    """The work for that frame if something moved since it was last done. Pure."""
    return frozenset(work for work, pace in PACES.items() if _is_over(state, work, at, pace.moved))


def _is_due(state: RuleState, work: Work, at: float) -> bool:
    if work is Work.IDENTITY:
        return identity_due(state, at)
    return _is_over(state, work, at, _seconds_between(state, work))


def _seconds_between(state: RuleState, work: Work) -> float:
    """The pace that holds for the work now."""
    pace = PACES[work]
    memories = [state.kinds[kind] for kind in KINDS_OF[work] if kind in state.kinds]
    if any(_is_open(memory) for memory in memories):
        return pace.open
    doubtful = work is Work.THINGS and are_things_doubtful(state)
    if doubtful or any(_is_unsettled(memory) for memory in memories):
        return pace.unsettled
    return pace.calm


def _is_open(memory: KindState) -> bool:
    return memory.spell is not None and memory.spell.is_open


def _is_unsettled(memory: KindState) -> bool:
    """Seen in one of the last two looks: perhaps the beginning of something."""
    return any(look.present for look in memory.looks[-2:])


def _is_over(state: RuleState, work: Work, at: float, seconds: float) -> bool:
    last = state.work_at.get(work.value)
    return last is None or not 0 <= at - last < seconds - _JITTER_S


def _overdue(state: RuleState, work: Work, at: float) -> float:
    """Seconds since it should have been done; never done: longest. A comparison is due at once if at all."""
    last = state.work_at.get(work.value)
    if last is None:
        return float("inf")
    return abs(at - last) - (0.0 if work is Work.IDENTITY else _seconds_between(state, work))
