"""Draws the picture of the demo's question about places in a picture."""

import io

from PIL import Image, ImageDraw

from proctor_site.demo.questions import PICTURE_SIZE, TRIANGLE

_INK = "#1f2a44"


def shapes() -> bytes:
    """A circle, a square and a triangle, as PNG."""
    picture = Image.new("RGB", PICTURE_SIZE, "#ffffff")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((30, 30, 150, 150), outline=_INK, width=4)
    draw.rectangle((40, 190, 140, 290), outline=_INK, width=4)
    draw.polygon([(x, y) for x, y in TRIANGLE], outline=_INK, width=4)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()
