"""Tells further faces that have never moved: a picture on the wall or a screen, perhaps.

Looks over many frames, so it runs where the session's memory is, on boxes alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from proctoring.observations import FaceBox, FrameReport, Observation, ObservationKind, Weight
from proctoring.vision import thresholds

_LIMITS = thresholds.STILL_FACES


@dataclass(frozen=True, slots=True)
class Track:
    """One face over time: where it was first seen (centre and height, in heights of the picture), since when
    and until when (seconds since the epoch), in how many looks, and whether it has moved since."""

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
        return not self.moved and watched >= _LIMITS.still_s and self.looks >= _LIMITS.least_looks


def follow_faces(tracks: Sequence[Track], report: FrameReport) -> tuple[tuple[Track, ...], tuple[Track, ...]]:
    """The tracks after this frame, and those of its faces, in the same order as ``report.faces``."""
    left = [each for each in tracks if abs(report.captured_at - each.last_at) <= _LIMITS.forget_s]
    seen: list[Track] = []
    for face in report.faces:
        x, y, height = _place(face, report.height)
        before = min(left, key=lambda each: _shift(each, x, y), default=None)
        if before is None or _shift(before, x, y) > _LIMITS.same_face_shift:
            seen.append(Track(x, y, height, report.captured_at, report.captured_at))
            continue
        left.remove(before)
        growth = max(height, before.height) / max(min(height, before.height), 1e-6)
        moved = _shift(before, x, y) > _LIMITS.moved_shift or growth > _LIMITS.moved_growth
        if before.moved or moved:  # a moving face is followed from where it is now
            seen.append(Track(x, y, height, before.first_at, report.captured_at, before.looks + 1, True))
        else:
            seen.append(replace(before, last_at=report.captured_at, looks=before.looks + 1))
    return tuple([*seen, *left][: _LIMITS.most_tracks]), tuple(seen)


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


def observe_stillness(
    tracks: Sequence[Track], report: FrameReport
) -> tuple[tuple[Track, ...], Observation | None]:
    """The tracks after this frame, and ``several_faces`` weighed by them; None where it was not looked at."""
    after, seen = follow_faces(tracks, report)
    several = report.observation(ObservationKind.SEVERAL_FACES)
    return after, weigh_faces(several, seen) if several is not None else None


def _place(face: FaceBox, picture_height: int) -> tuple[float, float, float]:
    height = max(picture_height, 1)
    return ((face.x + face.w / 2) / height, (face.y + face.h / 2) / height, face.h / height)


def _shift(track: Track, x: float, y: float) -> float:
    """Distance from where the track began (or last moved to), in its face heights."""
    return max(abs(track.x - x), abs(track.y - y)) / max(track.height, 1e-6)
