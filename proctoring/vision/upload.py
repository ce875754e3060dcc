"""Uploaded picture bytes before any decoding: limits, refusals and base64. Light: loads no OpenCV."""

import base64
import binascii
import re
from dataclasses import dataclass
from enum import StrEnum

from proctoring.vision.picture_header import PictureFormat, PictureHeader, is_complete, read_header

_DATA_URL = re.compile(r"^data:image/[a-z0-9.+-]{1,30}(;[a-z0-9=.+-]{1,40})*;base64,", re.IGNORECASE)
# Ordinary progressive files have about ten scans; thousands of them make a small file slow to decode.
_MAX_SCANS = 64


class ImageCode(StrEnum):
    """Why a picture was refused; sent to clients, never rename."""

    NOT_AN_IMAGE = "not_an_image"
    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_SMALL = "too_small"
    TRUNCATED = "truncated"
    DECODE_FAILED = "decode_failed"


class ImageError(ValueError):
    """The bytes are not an acceptable picture; ``code`` for programs, ``message`` for people."""

    def __init__(self, code: ImageCode, message: str) -> None:
        super().__init__(code, message)  # both, so that the error survives pickling between processes
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


@dataclass(frozen=True, slots=True)
class ImageLimits:
    """What is accepted: bytes as uploaded, then sides and pixels as the header declares them."""

    max_bytes: int = 1_500_000
    max_side: int = 4096
    max_pixels: int = 8_000_000
    min_side: int = 64


DEFAULT_LIMITS = ImageLimits()


def check_bytes(data: bytes, limits: ImageLimits = DEFAULT_LIMITS) -> PictureHeader:
    """The header of JPEG, PNG or WebP bytes that are within limits and complete; nothing is decoded.

    ImageError otherwise. The content type a client claims is never looked at, only the bytes.
    """
    if len(data) > limits.max_bytes:
        raise ImageError(ImageCode.TOO_LARGE, f"{len(data)} bytes, at most {limits.max_bytes} are accepted")
    header = read_header(data)
    if header is None:
        raise ImageError(ImageCode.NOT_AN_IMAGE, "not a JPEG, PNG or WebP picture")
    width, height = header.width, header.height
    if width > limits.max_side or height > limits.max_side or width * height > limits.max_pixels:
        raise ImageError(ImageCode.TOO_MANY_PIXELS, f"{width}x{height}, at most {limits.max_pixels} pixels")
    if width < limits.min_side or height < limits.min_side:
        raise ImageError(ImageCode.TOO_SMALL, f"{width}x{height}, at least {limits.min_side} pixels a side")
    if not is_complete(data, header.format):
        raise ImageError(ImageCode.TRUNCATED, "the end of the file is missing")
    if header.format is PictureFormat.JPEG and data.count(b"\xff\xda") > _MAX_SCANS:
        raise ImageError(ImageCode.DECODE_FAILED, "too many scans in one JPEG")
    return header


def from_data_url(text: str, limits: ImageLimits = DEFAULT_LIMITS) -> bytes:
    """Bytes of a base64 data URL or of bare base64; ImageError when too long or not base64.

    The length is checked before decoding, so a huge text costs nothing.
    """
    if len(text) > limits.max_bytes * 4 // 3 + 200:
        raise ImageError(ImageCode.TOO_LARGE, f"at most {limits.max_bytes} bytes are accepted")
    prefix = _DATA_URL.match(text)
    body = text[prefix.end() :] if prefix else text
    try:
        data = base64.b64decode("".join(body.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ImageError(ImageCode.NOT_AN_IMAGE, "not base64 of a picture") from error
    if not data:
        raise ImageError(ImageCode.NOT_AN_IMAGE, "empty")
    return data
