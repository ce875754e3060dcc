"""What a page of an institution asks before it answers: the right of the person there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from accounts.models import Institution, User

View = Callable[..., HttpResponseBase]


def require_right(name: str) -> Callable[[View], View]:
    """Refuses (403) members without the right; others never get here (TenancyMiddleware answers 404)."""

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.has_perm(name):
                raise PermissionDenied("Your role does not open this page. Ask an admin of your institution.")
            return view(request, *args, **kwargs)

        return guarded

    return wrap


def here_of(request: HttpRequest) -> Institution:
    """The institution of a page below /i/<slug>/."""
    institution: Institution = request.institution  # type: ignore[attr-defined]
    return institution


def person_of(request: HttpRequest) -> User:
    """The signed-in person. Raises PermissionDenied when nobody is signed in."""
    if not isinstance(request.user, User):
        raise PermissionDenied("Sign in first.")
    return request.user
