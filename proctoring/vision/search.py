"""Where the people in a frame are: a whole look where something changed, else only where the face was."""

from dataclasses import dataclass, replace

from proctoring.vision.detectors.face_count import Headcount, count_people
from proctoring.vision.detectors.motion import (
    has_moved,
    has_turned,
    is_same_face,
    may_be_another,
    measure_changes,
    needs_whole_look,
    shrink_grey,
)
from proctoring.vision.engines.base import FaceEngine, Frame
from proctoring.vision.exchange import Work
from proctoring.vision.last_look import LastLook


@dataclass(frozen=True, slots=True)
class Motion:
    """What moved up to a frame.

    ``moved``: the dear work that it asks for. ``is_calm``: a look where the face was is enough. ``grey``: the
    tiny picture for the next frame.
    """

    grey: bytes
    moved: frozenset[Work]
    is_calm: bool


def measure_motion(size: tuple[int, ...], half: Frame, last: LastLook | None, at: float) -> Motion:
    """Compares with the frame before; without one, or one of another ``size``, everything is new.

    ``size``: height and width of the frame. ``half``: the same picture, perhaps smaller.
    """
    grey = shrink_grey(half)
    if last is None or (last.height, last.width) != size:
        return Motion(grey, frozenset(Work), False)
    changes = measure_changes(last.grey, grey)
    moved = set(last.moved)
    if has_moved(last, changes):
        moved |= {Work.THINGS, Work.TEXT}
    if may_be_another(last, changes):
        moved.add(Work.IDENTITY)
    return Motion(grey, frozenset(moved), not needs_whole_look(last, changes, at))


def find_people(
    engine: FaceEngine, frame: Frame, last: LastLook | None, motion: Motion, at: float
) -> tuple[Headcount, LastLook]:
    """Who is in view, and what the next frame needs to know.

    Where the face was, exactly that face must be found again, clearly and alone; anything else gets a whole
    look at once. So a calm look can miss nothing that a whole one would have told from the same person.
    """
    height, width = frame.shape[:2]
    near = _look_near(engine, frame, last) if last is not None and motion.is_calm else None
    count = near or count_people(engine.detect(frame), height, engine.thresholds)
    face = count.people[0] if len(count.people) == 1 and not count.doubtful else None
    moved = motion.moved
    if has_turned(last.measured if last else None, face):
        moved |= {Work.HEAD}
    whole_at = last.whole_at if near and last else at
    left = LastLook(whole_at, width, height, motion.grey, face, last.measured if last else None, moved)
    return count, left


def note_work(left: LastLook, done: tuple[Work, ...]) -> LastLook:
    """``left`` after this frame's dear work."""
    measured = left.face if Work.HEAD in done else left.measured
    return replace(left, measured=measured, moved=left.moved - set(done))


def _look_near(engine: FaceEngine, frame: Frame, last: LastLook) -> Headcount | None:
    if last.face is None:
        return None
    count = count_people(engine.detect_near(frame, last.face), frame.shape[0], engine.thresholds)
    if len(count.people) != 1 or count.doubtful or not is_same_face(last.face, count.people[0]):
        return None
    return count
