"""Format, sides and completeness of JPEG, PNG and WebP bytes, read without decoding them."""

import struct
from dataclasses import dataclass
from enum import StrEnum

# Start-of-frame markers carry the sides; C4, C8 and CC in that range are tables, not frames.
_SOF_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_DQT = 0xDB
_PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
# Writers may append a few bytes after the end marker.
_TAIL = 1024


class PictureFormat(StrEnum):
    """The formats that are read; everything else OpenCV could open is refused."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"


@dataclass(frozen=True, slots=True)
class PictureHeader:
    """Format and declared sides in pixels, before any EXIF turn.

    ``coarseness``: mean step of a JPEG's brightness table, 0 when not known: 23 at quality 80, 196 at 10.
    """

    format: PictureFormat
    width: int
    height: int
    coarseness: float = 0.0


def read_header(data: bytes) -> PictureHeader | None:
    """What the first bytes declare, or None when they are no JPEG, PNG or WebP with readable sides."""
    try:
        if data[:3] == b"\xff\xd8\xff":
            return _jpeg_header(data)
        if data[:8] == _PNG_MAGIC and data[12:16] == b"IHDR":
            width, height = struct.unpack_from(">II", data, 16)
            return PictureHeader(PictureFormat.PNG, width, height)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp_header(data)
    except (struct.error, IndexError):
        return None  # the header itself is cut short
    return None


def is_complete(data: bytes, picture_format: PictureFormat) -> bool:
    """False when the end marker is missing, so that half a picture is never analysed as a grey room."""
    if picture_format is PictureFormat.JPEG:
        return b"\xff\xd9" in data[-_TAIL:]
    if picture_format is PictureFormat.PNG:
        return b"IEND\xaeB`\x82" in data[-_TAIL:]
    return int(struct.unpack_from("<I", data, 4)[0]) + 8 <= len(data)


def _jpeg_header(data: bytes) -> PictureHeader | None:
    """Walk the segments up to the first start of frame; None when there is none."""
    position, coarseness = 2, 0.0
    while position + 4 <= len(data):
        if data[position] != 0xFF:
            return None
        marker = data[position + 1]
        if marker == 0xFF:  # fill byte
            position += 1
            continue
        if marker in _SOF_MARKERS:
            height, width = struct.unpack_from(">HH", data, position + 5)
            return PictureHeader(PictureFormat.JPEG, width, height, coarseness)
        if marker in (0xDA, 0xD9):
            return None
        length = int(struct.unpack_from(">H", data, position + 2)[0])
        if length < 2:
            return None
        if marker == _DQT:
            coarseness = _brightness_step(data[position + 4 : position + 2 + length]) or coarseness
        position += 2 + length
    return None


def _brightness_step(tables: bytes) -> float:
    """Mean of table 0, which all encoders use for brightness; 0.0 when it is not among ``tables``."""
    position = 0
    while position < len(tables):
        wide, number = tables[position] >> 4, tables[position] & 15
        size = 128 if wide else 64
        values = tables[position + 1 : position + 1 + size]
        if len(values) < size:
            return 0.0
        if number == 0:
            steps = struct.unpack(">64H" if wide else ">64B", values)
            return sum(steps) / 64
        position += 1 + size
    return 0.0


def _webp_header(data: bytes) -> PictureHeader | None:
    """Sides from the first chunk: extended (VP8X), lossless (VP8L) or lossy (VP8)."""
    chunk = data[12:16]
    if chunk == b"VP8X":
        width = int.from_bytes(data[24:27], "little") + 1
        height = int.from_bytes(data[27:30], "little") + 1
        return PictureHeader(PictureFormat.WEBP, width, height) if len(data) >= 30 else None
    if chunk == b"VP8L" and data[20] == 0x2F:
        bits = struct.unpack_from("<I", data, 21)[0]
        return PictureHeader(PictureFormat.WEBP, (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1)
    if chunk == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", data, 26)
        return PictureHeader(PictureFormat.WEBP, width & 0x3FFF, height & 0x3FFF)
    return None


def content_type_of(data: bytes) -> str:
    """The content type of a picture by its bytes; "application/octet-stream" for what is none."""
    header = read_header(data)
    return f"image/{header.format.value}" if header else "application/octet-stream"
