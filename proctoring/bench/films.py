"""Labelled pictures and clips as the frames that a candidate's browser would send."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from proctoring.bench.dataset import DataError
from proctoring.vision import thresholds
from proctoring.vision.engines.base import Frame
from proctoring.vision.image import ImageError, ImageLimits, decode, encode_jpeg, fit

ANY_SIZE = ImageLimits(max_bytes=50_000_000)
"""Labelled pictures are photographs of any size; the product's limit is about frames."""
JPEG_QUALITY = 80


def read_picture(path: Path) -> tuple[bytes, Frame]:
    """A picture's bytes, and its pixels at the working size; DataError naming the file."""
    data = path.read_bytes()
    try:
        return data, fit(decode(data, ANY_SIZE), thresholds.WORKING.long_side)
    except ImageError as error:
        raise DataError(f"{path}: {error}") from error


def frames_of(path: Path, times: tuple[float, ...]) -> list[bytes]:
    """JPEG frames of a film at those seconds, in order, 640 pixels on the longer side; fewer when it ends.

    DataError when the film cannot be opened or has no frames.
    """
    film = cv2.VideoCapture(str(path))
    rate = film.get(cv2.CAP_PROP_FPS)
    if not film.isOpened() or not rate > 0:
        raise DataError(f"{path}: the film cannot be read")
    try:
        found = [
            encode_jpeg(fit(frame, thresholds.WORKING.long_side), JPEG_QUALITY)
            for frame in _at(film, [int(time * rate) for time in times])
        ]
    finally:
        film.release()
    if not found:
        raise DataError(f"{path}: the film has no frames")
    return found


def _at(film: cv2.VideoCapture, wanted: list[int]) -> Iterator[Frame]:
    """The wanted frames by number; seeking by number is not exact in every format, so all are walked over."""
    position = 0
    for number in wanted:
        while position < number:
            if not film.grab():
                return
            position += 1
        done, frame = film.read()
        if not done:
            return
        position += 1
        yield np.asarray(frame, np.uint8)


def pixels(data: bytes) -> Frame:
    """What `frames_of` encoded, decoded."""
    return decode(data, ANY_SIZE)
