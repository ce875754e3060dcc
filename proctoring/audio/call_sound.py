"""The sound of a call in one piece, as `audio.joining` makes it. Light: loads no decoder."""

from dataclasses import dataclass, field

from proctoring.audio.exchange import Span

CallPieces = tuple[tuple[float, bytes], ...]
"""Complete recordings, each with the second of the call at which it begins; in order of time."""


@dataclass(frozen=True, slots=True)
class CallSound:
    """``waveform``: as `levels.outline`. ``gaps``: seconds of the call of which there is no sound.

    ``unreadable``: how many pieces were left out. Without any sound ``data`` is empty.
    """

    mime: str
    data: bytes = field(repr=False)
    seconds: float
    waveform: bytes = field(repr=False)
    gaps: tuple[Span, ...]
    unreadable: int
