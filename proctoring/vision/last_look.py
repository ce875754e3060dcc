"""What one frame leaves for the next of the same camera, so that a calm picture needs no whole look.

It travels as bytes that only this file reads: with the report to the server, in the session's memory, and
with the next request back to whichever process looks at the next frame. Light: loads no OpenCV.
"""

import struct
from dataclasses import dataclass

from proctoring.observations import FaceBox
from proctoring.vision.exchange import Work

GREY_SIZE = (64, 48)
"""Width and height of the tiny picture."""
_FORMAT = 1
_WORKS = tuple(Work)
_HEADER = struct.Struct(">BBdHH")
_FACE = struct.Struct(">15f")
_GREY_BYTES = GREY_SIZE[0] * GREY_SIZE[1]


@dataclass(frozen=True, slots=True)
class LastLook:
    """The newest frame in a nutshell; faces in pixels of the working size.

    ``whole_at``: when the whole picture was last searched for faces, seconds since the epoch. ``width``,
    ``height``: of the working frame. ``grey``: the frame, shrunk to ``GREY_SIZE``. ``face``: the one face in
    view, None unless there was exactly one and no doubt. ``measured``: the face when the head was last
    measured. ``moved``: dear work that has not been done since something moved.
    """

    whole_at: float
    width: int
    height: int
    grey: bytes
    face: FaceBox | None = None
    measured: FaceBox | None = None
    moved: frozenset[Work] = frozenset()

    def to_bytes(self) -> bytes:
        """About 3 kB."""
        flags = sum(1 << index for index, work in enumerate(_WORKS) if work in self.moved)
        head = _HEADER.pack(_FORMAT, flags, self.whole_at, self.width, self.height)
        return head + _pack_face(self.face) + _pack_face(self.measured) + self.grey

    @classmethod
    def from_bytes(cls, data: bytes) -> "LastLook | None":
        """Inverse of :meth:`to_bytes`; None for nothing, or for what another release wrote."""
        if len(data) != _HEADER.size + 2 * _FACE.size + _GREY_BYTES or data[0] != _FORMAT:
            return None
        _, flags, whole_at, width, height = _HEADER.unpack_from(data)
        return cls(
            whole_at,
            width,
            height,
            data[-_GREY_BYTES:],
            _unpack_face(data, _HEADER.size),
            _unpack_face(data, _HEADER.size + _FACE.size),
            frozenset(work for index, work in enumerate(_WORKS) if flags >> index & 1),
        )


def _pack_face(face: FaceBox | None) -> bytes:
    if face is None:
        return bytes(_FACE.size)
    points = [value for point in face.landmarks for value in point]
    return _FACE.pack(face.x, face.y, face.w, face.h, face.score, *(points + [0.0] * 10)[:10])


def _unpack_face(data: bytes, start: int) -> FaceBox | None:
    x, y, w, h, score, *points = _FACE.unpack_from(data, start)
    if not h:
        return None
    return FaceBox(x, y, w, h, score, tuple(zip(points[::2], points[1::2], strict=True)))
