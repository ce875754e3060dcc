"""The binary message that carries a frame: 16 bytes of header, then the picture (pure)."""

import struct
from dataclasses import dataclass

from proctor_site.kernel.errors import InvalidInput

HEADER = struct.Struct(">4sIQ")
MAGIC = b"PFR1"


@dataclass(frozen=True, slots=True)
class FrameMessage:
    """One frame as sent. `captured_at`: seconds since the epoch by the client's clock."""

    sequence: int
    captured_at: float
    image: bytes


def read_frame(data: bytes) -> FrameMessage:
    """The frame in a message. Raises InvalidInput with code `malformed`."""
    if len(data) < HEADER.size:
        raise InvalidInput("A frame message has a header of 16 bytes.", code="malformed", field="frame")
    magic, sequence, captured_ms = HEADER.unpack_from(data)
    if magic != MAGIC:
        raise InvalidInput("A frame message begins with PFR1.", code="malformed", field="frame")
    return FrameMessage(sequence, captured_ms / 1000, data[HEADER.size :])


def write_frame(sequence: int, captured_ms: int, image: bytes) -> bytes:
    """The message for a frame: for tests and load generators."""
    return HEADER.pack(MAGIC, sequence, captured_ms) + image
