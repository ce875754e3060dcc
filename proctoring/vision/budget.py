"""How much of the dear work one frame gets, so that no frame takes long and none of it starves."""

from collections.abc import Sequence

from proctoring.vision.exchange import Work

MOST_MS = 56.0
"""CPU ms of one frame that are planned for: a whole look, a comparison and the head fit together. Measuring
light, motion and small pictures come on top."""
WHOLE_LOOK_MS = 16.0
NEAR_LOOK_MS = 3.0
# [M] one thread, 640x480. Only their proportion matters on another machine.
COST_MS = {Work.IDENTITY: 31.0, Work.HEAD: 9.0, Work.THINGS: 41.0, Work.TEXT: 30.0}


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
