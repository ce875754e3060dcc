"""Links to private photos: each for one photo, one viewer and some minutes."""

from collections.abc import Sequence
from datetime import timedelta

from django.core import signing

from accounts.models import User
from proctor_site.kernel.errors import NotAllowed

LINK_LIFETIME = timedelta(minutes=10)
_SALT = "proctoring.identity.link"


def make_link(photo: Sequence[int | str], viewer: User) -> str:
    """The signed part of an address. `photo`: what tells it apart from every other one."""
    return signing.dumps([*photo, viewer.pk], salt=_SALT)


def check_link(photo: Sequence[int | str], link: str, viewer: User) -> None:
    """Raises NotAllowed (`link_expired`, `link_invalid`) unless it is for this photo and viewer, now."""
    try:
        linked = signing.loads(link, salt=_SALT, max_age=LINK_LIFETIME)
    except signing.SignatureExpired as error:
        raise NotAllowed("This link has expired; load the page again.", code="link_expired") from error
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise NotAllowed("This link is not valid.", code="link_invalid") from error
    if linked != [*photo, viewer.pk]:
        raise NotAllowed("This link was made for another photo or another person.", code="link_invalid")
