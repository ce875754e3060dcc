"""Signed parts of addresses of private files: each for one thing, one viewer and some minutes."""

from collections.abc import Sequence
from datetime import timedelta

from django.core import signing

from accounts.models import User
from proctor_site.kernel.errors import NotAllowed


def make(salt: str, named: Sequence[int | str], viewer: User) -> str:
    """The value of `?link=`. `salt`: of the kind of file; `named`: what tells it apart within its kind."""
    return signing.dumps([*named, viewer.pk], salt=salt)


def check(
    link: str, salt: str, named: Sequence[int | str], viewer: User, *, lifetime: timedelta, noun: str
) -> None:
    """Raises NotAllowed (`link_expired`, `link_invalid`) unless the link is for this thing and viewer, now.

    `noun`: what the reader is told that a link of somebody else was made for ("another <noun>").
    """
    try:
        held = signing.loads(link, salt=salt, max_age=lifetime)
    except signing.SignatureExpired as error:
        raise NotAllowed("This link has expired; load its page again.", code="link_expired") from error
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise NotAllowed("This link is not valid.", code="link_invalid") from error
    if held != [*named, viewer.pk]:
        raise NotAllowed(f"This link was made for another {noun} or another person.", code="link_invalid")
