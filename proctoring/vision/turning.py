"""Whether a head turns as it was asked to: a course of small steps; no picture, no Django."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from itertools import permutations
from random import Random
from typing import Any

from proctoring.observations import Head
from proctoring.vision import head_thresholds
from proctoring.vision.exchange import Likeness

_LIMITS = head_thresholds.TURNING
HELD_LOOKS = 2
"""So many looks in a row prove a posture: one alone may be a slip of the model."""


class Ask(StrEnum):
    """What a head is asked to do. Sides are the person's own; stored in rows, never rename one."""

    LEFT = "left"
    RIGHT = "right"
    UP = "up"


_OTHER_SIDE = {Ask.LEFT: Ask.RIGHT, Ask.RIGHT: Ask.LEFT}
ASKED = 2
"""How many of them one course asks for."""


class Stage(StrEnum):
    """Where the course of one ask is."""

    AHEAD = "ahead"
    TURN = "turn"
    BACK = "back"
    MOVED = "moved"
    WRONG = "wrong"


ENDS = (Stage.MOVED, Stage.WRONG)


class Said(StrEnum):
    """What a look means for the person; codes go to browsers, never rename one."""

    LOOK_AHEAD = "look_ahead"
    TURN = "turn"
    GO_ON = "go_on"
    HELD = "held"
    NOT_SEEN = "not_seen"
    LOST = "lost"
    UNSURE = "unsure"
    WRONG_WAY = "wrong_way"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the face is, in pixels of the frame that was looked at, and when, in seconds."""

    x: float
    y: float
    w: float
    at: float


@dataclass(frozen=True, slots=True)
class TurnLook:
    """One look. `place` None: not exactly one face. `head` None: its pose is not known. `likeness`: to the
    reference photo, None where nothing is compared."""

    at: float
    place: Place | None
    head: Head | None
    likeness: Likeness | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """How far somebody is: `asks` in order, `done` of them, the `stage` of the next one, `held` looks of it.

    `yaw` and `pitch`: the own look ahead. `reached`: the largest change of each ask so far, degrees.
    `breaks`: how often the face was lost or jumped, after which the ask begins anew. `mirrored`: the first of
    two asks to the sides was done the other way, and so has the second to be: some cameras mirror.
    """

    asks: tuple[Ask, ...]
    done: int = 0
    stage: Stage = Stage.AHEAD
    held: int = 0
    yaw: float = 0.0
    pitch: float = 0.0
    place: Place | None = None
    reached: tuple[float, ...] = ()
    breaks: int = 0
    looks: int = 0
    mirrored: bool = False

    @property
    def ask(self) -> Ask | None:
        """What is asked for now; None at the end."""
        return None if self.stage in ENDS else self.asks[self.done]

    def to_json(self) -> dict[str, Any]:
        """Plain dict of JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Course":
        """Inverse of :meth:`to_json`; KeyError, TypeError or ValueError on data of another shape."""
        place = data["place"]
        return cls(
            **{
                **data,
                "asks": tuple(Ask(each) for each in data["asks"]),
                "stage": Stage(data["stage"]),
                "place": Place(**place) if place else None,
                "reached": tuple(data["reached"]),
            }
        )


def draw(random: Random) -> Course:
    """A course of two different asks in an order that nobody can know before."""
    return Course(random.choice(list(permutations(Ask, ASKED))))


def follow(course: Course, look: TurnLook) -> tuple[Course, Said]:
    """The course after one more look, and what to say. A course at its end does not change."""
    if course.stage in ENDS:
        return course, Said.MOVED if course.stage is Stage.MOVED else Said.WRONG_WAY
    course = replace(course, looks=course.looks + 1)
    if look.place is None or _is_jump(course.place, look.place):
        broken = course.stage is not Stage.AHEAD
        course = replace(course, stage=Stage.AHEAD, held=0, place=look.place, breaks=course.breaks + broken)
        return course, Said.LOST if look.place is None or broken else Said.LOOK_AHEAD
    course = replace(course, place=look.place)
    if look.head is None or look.head.presence < _LIMITS.least_presence:
        return course, Said.NOT_SEEN
    return {Stage.AHEAD: _ahead, Stage.TURN: _turn, Stage.BACK: _back}[course.stage](course, look, look.head)


def change_of(ask: Ask, yaw: float, pitch: float) -> float:
    """How far a change of pose goes the way that was asked, in degrees; less than 0: the other way.

    In the camera's picture the person's own left is on the right, where yaw is below 0.
    """
    return {Ask.LEFT: -yaw, Ask.RIGHT: yaw, Ask.UP: -pitch}[ask]


