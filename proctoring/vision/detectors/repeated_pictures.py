"""A camera whose pictures stand still or come back: frozen, or a recording that is played again and again.

Looks over many frames, so it runs where the session's memory is, on imprints alone. A real camera never sends
the same bytes twice: its sensor's noise differs. Recordings that never come back are not found.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from proctoring.observations import FrameReport, Observation, ObservationKind, Weight
from proctoring.seen import Imprint
from proctoring.vision import thresholds
from proctoring.vision.camera_names import program_of

_LIMITS = thresholds.REPEATS
_RECORD = struct.Struct(">d8s16s")


@dataclass(frozen=True, slots=True)
class Mark:
    """The imprint of one earlier picture; ``at``: seconds since the epoch."""

    at: float
    digest: bytes
    outline: int

    def differs(self, other: "Mark") -> int:
        """Bits of the two outlines that are not the same, 0..128."""
        return (self.outline ^ other.outline).bit_count()


@dataclass(frozen=True, slots=True)
class Trail:
    """The imprints of the last minutes, oldest first, packed: 32 bytes a picture."""

    packed: bytes = b""

    def marks(self) -> list[Mark]:
        """All of them."""
        return [
            Mark(at, digest, int.from_bytes(bits)) for at, digest, bits in _RECORD.iter_unpack(self.packed)
        ]

    def followed_by(self, at: float, imprint: Imprint) -> "Trail":
        """The trail with one more picture; the oldest leaves when there are too many."""
        record = _RECORD.pack(at, imprint.digest, imprint.outline.to_bytes(16))
        return Trail((self.packed + record)[-_LIMITS.most_pictures * _RECORD.size :])


def observe_repeats(
    trail: Trail, report: FrameReport, camera_label: str = ""
) -> tuple[Trail, tuple[Observation, ...]]:
    """The trail with this frame, and the observations ``camera_frozen`` and ``camera_replaced``.

    ``camera_label``: the name of the camera as the browser tells it. A covered camera explains that nothing
    moves, so that nothing is said about the two then.
    """
    if report.imprint is None:
        return trail, ()
    after = trail.followed_by(report.captured_at, report.imprint)
    marks = after.marks()
    covered = report.observation(ObservationKind.CAMERA_COVERED)
    can_say = not (covered is not None and covered.present)
    return after, (_frozen(marks, can_say), _replaced(marks, camera_label, can_say))


def _frozen(marks: Sequence[Mark], can_say: bool) -> Observation:
    same = len(marks) > 1 and marks[-1].digest == marks[-2].digest
    return Observation(ObservationKind.CAMERA_FROZEN, same and can_say, 0.99, informative=can_say)


def _replaced(marks: Sequence[Mark], label: str, can_say: bool) -> Observation:
    why, confidence, weight = find_loop(marks), 0.95, Weight.PROVEN
    program = program_of(label)
    if not why and program:
        # Some people need such a program, for example to make a camera work at all.
        why, confidence, weight = f"the camera is called “{label[:80]}”: {program}", 0.5, Weight.MILD
    present = bool(why) and can_say
    return Observation(
        ObservationKind.CAMERA_REPLACED,
        present,
        confidence,
        {"why": why} if present else {},
        informative=can_say,
        weight=weight if present else Weight.PLAIN,
    )


def find_loop(marks: Sequence[Mark]) -> str:
    """How the newest pictures repeat earlier ones, in words; "" when they do not.

    Demands motion: of a person who sits still, any two pictures are alike.
    """
    return _exact_loop(marks) or _like_loop(marks)


def _exact_loop(marks: Sequence[Mark]) -> str:
    """Different pictures that all came with the very same bytes some seconds before."""
    first: dict[bytes, Mark] = {}
    for mark in marks[: -_LIMITS.exact_window]:
        first.setdefault(mark.digest, mark)
    again: dict[bytes, tuple[Mark, Mark]] = {}
    for mark in marks[-_LIMITS.exact_window :]:
        before = first.setdefault(mark.digest, mark)
        if mark.at - before.at >= _LIMITS.least_lag_s:
            again[mark.digest] = (before, mark)
    returned = [mark for _, mark in again.values()]
    moving = any(returned[0].differs(other) >= _LIMITS.moved_bits for other in returned[1:])
    if len(again) < _LIMITS.exact_pictures or not moving:
        return ""
    before, mark = next(reversed(again.values()))
    return (
        f"{len(again)} different pictures came back, bit for bit, the last after {mark.at - before.at:.0f} s"
    )


def _like_loop(marks: Sequence[Mark]) -> str:
    """A stretch with motion, each picture of which is like the one a fixed time before."""
    stretch = marks[-_LIMITS.like_pictures :]
    moves = sum(a.differs(b) >= _LIMITS.moved_bits for a, b in pairwise(stretch))
    if len(stretch) < _LIMITS.like_pictures or moves < _LIMITS.like_moves:
        return ""
    for lag in _lags(marks):
        if all(_has_twin(marks, mark, lag) for mark in stretch):
            return f"the last {len(stretch)} pictures came in the same order {lag:.0f} s before"
    return ""


def _lags(marks: Sequence[Mark]) -> Iterator[float]:
    newest = marks[-1]
    for mark in marks:
        lag = newest.at - mark.at
        if lag >= _LIMITS.least_lag_s and newest.differs(mark) <= _LIMITS.like_bits:
            yield lag


def _has_twin(marks: Sequence[Mark], mark: Mark, lag: float) -> bool:
    return any(
        abs(mark.at - lag - other.at) <= _LIMITS.lag_tolerance_s and mark.differs(other) <= _LIMITS.like_bits
        for other in marks
    )
