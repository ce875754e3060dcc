"""Pictures of the replaced systems' clients, which are larger than ours: checked, and made smaller."""

from django.conf import settings

from proctor_site.kernel.errors import InvalidInput, Unavailable
from proctoring.analysis import pool
from proctoring.ingest.limits import bad_picture
from proctoring.vision.upload import DEFAULT_LIMITS, ImageError, ImageLimits, check_bytes

LONG_SIDE = 1_280
"""Pixels of the longer side that those clients send at most; the analysis works on fewer."""
PHOTO_LONG_SIDE = 2_000
"""Of photos of faces and documents: the face on a document is a small part of it."""


def fitting_photo(picture: bytes, field: str) -> bytes:
    """A photo of a face or document within what enrolment accepts. Raises as `fitting`."""
    return fitting(picture, field, most_bytes=DEFAULT_LIMITS.max_bytes, long_side=PHOTO_LONG_SIDE)


def fitting(
    picture: bytes, field: str = "frame", *, most_bytes: int | None = None, long_side: int = LONG_SIDE
) -> bytes:
    """The picture in as many bytes as a frame may have, as it came where it fits.

    Sides and pixels are checked in the header before anything is decoded; decoding is the work of the
    processes that look at pictures. Raises InvalidInput for what is no picture, Overloaded, Unavailable.
    """
    most = most_bytes or settings.FRAME_MAX_BYTES
    limits = ImageLimits(max_bytes=settings.COMPAT_PICTURE_MAX_BYTES)
    try:
        check_bytes(picture, limits)
        if len(picture) <= most:
            return picture
        small = pool.shrink(picture, limits, long_side, most)
    except ImageError as error:
        raise bad_picture(error, field) from error
    except pool.WorkerLost as error:
        raise Unavailable("The picture could not be looked at; please send it again.") from error
    if not small:
        raise InvalidInput("This picture cannot be made small enough.", field=field, code="too_large")
    return small
