"""What only many frames together show: repeated pictures, faces that never move. Pure; loads no OpenCV."""

from collections.abc import Mapping
from dataclasses import astuple, dataclass, replace
from typing import Any

from proctoring.observations import FrameReport, Observation
from proctoring.vision.detectors.repeated_pictures import Trail, observe_repeats
from proctoring.vision.detectors.still_faces import Track, observe_stillness
from proctoring.vision.exchange import ALL_KINDS, FrameRequest


@dataclass(frozen=True, slots=True)
class Past:
    """What is remembered of a session's frames for looking back; a few kilobytes, never a picture."""

    trail: Trail = Trail()
    tracks: tuple[Track, ...] = ()

    def to_data(self) -> dict[str, Any]:
        """Plain values for the cache."""
        return {"trail": self.trail.packed, "tracks": [astuple(each) for each in self.tracks]}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Past":
        """Inverse of :meth:`to_data`; an empty mapping gives an empty past."""
        if not data:
            return cls()
        return cls(Trail(data["trail"]), tuple(Track(*each) for each in data["tracks"]))


def look_back(
    past: Past,
    report: FrameReport,
    request: FrameRequest | None = None,
    camera_label: str = "",
) -> tuple[Past, FrameReport]:
    """The past with this frame, and the report with what the frames together say; before the time rules.

    ``request``: what was asked about the frame (None: everything); kinds outside it are left out.
    ``camera_label``: the name of the camera as the browser tells it, "" when it is not known.
    """
    wanted = request.detectors if request is not None else ALL_KINDS
    trail, repeats = observe_repeats(past.trail, report, camera_label)
    tracks, several = observe_stillness(past.tracks, report)
    weighed = {several.kind: several} if several is not None else {}
    observations: list[Observation] = [weighed.get(each.kind, each) for each in report.observations]
    observations += [each for each in repeats if each.kind in wanted]
    return Past(trail, tracks), replace(report, observations=tuple(observations))
