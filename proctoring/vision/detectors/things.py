"""Phones, books, other screens and the bodies of other people."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from proctoring.observations import FaceBox, Observation, ObservationKind, Quality, QualityReason
from proctoring.seen import Body
from proctoring.vision import thresholds
from proctoring.vision.engines.base import Box, Frame, ThingScores, ThingsEngine

THINGS = frozenset(
    {
        ObservationKind.PHONE,
        ObservationKind.BOOK,
        ObservationKind.SECOND_SCREEN,
        ObservationKind.SECOND_PERSON,
    }
)
SCREEN_NAMES = {"laptop": "laptop", "tv": "monitor or television set"}
_HINTED = {"phone": ObservationKind.PHONE, "book": ObservationKind.BOOK}
_LIMITS = thresholds.THINGS
_SPOILERS = frozenset({QualityReason.TOO_DARK, QualityReason.OVER_EXPOSED, QualityReason.BLURRED})


@dataclass(frozen=True, slots=True)
class Sightings:
    """What one look at the whole frame found, and what the closer looks that followed it said.

    ``found``: boxes that count, best first. ``weak``: by label the best score that did not count.
    ``unsure``: labels of which a hint was seen that nobody looked at more closely, or not closely enough.
    ``looks``: how often the engine looked.
    """

    found: tuple[Box, ...]
    weak: Mapping[str, float]
    unsure: frozenset[str] = frozenset()
    looks: int = 1

    def of(self, *labels: str) -> tuple[Box, ...]:
        """The boxes that count with one of the labels, best first."""
        return tuple(box for box in self.found if box.label in labels)

    def doubt(self, scores: ThingScores, *labels: str) -> float | None:
        """Best score of the labels that did not count; None when it is too good to say "not there"."""
        weakest = [self.weak.get(label, 0.0) for label in labels]
        near = any(
            weak >= _LIMITS.doubt * scores.least.get(label, 1.0)
            for label, weak in zip(labels, weakest, strict=True)
        )
        return None if near or self.unsure.intersection(labels) else max(weakest)


@dataclass(frozen=True, slots=True)
class ThingsSeen:
    """The observations of one frame, the ``bodies`` of people besides the candidate, and how often the
    engine looked."""

    observations: tuple[Observation, ...] = ()
    bodies: tuple[Body, ...] = ()
    looks: int = 0


def find_and_observe(
    engine: ThingsEngine,
    frame: Frame,
    quality: Quality,
    face: FaceBox | None,
    wanted: frozenset[ObservationKind] = THINGS,
    *,
    may_settle: bool = True,
) -> ThingsSeen:
    """What a frame shows besides faces; nothing at all when it is too dark or blurred to tell.

    ``wanted``: the kinds that are on; no closer look is spent on others. ``face``: the main one, or None.
    ``may_settle``: see :func:`look_for_things`.
    """
    if not can_judge(quality):
        return ThingsSeen()
    seen = look_for_things(engine, frame, wanted, may_settle=may_settle)
    height = frame.shape[0]
    bodies = _other_bodies(seen, face, height) if ObservationKind.SECOND_PERSON in wanted else []
    others = tuple(Body(each.x, each.y, each.w, each.h) for each in bodies)
    return ThingsSeen(observe_things(seen, engine.scores, face, height), others, seen.looks)


def can_judge(quality: Quality) -> bool:
    """True when things can be told in the frame: otherwise the candidate is coached and nothing is said."""
    return quality.usable and not _SPOILERS.intersection(quality.reasons)


def look_for_things(
    engine: ThingsEngine,
    frame: Frame,
    wanted: frozenset[ObservationKind] = THINGS,
    *,
    may_settle: bool = True,
) -> Sightings:
    """Look at the whole frame, and more closely where there is a hint of a phone, then of a book.

    In the model's small input a phone of a whole frame is a few pixels: the hint says where to look, closer
    looks alone say what it is. At most two of them a frame, because each costs as much as the first; not
    ``may_settle``: at most one, and what it leaves in doubt is not said.
    """
    boxes = _find(engine, frame)
    found = [box for box in boxes if box.label not in engine.scores.hints]
    unsure, spare = set(), _LIMITS.most_closer_looks if may_settle else 1
    looks = 1
    beside: list[Box] = []
    for hint in _hints(boxes, engine.scores):
        if _HINTED[hint.label] not in wanted:
            continue
        if not spare:
            unsure.add(hint.label)
            found += [box for box in beside if box.label == hint.label]
            continue
        boxes, used = _look_closer(engine, frame, hint, spare)
        looks, spare = looks + used, spare - used
        beside += boxes
        same = [box for box in boxes if box.label == hint.label]
        if not may_settle and same and _is_doubtful(same[0], engine.scores):
            unsure.add(hint.label)
            continue
        found += same
    return replace(sort_finds(found, engine.scores, frozenset(unsure)), looks=looks)


def _hints(boxes: Sequence[Box], scores: ThingScores) -> list[Box]:
    """The best hint of each label that needs a closer look, in the order of ``scores.hints``."""
    best = []
    for label, least in scores.hints.items():
        box = _best(boxes, label)
        if box is not None and box.score >= least:
            best.append(box)
    return best


def _look_closer(engine: ThingsEngine, frame: Frame, hint: Box, spare: int) -> tuple[list[Box], int]:
    """What a square around a hint shows, and how many looks of ``spare`` that took.

    Where one leaves a doubt, a smaller square is looked at as well and the score is the mean: what is there
    is seen in both, a resemblance comes and goes with the size.
    """
    wide, near = _LIMITS.closer_sides
    boxes = _find_in(engine, frame, closer_square(hint, frame, wide))
    best = _best(boxes, hint.label)
    if best is None or spare < 2 or not _is_doubtful(best, engine.scores):
        return boxes, 1
    again = _best(_find_in(engine, frame, closer_square(hint, frame, near)), hint.label)
    score = (best.score + (again.score if again else 0.0)) / 2
    return [box for box in boxes if box.label != hint.label] + [replace(best, score=score)], 2


def _is_doubtful(box: Box, scores: ThingScores) -> bool:
    """Near the least score of its label, above or below."""
    least = scores.least[box.label]
    return _LIMITS.doubt * least <= box.score <= least / _LIMITS.doubt


def _find(engine: ThingsEngine, frame: Frame) -> list[Box]:
    """All finds, best first, but for the narrow spines of books that stand on a shelf: nobody reads those."""
    return [box for box in engine.find(frame) if box.label != "book" or box.h < _LIMITS.spine * box.w]


def _find_in(engine: ThingsEngine, frame: Frame, square: tuple[int, int, int]) -> list[Box]:
    """What a square of the frame shows, best first, in pixels of the frame."""
    x, y, side = square
    boxes = _find(engine, frame[y : y + side, x : x + side].copy())
    return [replace(box, x=box.x + x, y=box.y + y) for box in boxes]


def _best(boxes: Sequence[Box], label: str) -> Box | None:
    """The best of a label, of boxes that come best first."""
    return next((box for box in boxes if box.label == label), None)


def closer_square(hint: Box, frame: Frame, share: float) -> tuple[int, int, int]:
    """Left, top and side in pixels of a square of that share of the frame's shorter side around a hint."""
    height, width = frame.shape[:2]
    size = max(1, round(share * min(width, height)))
    x = round(hint.x + hint.w / 2 - size / 2)
    y = round(hint.y + hint.h / 2 - size / 2)
    return min(max(0, x), width - size), min(max(0, y), height - size), size


