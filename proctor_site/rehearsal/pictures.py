"""What rehearsing cameras and microphones send: drawn faces and a quiet room, made on the spot.

No picture of a person ships with the product. The faces are drawings that the shipped face engine takes for
faces; a rehearsal says nothing about how often detectors are right (`manage.py bench_vision` does).
"""

import io
import math
from dataclasses import dataclass
from functools import cache

import av
import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SIZE = (640, 480)
QUALITY = 85
"""Of the JPEG: about 30 kB a picture, as the exam page's camera sends."""
ALONE = 48
"""So many pictures of one face are drawn; candidates take them in an order of their own."""
TWO = 12
RATE = 48_000
_SKIN, _HAIR, _SHIRT = (205, 160, 130), (60, 42, 30), (52, 70, 105)


@dataclass(frozen=True)
class Media:
    """JPEGs of somebody alone and of two people, and one recording (WebM with Opus)."""

    alone: tuple[bytes, ...]
    two: tuple[bytes, ...]
    clip: bytes

    def frame(self, number: int, *, two: bool) -> bytes:
        """The `number`-th picture of a camera. Its last bytes are its own: no camera sends the same twice."""
        chosen = self.two if two else self.alone
        return chosen[number % len(chosen)] + number.to_bytes(4)


@cache
def media(clip_seconds: int) -> Media:
    """All of it; takes about two seconds the first time."""
    alone = tuple(_jpeg(_scene([_sway(number)], number)) for number in range(ALONE))
    pairs = ([(200.0, 205.0, 150.0), (450.0 + number % 3, 212.0, 150.0)] for number in range(TWO))
    two = tuple(_jpeg(_scene(pair, 500 + number)) for number, pair in enumerate(pairs))
    return Media(alone, two, _quiet_room(clip_seconds))


def _sway(number: int) -> tuple[float, float, float]:
    """Centre and height of the face in pixels; people do not sit still."""
    return 320 + 5 * math.sin(number / 5), 195 + 3 * math.sin(number / 3), 190


def _scene(faces: list[tuple[float, float, float]], seed: int) -> Image.Image:
    picture = Image.new("RGB", SIZE, (150, 155, 160))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((480, 30, 620, 240), fill=(215, 210, 200))
    for number in range(8):
        left = 10 + 20 * number
        shade = 60 + 31 * number % 90
        draw.rectangle((left, 60 - 5 * (number % 3), left + 15, 120), fill=(shade, 120 - number * 5, 90))
    draw.rectangle((0, 120, 180, 128), fill=(95, 75, 60))
    for face in faces:
        _draw_person(draw, *face)
    values = np.asarray(picture.filter(ImageFilter.GaussianBlur(1.3)), np.float32)
    light = np.linspace(0.85, 1.15, SIZE[0], dtype=np.float32)[None, :, None]
    noise = np.random.default_rng(seed).normal(0, 3, values.shape).astype(np.float32)
    return Image.fromarray(np.clip(values * light + noise, 0, 255).astype(np.uint8))


def _draw_person(draw: ImageDraw.ImageDraw, x: float, y: float, tall: float) -> None:
    """Head and shoulders around the middle of the face."""
    wide = 0.74 * tall

    def oval(across: float, down: float, half: float, high: float, colour: tuple[int, int, int]) -> None:
        box = (across - half, down - high, across + half, down + high)
        left, top, right, bottom = (part * each for part, each in zip(box, (wide, tall) * 2, strict=True))
        draw.ellipse((x + left, y + top, x + right, y + bottom), fill=colour)

    def darker(share: float) -> tuple[int, int, int]:
        red, green, blue = (int(share * each) for each in _SKIN)
        return red, green, blue

    draw.ellipse((x - 1.35 * wide, y + 0.72 * tall, x + 1.35 * wide, y + 2.6 * tall), fill=_SHIRT)
    draw.rectangle((x - 0.24 * wide, y + 0.3 * tall, x + 0.24 * wide, y + 0.85 * tall), fill=darker(0.85))
    oval(0, -0.08, 0.60, 0.58, _HAIR)
    oval(0, 0, 0.5, 0.5, _SKIN)
    oval(0, -0.47, 0.42, 0.12, _HAIR)
    for side in (-1, 1):
        oval(side * 0.5, 0.02, 0.06, 0.1, darker(0.9))
        oval(side * 0.21, -0.02, 0.15, 0.07, darker(0.85))
        oval(side * 0.21, -0.03, 0.1, 0.038, (240, 238, 235))
        oval(side * 0.21, -0.03, 0.048, 0.034, (70, 45, 30))
        oval(side * 0.21, -0.03, 0.02, 0.016, (10, 8, 8))
        brow = x + side * 0.21 * wide
        box = (brow - 0.14 * wide, y - 0.16 * tall, brow + 0.14 * wide, y - 0.06 * tall)
        draw.arc(box, 190, 350, fill=(50, 35, 25), width=max(2, int(0.025 * tall)))
        oval(side * 0.055, 0.165, 0.035, 0.016, darker(0.78))
    oval(0, 0.28, 0.18, 0.035, (170, 85, 85))
    lips = (x - 0.18 * wide, y + 0.28 * tall, x + 0.18 * wide, y + 0.28 * tall)
    draw.line(lips, fill=(110, 50, 50), width=max(2, int(0.012 * tall)))


def _jpeg(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=QUALITY)
    return file.getvalue()


def _quiet_room(seconds: int) -> bytes:
    """A faint hiss as a browser records it, so that the microphone does not seem dead."""
    file = io.BytesIO()
    hiss = np.random.default_rng(7).normal(0, 60, seconds * RATE).astype(np.int16)
    with av.open(file, "w", format="webm") as target:
        stream = target.add_stream("libopus", rate=RATE, layout="mono")
        for start in range(0, len(hiss), 960):
            part = hiss[start : start + 960]
            frame = av.AudioFrame.from_ndarray(part[None, :], format="s16", layout="mono")
            frame.sample_rate, frame.pts = RATE, start
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return file.getvalue()
