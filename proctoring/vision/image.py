"""Untrusted picture bytes to arrays, within limits, and the measurements and thumbnails made from them."""

import hashlib
from dataclasses import dataclass

import cv2
import numpy as np

from proctoring.seen import Imprint
from proctoring.vision.engines.base import Frame
from proctoring.vision.picture_header import PictureFormat, PictureHeader
from proctoring.vision.upload import (
    DEFAULT_LIMITS,
    ImageCode,
    ImageError,
    ImageLimits,
    check_bytes,
    from_data_url,
)

__all__ = [
    "DEFAULT_LIMITS",
    "ImageCode",
    "ImageError",
    "ImageLimits",
    "Light",
    "check_bytes",
    "decode",
    "encode_jpeg",
    "encode_thumbnail",
    "fit",
    "halve",
    "imprint_of",
    "from_data_url",
    "measure_light",
    "shrink",
]

# One worker process per core is the plan; OpenCV's own threads would only fight with the neighbours.
cv2.setNumThreads(1)

_MEASURE_SIZE = (160, 120)
_HALF_SIDE = 180  # pixels that are left of a side: every small picture is smaller than that


@dataclass(frozen=True, slots=True)
class Light:
    """Grey levels 0..255 of a frame shrunk to 160x120: mean, 95th percentile, deviation, Laplacian variance.

    ``structure``: deviation of the 16x12 block means, which sensor noise does not raise but a scene does.
    ``bright_share`` / ``dark_share``: share of pixels above 235 / below 50.
    """

    brightness: float
    highlight: float
    contrast: float
    sharpness: float
    structure: float
    bright_share: float
    dark_share: float


def decode(data: bytes, limits: ImageLimits = DEFAULT_LIMITS, long_side: int | None = None) -> Frame:
    """Pixels (BGR uint8, HxWx3, turned upright by EXIF) of a picture within ``limits``; else ImageError.

    With ``long_side`` the JPEG decoder may work at 1/2 or 1/4 as long as the longer side stays at least
    that long; the exact size is then up to :func:`fit`.
    """
    header = check_bytes(data, limits)
    try:
        frame = cv2.imdecode(np.frombuffer(data, np.uint8), _read_mode(header, long_side))
    except cv2.error as error:
        raise ImageError(ImageCode.DECODE_FAILED, "the picture cannot be decoded") from error
    if frame is None or frame.ndim != 3 or frame.shape[2] != 3 or frame.dtype != np.uint8:
        raise ImageError(ImageCode.DECODE_FAILED, "the picture cannot be decoded")
    return np.asarray(frame, np.uint8)


def _read_mode(header: PictureHeader, long_side: int | None) -> int:
    """The cheapest OpenCV read mode that keeps the longer side at least ``long_side``."""
    longest = max(header.width, header.height)
    if long_side and header.format is PictureFormat.JPEG:
        if longest >= 4 * long_side:
            return cv2.IMREAD_REDUCED_COLOR_4
        if longest >= 2 * long_side:
            return cv2.IMREAD_REDUCED_COLOR_2
    return cv2.IMREAD_COLOR


def fit(frame: Frame, long_side: int) -> Frame:
    """``frame`` shrunk so that its longer side is at most ``long_side``; the aspect ratio is kept.

    A squeezed face is found worse and compared wrongly, so sides are never scaled separately, and small
    pictures are not enlarged.
    """
    height, width = frame.shape[:2]
    longest = max(height, width)
    if longest <= long_side:
        return frame
    factor = long_side / longest
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8)


def shrink(frame: Frame, size: tuple[int, int]) -> Frame:
    """``frame`` at ``size`` (width, height), each pixel the mean of its area; halves it first.

    640x480 to 192x144: 0.4 ms instead of 1.0 in one step, and the same picture but for rounding.
    """
    height, width = frame.shape[:2]
    while width >= 2 * size[0] and height >= 2 * size[1] and not width % 2 and not height % 2:
        width, height = width // 2, height // 2
        frame = np.asarray(cv2.resize(frame, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8)


def halve(frame: Frame) -> Frame:
    """A large frame at half its size: the first step of :func:`shrink`, done once for all small pictures."""
    height, width = frame.shape[:2]
    if min(height, width) < 2 * _HALF_SIDE or height % 2 or width % 2:
        return frame
    return shrink(frame, (width // 2, height // 2))


def measure_light(frame: Frame) -> Light:
    """Brightness, contrast and sharpness of a BGR frame (about 0.3 ms)."""
    small = shrink(frame, _MEASURE_SIZE)
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    blocks = cv2.resize(grey.astype(np.float32), (16, 12), interpolation=cv2.INTER_AREA)
    return Light(
        brightness=float(grey.mean()),
        highlight=float(np.percentile(grey, 95)),
        contrast=float(grey.std()),
        sharpness=float(cv2.Laplacian(grey, cv2.CV_64F).var()),
        structure=float(blocks.std()),
        bright_share=float((grey > 235).mean()),
        dark_share=float((grey < 50).mean()),
    )


def imprint_of(data: bytes, frame: Frame) -> Imprint:
    """What the picture ``data``, decoded to ``frame``, is recognised by when it comes again."""
    small = shrink(frame, (68, 32))
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY).astype(np.float32)
    fields = cv2.resize(grey, (17, 8), interpolation=cv2.INTER_AREA)
    # By more than a level: in even areas noise would decide.
    bits = np.packbits(fields[:, 1:] > fields[:, :-1] + 1).tobytes()
    return Imprint(hashlib.sha256(data).digest()[:8], int.from_bytes(bits))


def encode_jpeg(frame: Frame, quality: int = 80) -> bytes:
    """JPEG bytes of a BGR frame; ``quality`` 1..100."""
    done, data = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ImageError(ImageCode.DECODE_FAILED, "the picture cannot be encoded")
    return data.tobytes()


def encode_thumbnail(frame: Frame, width: int = 192) -> bytes:
    """A small JPEG of the frame, ``width`` pixels wide at most, aspect ratio kept (about 3-6 kB)."""
    height, full_width = frame.shape[:2]
    if full_width > width:
        size = (width, max(1, round(height * width / full_width)))
        frame = shrink(frame, size)
    return encode_jpeg(frame, 75)