def view_of(course: Course, look: TurnLook) -> Ask | None:
    """The side from which this look, of a turn that is going on, shows the face; None: from none that serves.

    `course`: before the look. A look that jumps, or that seems to be of somebody else, is no view.
    """
    if course.stage is not Stage.TURN or course.ask not in (Ask.LEFT, Ask.RIGHT):
        return None
    if look.place is None or look.head is None or _is_jump(course.place, look.place):
        return None
    if look.head.presence < _LIMITS.least_presence or look.likeness in (None, Likeness.UNLIKE):
        return None
    angle = change_of(course.ask, look.head.yaw, 0.0)
    return course.ask if _LIMITS.view_least <= angle <= _LIMITS.view_most else None


def _ahead(course: Course, look: TurnLook, head: Head) -> tuple[Course, Said]:
    """The own look ahead: still, not far from the camera, and the face of the reference photo."""
    if abs(head.yaw) > _LIMITS.most_yaw_ahead:
        return replace(course, held=0), Said.LOOK_AHEAD
    if look.likeness not in (None, Likeness.ALIKE):
        return replace(course, held=0), Said.UNSURE
    is_still = course.held and _is_ahead(course, head)
    course = replace(course, held=course.held + 1 if is_still else 1, yaw=head.yaw, pitch=head.pitch)
    if course.held < HELD_LOOKS:
        return course, Said.LOOK_AHEAD
    return replace(course, stage=Stage.TURN, held=0), Said.TURN


def _turn(course: Course, look: TurnLook, head: Head) -> tuple[Course, Said]:
    ask = course.asks[course.done]
    changes = _changes(course, head)
    if changes[ask] >= _least(ask):
        held = max(course.held, 0) + 1
        course = replace(course, held=held, reached=_reached(course, changes[ask]))
        if held < HELD_LOOKS:
            return course, Said.GO_ON
        return replace(course, stage=Stage.BACK, held=0), Said.HELD
    if not _is_other_way(ask, changes):
        return replace(course, held=0), Said.TURN
    held = min(course.held, 0) - 1  # below 0: looks the other way
    if -held < HELD_LOOKS:
        return replace(course, held=held), Said.TURN
    other = _OTHER_SIDE.get(ask) if course.done == 0 and {*course.asks} == {*_OTHER_SIDE} else None
    if other and changes[other] >= _LIMITS.aside:
        course = replace(course, mirrored=True, reached=_reached(course, changes[other]))
        return replace(course, stage=Stage.BACK, held=0), Said.HELD
    return replace(course, stage=Stage.WRONG, held=0), Said.WRONG_WAY


def _changes(course: Course, head: Head) -> dict[Ask, float]:
    """How far the head has gone each way, degrees; sides are exchanged where the camera mirrors."""
    sign = -1 if course.mirrored else 1
    yaw, pitch = sign * (head.yaw - course.yaw), head.pitch - course.pitch
    return {each: change_of(each, yaw, pitch) for each in Ask}


def _is_other_way(ask: Ask, changes: Mapping[Ask, float]) -> bool:
    """A film shows what it shows, whatever is asked. Many heads rise a little while they turn."""
    most = {Ask.LEFT: _LIMITS.aside, Ask.RIGHT: _LIMITS.aside, Ask.UP: 2 * _LIMITS.up}
    return any(changes[other] >= most[other] for other in Ask if other is not ask)


def _back(course: Course, look: TurnLook, head: Head) -> tuple[Course, Said]:
    ask = course.asks[course.done]
    course = replace(course, reached=_reached(course, _changes(course, head)[ask]))
    if not _is_ahead(course, head):
        return replace(course, held=0), Said.HELD
    if look.likeness not in (None, Likeness.ALIKE):
        return replace(course, held=0), Said.UNSURE
    course = replace(course, held=course.held + 1)
    if course.held < HELD_LOOKS:
        return course, Said.HELD
    done = course.done + 1
    if done == len(course.asks):
        return replace(course, done=done, stage=Stage.MOVED, held=0), Said.MOVED
    return replace(course, done=done, stage=Stage.TURN, held=0), Said.TURN


def _is_ahead(course: Course, head: Head) -> bool:
    return max(abs(head.yaw - course.yaw), abs(head.pitch - course.pitch)) <= _LIMITS.ahead


def _least(ask: Ask) -> float:
    return _LIMITS.up if ask is Ask.UP else _LIMITS.aside


def _reached(course: Course, change: float) -> tuple[float, ...]:
    before = course.reached[course.done] if len(course.reached) > course.done else 0.0
    return (*course.reached[: course.done], round(max(before, change), 1))


def _is_jump(before: Place | None, now: Place) -> bool:
    """The face was elsewhere a moment ago, or nobody looked for a while: it may be another one."""
    if before is None:
        return False
    width = max(before.w, now.w)
    moved = max(abs(now.x - before.x), abs(now.y - before.y))
    return (
        now.at - before.at > _LIMITS.gap_s
        or moved > _LIMITS.jump * width
        or width > _LIMITS.jump_size * min(before.w, now.w)
    )
