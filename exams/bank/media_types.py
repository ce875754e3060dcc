"""What an uploaded file is, by its bytes, and whether it may be part of a question (no database)."""

from dataclasses import dataclass
from io import BytesIO

import puremagic
from PIL import Image

from proctor_site.kernel.errors import InvalidInput, TooLarge

LARGEST_PICTURE = 5_000_000
LARGEST_OTHER = 20_000_000
"""Bytes of a sound or a PDF."""
MOST_PIXELS = 25_000_000
LONGEST_SIDE = 10_000
MOST_FRAMES = 200

_ENDINGS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "audio/mp4": "m4a",
    "application/pdf": "pdf",
}
_FOUND_AS = {
    **{known: known for known in _ENDINGS},
    "audio/wave": "audio/wav",
    "audio/x-wav": "audio/wav",
    "application/ogg": "audio/ogg",
    ".m4a": "audio/mp4",
}
_ALLOWED = "PNG, JPEG, GIF, WebP, MP3, Ogg, WAV, M4A or PDF"


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What the bytes say; width and height in pixels for pictures, else None."""

    content_type: str
    ending: str
    width: int | None = None
    height: int | None = None


def examine(data: bytes) -> FileFacts:
    """The facts of an allowed file. Raises InvalidInput or TooLarge (file) for every other one."""
    if len(data) > LARGEST_OTHER:
        raise TooLarge(f"The file is larger than {LARGEST_OTHER // 1_000_000} MB.", field="file")
    content_type = _type_of(data)
    if content_type is None:
        raise InvalidInput(f"The file must be {_ALLOWED}; its name does not count.", field="file")
    if not content_type.startswith("image/"):
        return FileFacts(content_type, _ENDINGS[content_type])
    if len(data) > LARGEST_PICTURE:
        raise TooLarge(f"The picture is larger than {LARGEST_PICTURE // 1_000_000} MB.", field="file")
    width, height = _picture_size(data)
    return FileFacts(content_type, _ENDINGS[content_type], width, height)


def _type_of(data: bytes) -> str | None:
    # MPEG audio without an ID3 tag: eleven set bits, then version and layer III.
    if len(data) > 2 and data[0] == 0xFF and data[1] & 0xE6 == 0xE2:
        return "audio/mpeg"
    try:
        matches = puremagic.magic_string(data[:65_536])
    except (puremagic.PureError, ValueError):
        return None
    if not matches:
        return None
    first = matches[0]
    return _FOUND_AS.get(first.mime_type) or _FOUND_AS.get(first.extension)


def _picture_size(data: bytes) -> tuple[int, int]:
    try:
        with Image.open(BytesIO(data), formats=("PNG", "JPEG", "GIF", "WEBP")) as picture:
            width, height = picture.size
            # Read from the header: nothing is unpacked before its size is known.
            if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
                raise TooLarge(
                    f"The picture has {width} × {height} pixels; at most {MOST_PIXELS:,} are allowed.",
                    field="file",
                )
            if getattr(picture, "n_frames", 1) > MOST_FRAMES:
                raise TooLarge(f"The animation has more than {MOST_FRAMES} frames.", field="file")
            picture.load()
    except Image.DecompressionBombError as error:
        raise TooLarge("The picture has too many pixels.", field="file") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise InvalidInput("The picture is damaged and cannot be shown.", field="file") from error
    return width, height
