"""Whether a person still has to set up the second factor that an institution asks its staff for."""

from typing import Any

from allauth.mfa.utils import is_mfa_enabled

from accounts.models import Institution
from accounts.permissions import is_staff_of

_CACHE = "_has_second_factor"


def is_missing(user: Any, institution: Institution) -> bool:
    """True for staff without a second factor where the institution requires one; never for candidates.

    Edges that do not pass through the middleware (sockets) ask this themselves.
    """
    return institution.requires_second_factor and is_staff_of(user, institution) and not has_one(user)


def has_one(user: Any) -> bool:
    """Whether the person has any second factor; read once per request (kept on the user object)."""
    known: bool | None = user.__dict__.get(_CACHE)
    if known is None:
        known = user.__dict__[_CACHE] = bool(is_mfa_enabled(user))
    return known
