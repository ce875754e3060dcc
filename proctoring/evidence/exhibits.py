"""What can be kept as evidence, before it is kept: pictures and recordings, and where frames come from."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from proctoring.evidence.windows import AvailableFrame
from proctoring.models.evidence import EvidenceKind
from proctoring.observations import ObservationKind


class FrameSource(Protocol):
    """Where recent frames can be had from."""

    def available(self, kind: ObservationKind) -> list[AvailableFrame]:
        """Frames that still exist, with how clearly each shows `kind`."""

    def pictures(self, sequences: Collection[int]) -> dict[int, bytes]:
        """JPEG bytes by sequence number."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One frame of the camera, or picture of the screen, to be kept. `captured_at` is aware."""

    frame_sequence: int
    captured_at: datetime
    jpeg: bytes
    kind: EvidenceKind = EvidenceKind.CAMERA_FRAME
    about: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recording:
    """A piece of sound, or a film of the screen, to be kept. `clip_sequence`: number of the recording that it
    was cut from. `about`: see `evidence.sounds`."""

    clip_sequence: int
    captured_at: datetime
    data: bytes
    content_type: str
    about: Mapping[str, Any]
    kind: EvidenceKind = EvidenceKind.SOUND


Exhibit = Picture | Recording
FILMS = {"video/webm": "webm", "video/mp4": "mp4"}
ENDINGS = {"audio/wav": "wav", "audio/webm": "webm", "audio/ogg": "ogg", "audio/mp4": "mp4", **FILMS}


@dataclass(frozen=True, slots=True)
class Staged:
    """A picture or recording whose bytes lie in the spool under `name`."""

    picture: Exhibit
    name: str
    sha256: str


def data_of(exhibit: Exhibit) -> bytes:
    """The plain bytes to be kept."""
    return exhibit.jpeg if isinstance(exhibit, Picture) else exhibit.data


def ending_of(exhibit: Exhibit) -> str:
    """The ending of its name in the store; KeyError for a type that is not kept."""
    return "jpg" if isinstance(exhibit, Picture) else ENDINGS[exhibit.content_type]


def facts_of(exhibit: Exhibit) -> dict[str, Any]:
    """The columns of `EvidenceItem` that differ between a picture and a recording."""
    return {
        "kind": exhibit.kind,
        "frame_sequence": exhibit.frame_sequence if isinstance(exhibit, Picture) else exhibit.clip_sequence,
        "content_type": "image/jpeg" if isinstance(exhibit, Picture) else exhibit.content_type,
        "size": len(data_of(exhibit)),
        "about": dict(exhibit.about),
    }