def sort_finds(boxes: Iterable[Box], scores: ThingScores, unsure: frozenset[str] = frozenset()) -> Sightings:
    """Boxes sorted into those that count and doubts. A book where a phone or screen was found is that."""
    found: list[Box] = []
    weak: dict[str, float] = {}
    for box in sorted(boxes, key=lambda box: -box.score):
        if box.score >= scores.least.get(box.label, 2.0):
            found.append(box)
        else:
            weak[box.label] = max(weak.get(box.label, 0.0), box.score)
    others = [box for box in found if box.label in ("phone", "laptop", "tv")]
    kept = tuple(box for box in found if box.label != "book" or not _is_inside(box, others))
    return Sightings(kept, weak, unsure)


def _is_inside(box: Box, others: Sequence[Box]) -> bool:
    return any(_shared(box, other) > _LIMITS.same_thing * box.w * box.h for other in others)


def _shared(a: Box, b: Box) -> float:
    """Square pixels that two boxes share."""
    width = min(a.x + a.w, b.x + b.w) - max(a.x, b.x)
    height = min(a.y + a.h, b.y + b.h) - max(a.y, b.y)
    return max(0.0, width) * max(0.0, height)


def observe_things(
    seen: Sightings, scores: ThingScores, face: FaceBox | None, frame_height: int
) -> tuple[Observation, ...]:
    """The observations ``phone``, ``book``, ``second_screen`` and ``second_person`` of one frame.

    ``face``: the main face, whose body is the candidate. Pixels are those of the analysed frame.
    """
    return (
        _thing(ObservationKind.PHONE, seen, scores, "phone"),
        _thing(ObservationKind.BOOK, seen, scores, "book"),
        _thing(ObservationKind.SECOND_SCREEN, seen, scores, "laptop", "tv"),
        _second_person(seen, scores, face, frame_height),
    )


