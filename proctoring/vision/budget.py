"""How much of the dear work one frame gets, so that no frame takes long and none of it starves."""

from collections.abc import Sequence

from proctoring.vision.exchange import Work

MOST_MS = 40.0
"""CPU ms of one frame that are planned for: a whole look, a comparison and the head fit together, and so do
things and the head. Measuring light, motion and small pictures come on top."""
WHOLE_LOOK_MS = 6.0
NEAR_LOOK_MS = 1.5
# [M] one thread, 640x480; things with one closer look. Only their proportion matters on another machine.
COST_MS = {Work.IDENTITY: 10.0, Work.HEAD: 7.0, Work.THINGS: 28.0, Work.TEXT: 22.0}


def choose_work(wanted: Sequence[Work], spent_ms: float) -> tuple[Work, ...]:
    """Of ``wanted`` (most pressing first) what this frame gets after ``spent_ms``.

    The first always, the others as long as they fit. What is left over stays due.
    """
    chosen: list[Work] = []
    for work in wanted:
        if not chosen or spent_ms + COST_MS[work] <= MOST_MS:
            chosen.append(work)
            spent_ms += COST_MS[work]
    return tuple(chosen)


def may_settle_things(work: Sequence[Work]) -> bool:
    """True when a doubtful thing may get a second closer look, 13 ms more than its cost says, in this frame.

    Then there is nothing else in it but perhaps the head, which waits for the next frame if that look is
    taken. Otherwise the doubt is said, and makes things the most pressing work of the next frame.
    """
    return bool(work) and work[0] is Work.THINGS and not {*work} - {Work.THINGS, Work.HEAD}
