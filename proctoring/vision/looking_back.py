"""What only many frames together show: repeated pictures, faces that never move, text that was not there.

Pure; loads no OpenCV.
"""

from collections.abc import Mapping
from dataclasses import astuple, dataclass, replace
from typing import Any

from proctoring.observations import FrameReport, Observation
from proctoring.seen import TextBlock
from proctoring.vision.detectors.repeated_pictures import Trail, observe_repeats
from proctoring.vision.detectors.still_faces import Track, observe_stillness
from proctoring.vision.detectors.text import observe_new_text
from proctoring.vision.exchange import ALL_KINDS, FrameRequest


@dataclass(frozen=True, slots=True)
class Past:
    """What is remembered of a session's frames for looking back; a few kilobytes, never a picture.

    ``tracks``: of faces; ``bodies``: of other people's. ``background``: the text that the first look for
    text saw, None before it.
    """

    trail: Trail = Trail()
    tracks: tuple[Track, ...] = ()
    background: tuple[TextBlock, ...] | None = None
    bodies: tuple[Track, ...] = ()

    def to_data(self) -> dict[str, Any]:
        """Plain values for the cache."""
        background = None if self.background is None else [each.to_json() for each in self.background]
        tracks = [astuple(each) for each in self.tracks]
        bodies = [astuple(each) for each in self.bodies]
        return {"trail": self.trail.packed, "tracks": tracks, "background": background, "bodies": bodies}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Past":
        """Inverse of :meth:`to_data`; an empty mapping gives an empty past."""
        if not data:
            return cls()
        background = data["background"]
        blocks = None if background is None else tuple(TextBlock.from_json(each) for each in background)
        tracks, bodies = (tuple(Track(*each) for each in data.get(name, ())) for name in ("tracks", "bodies"))
        return cls(Trail(data["trail"]), tracks, blocks, bodies)


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
    tracks, bodies, still = observe_stillness(past.tracks, past.bodies, report)
    background, text = observe_new_text(past.background, report)
    weighed = {each.kind: each for each in (*still, text) if each is not None}
    observations: list[Observation] = [weighed.get(each.kind, each) for each in report.observations]
    observations += [each for each in repeats if each.kind in wanted]
    return Past(trail, tracks, background, bodies), replace(report, observations=tuple(observations))
