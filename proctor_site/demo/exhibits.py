"""Draws and plays what the demo keeps as evidence: a camera's pictures, a film of a screen, two voices.

Everything is made here from shapes and tones: nobody's face or voice is in the project.
"""

import io
import wave
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from proctoring.evidence.sounds import EXPECTED, OTHER

CALM, PHONE, AWAY, SECOND_PERSON, NOBODY = "calm", "phone", "away", "second person", "nobody"
_SIZE, _SCREEN = (640, 480), (800, 450)
_RATE, _PEAKS_PER_S = 16_000, 10
_WALL, _DESK, _SHADE = "#c9c3b8", "#8a6f55", "#b3ac9f"
_OWN, _OTHERS = ("#e0ac8a", "#3b2b20", "#3f5f8a"), ("#c98d68", "#1c1c1c", "#7a3f3f")
"""Skin, hair and clothes of the two people."""


def camera(scene: str, step: int = 0) -> bytes:
    """What the camera saw, as JPEG; people move a little with each step."""
    picture = Image.new("RGB", _SIZE, _WALL)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((430, 60, 590, 220), fill="#dfe9f2", outline="#ffffff", width=8)
    draw.rectangle((60, 70, 170, 150), fill=_SHADE)
    sway = (step % 3 - 1) * 4
    if scene != NOBODY:
        _person(draw, 300 + sway, 205, 1.0, _OWN, aside=scene == AWAY)
    if scene == SECOND_PERSON:
        _person(draw, 520 - sway, 190, 0.75, _OTHERS, aside=False)
    if scene == PHONE:
        draw.ellipse((405 + sway, 295, 455 + sway, 350), fill=_OWN[0])
        draw.rounded_rectangle((412 + sway, 245, 452 + sway, 325), 6, fill="#15171a")
        draw.rectangle((417 + sway, 253, 447 + sway, 313), fill="#8fc7ff")
    draw.rectangle((0, 440, 640, 480), fill=_DESK)
    return _as_jpeg(picture.filter(ImageFilter.GaussianBlur(1)))


def _person(
    draw: ImageDraw.ImageDraw, x: int, y: int, scale: float, colours: tuple[str, str, str], *, aside: bool
) -> None:
    skin, hair, clothes = colours
    wide, high = int(70 * scale), int(92 * scale)
    draw.ellipse((x - 2 * wide, y + high, x + 2 * wide, y + 5 * high), fill=clothes)
    draw.rectangle((x - wide // 3, y + high // 2, x + wide // 3, y + high + 20), fill=skin)
    draw.ellipse((x - wide, y - high - 14, x + wide, y + high // 2), fill=hair)
    draw.ellipse((x - wide + 6, y - high + 10, x + wide - 6, y + high), fill=skin)
    turn = -wide // 2 if aside else 0
    for side in (-1, 1):
        eye = x + turn + side * wide // 3
        draw.ellipse((eye - 7, y - 14, eye + 7, y - 2), fill="#ffffff")
        draw.ellipse((eye - 4 + turn // 8, y - 12, eye + 4 + turn // 8, y - 4), fill="#26313d")
    draw.line((x + turn, y, x + turn - 4, y + 26, x + turn + 6, y + 28), fill="#a97657", width=3)
    draw.arc((x + turn - 20, y + 30, x + turn + 20, y + 56), 20, 160, fill="#8c3f3a", width=4)


def screen(is_search: bool = False, step: int = 0) -> bytes:
    """A picture of the shared screen: the exam, or another page before it."""
    picture = Image.new("RGB", _SCREEN, "#f4f5f7")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 800, 44), fill="#ffffff" if not is_search else "#2b3440")
    if not is_search:
        draw.text((24, 14), "General knowledge", fill="#1f2a44", font_size=16)
        draw.rectangle((24, 64, 560, 300), fill="#ffffff", outline="#c6cdd7")
        draw.text((44, 84), "Question 5 of 6", fill="#1f2a44", font_size=20)
        draw.text((44, 122), "Which large river flows through Vienna?", fill="#1f2a44", font_size=16)
        draw.rectangle((44, 160, 400, 196), outline="#76828f")
        draw.text((54, 168), "The Dan"[: step % 8], fill="#1f2a44", font_size=16)
        return _as_jpeg(picture)
    draw.rounded_rectangle((24, 8, 620, 36), 12, fill="#ffffff")
    draw.text((40, 12), "river through vienna"[: 4 + 2 * step], fill="#1f2a44", font_size=16)
    for row in range(4):
        top = 70 + 86 * row - 4 * step
        draw.rectangle((40, top, 300 + 40 * (row % 2), top + 16), fill="#1a5a9e")
        for line in range(2):
            draw.rectangle((40, top + 26 + 18 * line, 560 - 60 * line, top + 36 + 18 * line), fill="#b6c0cc")
    return _as_jpeg(picture)


def film() -> bytes:
    """Eight seconds of the screen as WebM: the exam, then another page, then the exam.

    `screen` drew each of its pictures; encoding them at every first start would take seconds.
    """
    return (Path(__file__).parent / "screen.webm").read_bytes()


def voices(seconds: int = 12) -> tuple[bytes, dict[str, Any]]:
    """Two hummed voices in turn as WAV, with what `evidence.sounds` keeps beside a recording."""
    spans = [(0.5, 4.0, EXPECTED, 118.0), (4.6, 8.2, OTHER, 205.0), (8.8, 11.4, EXPECTED, 118.0)]
    samples = np.zeros(seconds * _RATE)
    for start, end, _, pitch in spans:
        at = np.arange(int(start * _RATE), int(end * _RATE))
        samples[at] = _hum(at / _RATE, pitch)
    out = io.BytesIO()
    with wave.open(out, "wb") as target:
        target.setnchannels(1)
        target.setsampwidth(2)
        target.setframerate(_RATE)
        target.writeframes((samples * 32_767).astype("<i2").tobytes())
    loud = np.abs(samples).reshape(seconds * _PEAKS_PER_S, -1).max(axis=1)
    words = ", ".join(f"{label} {start:.1f} to {end:.1f} s" for start, end, label, _ in spans)
    return out.getvalue(), {
        "seconds": float(seconds),
        "peaks": [int(each) for each in loud / loud.max() * 255],
        "spans": [[start, end, label] for start, end, label, _ in spans],
        "lines": [],
        "text": f"{seconds} s recording: {words}",
    }


def _hum(at: Any, pitch: float) -> Any:
    """A tone with overtones that rises and falls like syllables."""
    tone = sum(np.sin(2 * np.pi * pitch * place * at) / place**1.5 for place in range(1, 7))
    return (
        0.16
        * tone
        * (0.35 + 0.65 * np.abs(np.sin(2 * np.pi * 1.9 * at)))
        * (np.sin(pitch + 5 * at) * 0.1 + 0.9)
    )


def _as_jpeg(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=80)
    return file.getvalue()