def _thing(kind: ObservationKind, seen: Sightings, scores: ThingScores, *labels: str) -> Observation:
    boxes = seen.of(*labels)
    if boxes:
        best = boxes[0]
        numbers: dict[str, float | int | str] = {"width_px": round(best.w), "height_px": round(best.h)}
        if kind is ObservationKind.SECOND_SCREEN:
            numbers["label"] = SCREEN_NAMES[best.label]
        return Observation(kind, True, best.score, numbers)
    return _absent(kind, seen.doubt(scores, *labels))


def _second_person(
    seen: Sightings, scores: ThingScores, face: FaceBox | None, frame_height: int
) -> Observation:
    others = _other_bodies(seen, face, frame_height)
    if not others:
        return _absent(ObservationKind.SECOND_PERSON, seen.doubt(scores, "person"))
    numbers = {"persons": len(others) + 1, "smallest_px": round(min(body.h for body in others))}
    return Observation(ObservationKind.SECOND_PERSON, True, min(body.score for body in others), numbers)


def _other_bodies(seen: Sightings, face: FaceBox | None, frame_height: int) -> list[Box]:
    """People besides the one whose face is the main one; without a face, people besides the largest."""
    bodies = _bodies(seen.of("person"), frame_height)
    own = _body_of(face, bodies) if face else bodies[0] if bodies else None
    return [body for body in bodies if body is not own]


def _bodies(people: Sequence[Box], frame_height: int) -> list[Box]:
    """Bodies large enough to be in the room, largest first, each once."""
    kept: list[Box] = []
    for body in sorted(people, key=lambda body: -body.w * body.h):
        same = any(
            _shared(body, other) > _LIMITS.same_body * min(body.w * body.h, other.w * other.h)
            for other in kept
        )
        if body.h >= _LIMITS.least_body_height * frame_height and not same:
            kept.append(body)
    return kept


def _body_of(face: FaceBox, bodies: Sequence[Box]) -> Box | None:
    """The body that the face belongs to: of those around it, the one it is most in the middle of."""
    x, y = face.x + face.w / 2, face.y + face.h / 2
    around = [body for body in bodies if 0 <= x - body.x <= body.w and 0 <= y - body.y <= body.h]
    return min(around, key=lambda body: abs(body.x + body.w / 2 - x), default=None)


def _absent(kind: ObservationKind, doubt: float | None) -> Observation:
    """Not there; or, without a number, not to be said."""
    if doubt is None:
        return Observation(kind, False, 0.0, {}, informative=False)
    return Observation(kind, False, 1.0 - doubt, {})
