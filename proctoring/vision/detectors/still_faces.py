"""Tells further faces and bodies that have never moved: a picture on the wall or a screen, perhaps.

Looks over many frames, so it runs where the session's memory is, on boxes alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from proctoring.observations import FaceBox, FrameReport, Observation, ObservationKind, Weight
from proctoring.seen import Body
from proctoring.vision import thresholds

_FACES, _BODIES = thresholds.STILL_FACES, thresholds.STILL_BODIES


@dataclass(frozen=True, slots=True)
class Track:
    """One face or body over time: where it was first seen (centre and height, in heights of the picture),
    since when and until when (seconds since the epoch), in how many looks, and whether it has moved since."""

    x: float
    y: float
    height: float
    first_at: float
    last_at: float
    looks: int = 1
    moved: bool = False

    def is_still(self) -> bool:
        """True when it was watched for long and has never moved."""
        watched = self.last_at - self.first_at
        return not self.moved and watched >= _FACES.still_s and self.looks >= _FACES.least_looks


def follow_boxes(
    tracks: Sequence[Track],
    boxes: Sequence[FaceBox | Body],
    report: FrameReport,
    limits: thresholds.StillFaces,
) -> tuple[tuple[Track, ...], tuple[Track, ...]]:
    """The tracks after this frame, and those of its ``boxes``, faces or bodies, in the same order."""
    left = [each for each in tracks if abs(report.captured_at - each.last_at) <= limits.forget_s]
    seen: list[Track] = []
    for box in boxes:
        x, y, height = _place(box, report.height)
        before = min(left, key=lambda each: _shift(each, x, y), default=None)
        if before is None or _shift(before, x, y) > limits.same_face_shift:
            seen.append(Track(x, y, height, report.captured_at, report.captured_at))
            continue
        left.remove(before)
        growth = max(height, before.height) / max(min(height, before.height), 1e-6)
        moved = _shift(before, x, y) > limits.moved_shift or growth > limits.moved_growth
        moved = moved or isinstance(box, Body) and (box.stir or 0.0) > limits.stirred
        if before.moved or moved:  # what moves is followed from where it is now
            seen.append(Track(x, y, height, before.first_at, report.captured_at, before.looks + 1, True))
        else:
            seen.append(replace(before, last_at=report.captured_at, looks=before.looks + 1))
    return tuple([*seen, *left][: limits.most_tracks]), tuple(seen)


def weigh_faces(several: Observation, seen: Sequence[Track]) -> Observation:
    """``several_faces`` with what the tracks of its faces say: mild when at most one of them ever moved.

    Two faces that have moved are two people, and a later standstill does not take that back.
    """
    if not several.present or not several.informative:
        return several
    still = [each for each in seen if each.is_still()]
    if len(seen) - len(still) <= 1 and still:
        watched = min(each.last_at - each.first_at for each in still)
        which = "one face has" if len(still) == 1 else f"{len(still)} faces have"
        note = f"{which} not moved in {watched:.0f} s: perhaps a picture"
        return replace(several, measurements={**several.measurements, "note": note}, weight=Weight.MILD)
    if sum(each.moved for each in seen) > 1:
        return replace(several, weight=Weight.PROVEN)
    return several


def weigh_bodies(second: Observation, seen: Sequence[Track], faces: Sequence[Track]) -> Observation:
    """``second_person`` with what the tracks of the further bodies say: mild when none of them ever moved.

    ``faces``: those of all faces in view, the candidate's first. Where a further one has moved, nothing is
    mild: somebody sits still and turns the head.
    """
    if not second.present or not second.informative or not seen:
        return second
    if any(each.moved for each in seen):
        return replace(second, weight=Weight.PROVEN)
    if all(each.is_still() for each in seen) and not any(each.moved for each in faces[1:]):
        watched = min(each.last_at - each.first_at for each in seen)
        note = f"the further body has not moved in {watched:.0f} s: perhaps a picture"
        return replace(second, measurements={**second.measurements, "note": note}, weight=Weight.MILD)
    return second


def observe_stillness(
    faces: Sequence[Track], bodies: Sequence[Track], report: FrameReport
) -> tuple[tuple[Track, ...], tuple[Track, ...], tuple[Observation, ...]]:
    """The tracks of faces and bodies after this frame, and ``several_faces`` and ``second_person`` weighed by
    them, as far as they were looked at."""
    faces, seen = follow_boxes(faces, report.faces, report, _FACES)
    bodies, others = follow_boxes(bodies, report.bodies, report, _BODIES)
    weighed = []
    for each in report.observations:
        if each.kind is ObservationKind.SEVERAL_FACES:
            weighed.append(weigh_faces(each, seen))
        elif each.kind is ObservationKind.SECOND_PERSON:
            weighed.append(weigh_bodies(each, others, seen))
    return faces, bodies, tuple(weighed)


def _place(face: FaceBox | Body, picture_height: int) -> tuple[float, float, float]:
    height = max(picture_height, 1)
    return ((face.x + face.w / 2) / height, (face.y + face.h / 2) / height, face.h / height)


def _shift(track: Track, x: float, y: float) -> float:
    """Distance from where the track began (or last moved to), in its face heights."""
    return max(abs(track.x - x), abs(track.y - y)) / max(track.height, 1e-6)
