"""The binary message that carries a recording: a frame's header with another name, then the sound (pure)."""

from dataclasses import dataclass

from proctor_site.kernel.errors import InvalidInput
from proctoring.consumers.frame_message import HEADER

MAGIC = b"PCL1"


@dataclass(frozen=True, slots=True)
class ClipMessage:
    """One complete recording as sent. `captured_at`: when it began, seconds, client's clock."""

    sequence: int
    captured_at: float
    recording: bytes


def is_clip(data: bytes) -> bool:
    """Whether a binary message is a recording's, whatever else is wrong with it."""
    return data[: len(MAGIC)] == MAGIC


def read_clip(data: bytes) -> ClipMessage:
    """The recording in a message that `is_clip`. Raises InvalidInput with code `malformed`."""
    if len(data) < HEADER.size:
        raise InvalidInput(
            "A message with a recording has a header of 16 bytes.", code="malformed", field="clip"
        )
    _, sequence, captured_ms = HEADER.unpack_from(data)
    return ClipMessage(sequence, captured_ms / 1000, data[HEADER.size :])


def write_clip(sequence: int, captured_ms: int, recording: bytes) -> bytes:
    """The message for a recording: for tests and integrators."""
    return HEADER.pack(MAGIC, sequence, captured_ms) + recording
