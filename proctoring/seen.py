"""What is kept of a picture for the frames after it: an imprint, and where text was; never the picture."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Imprint:
    """What a picture is recognised by when it comes again; nothing can be seen in it.

    ``digest``: first 8 bytes of the upload's SHA-256, equal for equal bytes only. ``outline``: 128 bits,
    whether it gets brighter from each of 17 x 8 fields to the next; survives another compression.
    """

    digest: bytes
    outline: int

    def to_json(self) -> list[str]:
        """Two hexadecimal texts."""
        return [self.digest.hex(), f"{self.outline:032x}"]

    @classmethod
    def from_json(cls, data: list[str]) -> "Imprint":
        """Inverse of :meth:`to_json`."""
        digest, outline = data
        return cls(bytes.fromhex(digest), int(outline, 16))


@dataclass(frozen=True, slots=True)
class TextBlock:
    """Several lines of text, one below the other: place and size in shares of the picture's sides."""

    x: float
    y: float
    w: float
    h: float
    lines: int

    def to_json(self) -> list[float]:
        """Compact list ``[x, y, w, h, lines]``."""
        return [round(self.x, 3), round(self.y, 3), round(self.w, 3), round(self.h, 3), self.lines]

    @classmethod
    def from_json(cls, data: list[float]) -> "TextBlock":
        """Inverse of :meth:`to_json`."""
        x, y, w, h, lines = data
        return cls(float(x), float(y), float(w), float(h), int(lines))
