"""What is refused before a frame reaches the analysis: size, order, clock."""

from dataclasses import dataclass

from django.conf import settings

from proctor_site.kernel import clock
from proctor_site.kernel.errors import InvalidInput, TooLarge
from proctoring.audio.containers import check_bytes as check_bytes_of_recording
from proctoring.audio.exchange import ClipError
from proctoring.audio.unheard import Unheard
from proctoring.vision.upload import ImageError, ImageLimits, check_bytes

MOST_SEQUENCE = 2**32 - 1
MOST_UNHEARD_S = 3_600.0
"""A computer that slept may tell of a long time at once."""
LEAST_LEVEL_DB = -200.0
SKEW_S = 30.0
"""A client clock that is further off than this is not believed."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When a frame counts as captured, seconds since the epoch. `skew_s`: how far off the client was."""

    at: float
    skew_s: float = 0.0


def check_size(size: int, *, most: int | None = None) -> None:
    """Refuses too many bytes by their number alone. Raises TooLarge (413), field "frame"."""
    limit = settings.FRAME_MAX_BYTES if most is None else most
    if size > limit:
        raise TooLarge(
            f"This picture has {size} bytes; at most {limit} are accepted.",
            field="frame",
            details={"limit": limit},
        )


def check_picture(image: bytes) -> None:
    """Refuses what is not a complete JPEG, PNG or WebP of sensible sides; nothing is decoded.

    Raises TooLarge or InvalidInput with the code of `vision.image.ImageCode`, field "frame".
    """
    check_size(len(image))
    try:
        check_bytes(image, ImageLimits(max_bytes=settings.FRAME_MAX_BYTES))
    except ImageError as error:
        raise bad_picture(error) from error


def bad_picture(error: ImageError, field: str = "frame") -> InvalidInput:
    """The refusal of a picture that cannot be read, for people and for programs."""
    return InvalidInput(f"This picture cannot be used: {error.message}.", code=error.code.value, field=field)


def check_sequence(sequence: object) -> int:
    """The frame's number. Raises InvalidInput, field "sequence", for anything but 0 to 2**32 - 1."""
    if isinstance(sequence, bool) or not isinstance(sequence, int) or not 0 <= sequence <= MOST_SEQUENCE:
        raise InvalidInput(
            f"The sequence must be a whole number from 0 to {MOST_SEQUENCE}.", field="sequence"
        )
    return sequence


def believed_moment(captured_at: float | None) -> Moment:
    """The client's moment when it is plausible, else the server's present; never later than now.

    Rules count seconds between frames: a clock set back or forth on the client must not make or hide an
    incident.
    """
    now = clock.now().timestamp()
    if captured_at is None:
        return Moment(now)
    if captured_at != captured_at or captured_at in (float("inf"), float("-inf")):
        raise InvalidInput("The moment of capture must be a number.", field="captured_at")
    skew = captured_at - now
    if abs(skew) > SKEW_S:
        return Moment(now, skew)
    return Moment(min(captured_at, now))


def check_recording(recording: bytes) -> None:
    """Refuses what is no recording by its first bytes, or is too large; nothing is decoded.

    Raises TooLarge or InvalidInput with a code of `audio.exchange.ClipCode`, field "clip".
    """
    limit = settings.CLIP_MAX_BYTES
    if len(recording) > limit:
        raise TooLarge(
            f"This recording has {len(recording)} bytes; at most {limit} are accepted.",
            field="clip",
            details={"limit": limit},
        )
    try:
        check_bytes_of_recording(recording)
    except ClipError as error:
        raise bad_recording(error) from error


def check_unheard(piece: Unheard) -> None:
    """Refuses lengths and levels that no piece has. Raises InvalidInput."""
    if not 0 < piece.seconds <= MOST_UNHEARD_S:
        raise InvalidInput(f"seconds is more than 0 and at most {MOST_UNHEARD_S:.0f}.", field="seconds")
    if not LEAST_LEVEL_DB <= piece.level_db <= 0:
        raise InvalidInput(f"level_db is from {LEAST_LEVEL_DB:.0f} to 0.", field="level_db")


def bad_recording(error: ClipError) -> InvalidInput:
    """The refusal of a recording that cannot be heard."""
    return InvalidInput(
        f"This recording cannot be used: {error.message}.", code=error.code.value, field="clip"
    )


def believed_begin(captured_at: float | None, session_began: float) -> float:
    """When a recording began: the client's moment when it lies in the session, else the server's present.

    Recordings come late after an outage, so that unlike a frame's their moment may be long ago.
    """
    now = clock.now().timestamp()
    if captured_at is None:
        return now
    if captured_at != captured_at or captured_at in (float("inf"), float("-inf")):
        raise InvalidInput("The moment of capture must be a number.", field="captured_at")
    if not session_began - SKEW_S <= captured_at <= now + SKEW_S:
        return now
    return min(captured_at, now)
