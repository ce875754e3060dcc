"""What is kept of a picture for the frames after it: an imprint, where text and bodies were."""

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


@dataclass(frozen=True, slots=True)
class Body:
    """The body of somebody besides the candidate, in pixels of the uploaded picture.

    ``stir``: grey levels by which the most changed fiftieth of its place differs from the frame before; None
    where no frame was there before.
    """

    x: float
    y: float
    w: float
    h: float
    stir: float | None = None

    def scaled(self, factor: float) -> "Body":
        """The same body in a picture whose sides are ``factor`` times as long."""
        return Body(self.x * factor, self.y * factor, self.w * factor, self.h * factor, self.stir)

    def to_json(self) -> list[float | None]:
        """Compact list ``[x, y, w, h, stir]``."""
        sides = (round(each, 1) for each in (self.x, self.y, self.w, self.h))
        return [*sides, None if self.stir is None else round(self.stir, 1)]

    @classmethod
    def from_json(cls, data: list[float]) -> "Body":
        """Inverse of :meth:`to_json`."""
        x, y, w, h, stir = data
        return cls(float(x), float(y), float(w), float(h), None if stir is None else float(stir))
