"""Links to private photos: each for one photo, one viewer and some minutes."""

from collections.abc import Sequence
from datetime import timedelta

from accounts import signed_links
from accounts.models import User

LINK_LIFETIME = timedelta(minutes=10)
_SALT = "proctoring.identity.link"


def make_link(photo: Sequence[int | str], viewer: User) -> str:
    """The signed part of an address. `photo`: what tells it apart from every other one."""
    return signed_links.make(_SALT, photo, viewer)


def check_link(photo: Sequence[int | str], link: str, viewer: User) -> None:
    """Raises NotAllowed (`link_expired`, `link_invalid`) unless it is for this photo and viewer, now."""
    signed_links.check(link, _SALT, photo, viewer, lifetime=LINK_LIFETIME, noun="photo")
