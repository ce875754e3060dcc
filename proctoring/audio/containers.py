"""What a recording claims to be, by its first bytes alone. Light: loads no decoder.

The decoder is told the container and never guesses it: libavformat's own guess takes a text that begins with
"ffconcat" for a list of recordings and opens those files of this machine.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from proctoring.audio.exchange import ClipCode, ClipError

DEMUXERS = {
    "webm": "matroska",
    "ogg": "ogg",
    "mp4": "mp4",
    "mp3": "mp3",
    "wav": "wav",
    "flac": "flac",
}
"""Containers that are accepted, with the demuxer that reads each."""
MIME = {
    "webm": "audio/webm",
    "ogg": "audio/ogg",
    "mp4": "audio/mp4",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "flac": "audio/flac",
}
_MAGIC = (
    (b"\x1aE\xdf\xa3", "webm"),
    (b"OggS", "ogg"),
    (b"fLaC", "flac"),
    (b"ID3", "mp3"),
)
_LEAST_BYTES = 16
_MP4_PARENTS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"mvex", b"moof", b"traf"})
_MP4_MOST_SAMPLES = 100_000
_OGG_HEADER = 27
_OGG_LAST = 4


@dataclass(frozen=True, slots=True)
class ClipLimits:
    """What is accepted: bytes as uploaded; channels and rate (Hz) as the recording declares them.

    ``max_seconds``: longer recordings are heard up to there and marked as truncated.
    """

    max_bytes: int = 8 << 20
    max_seconds: float = 180.0
    max_channels: int = 8
    min_rate: int = 4_000
    max_rate: int = 192_000


DEFAULT_LIMITS = ClipLimits()


def check_bytes(data: bytes, limits: ClipLimits = DEFAULT_LIMITS) -> str:
    """The container of bytes that are within limits; ClipError otherwise. Nothing is decoded.

    The content type a client claims is never looked at.
    """
    if not data:
        raise ClipError(ClipCode.EMPTY, "no bytes")
    if len(data) > limits.max_bytes:
        raise ClipError(ClipCode.TOO_LARGE, f"{len(data)} bytes, at most {limits.max_bytes} are accepted")
    container = _container(data[:_LEAST_BYTES])
    if container == "mp4" and any(count > _MP4_MOST_SAMPLES for count in _mp4_sample_counts(data)):
        # The decoder would set aside memory for each of them before it reads any.
        raise ClipError(ClipCode.UNREADABLE, "the recording promises more samples than it can hold")
    return container


def has_ogg_end(data: bytes) -> bool:
    """True when the last page of an Ogg recording is there and says that it is the last."""
    start = data.rfind(b"OggS")
    header = data[start : start + _OGG_HEADER]
    if start < 0 or len(header) < _OGG_HEADER or not header[5] & _OGG_LAST:
        return False
    sizes = data[start + _OGG_HEADER : start + _OGG_HEADER + header[26]]
    return start + _OGG_HEADER + header[26] + sum(sizes) <= len(data)


def _container(head: bytes) -> str:
    if len(head) == _LEAST_BYTES:
        for magic, container in _MAGIC:
            if head.startswith(magic):
                return container
        if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
            return "wav"
        if head[4:8] in (b"ftyp", b"styp"):
            return "mp4"
        is_frame = head[0] == 0xFF and head[1] & 0xE0 == 0xE0
        if is_frame and head[1] & 0x06:  # layer 0 is AAC's own stream format
            return "mp3"
    raise ClipError(ClipCode.NOT_A_RECORDING, "not a WebM, Ogg, MP4, MP3, WAV or FLAC recording")


def _mp4_sample_counts(data: bytes) -> Iterator[int]:
    """How many samples each table of an MP4 file declares; a table that is cut off ends the walk."""
    ends = [len(data)]
    at = 0
    while ends:
        if at + 8 > ends[-1]:
            at = ends.pop()
            continue
        size, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        body = at + 8
        if size == 1:  # the size follows in eight bytes
            size, body = int.from_bytes(data[body : body + 8], "big"), body + 8
        end = ends[-1] if size == 0 else min(at + size, ends[-1])
        if kind in (b"stsz", b"stz2"):
            yield int.from_bytes(data[body + 8 : body + 12], "big")
        elif kind == b"trun":
            yield int.from_bytes(data[body + 4 : body + 8], "big")
        if kind in _MP4_PARENTS and end > body:
            ends.append(end)
            at = body
        else:
            at = max(end, at + 8)
