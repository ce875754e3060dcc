"""Which pages of other origins may read our answers: those that the key lists, and no other."""

from django.http import HttpRequest, HttpResponse

from proctoring import compat_keys
from proctoring.models import CompatKey

KEY_HEADER = "X-Compat-Key"
_METHODS = "GET, POST, DELETE, OPTIONS"
_HEADERS = f"Content-Type, {KEY_HEADER}"
_KEEP_S = "600"


def may_ask(request: HttpRequest, key: CompatKey) -> bool:
    """Whether this call comes from a listed page, from our own, or from no browser page at all.

    Refused before anything is done: a form or beacon of any page would be carried out unread otherwise.
    """
    origin = request.headers.get("Origin")
    return origin is None or origin.lower() in key.origins or origin == _own(request)


def allow(request: HttpRequest, response: HttpResponse, key: CompatKey | None) -> HttpResponse:
    """Names the origin in the answer where the key lists it. Never with cookies: none are read."""
    origin = request.headers.get("Origin")
    response["Vary"] = "Origin"
    if origin is not None and key is not None and origin.lower() in key.origins:
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Expose-Headers"] = "Retry-After"
    return response


def preflight(request: HttpRequest, key: CompatKey | None) -> HttpResponse:
    """Answers OPTIONS. Without a key in the address any living key may list the origin; the call itself,
    which carries the key, is asked again."""
    origin = request.headers.get("Origin", "").lower()
    known = origin in key.origins if key is not None else bool(origin) and compat_keys.is_listed(origin)
    response = HttpResponse(status=204, headers={"Vary": "Origin"})
    if known:
        response["Access-Control-Allow-Origin"] = request.headers["Origin"]
        response["Access-Control-Allow-Methods"] = _METHODS
        response["Access-Control-Allow-Headers"] = _HEADERS
        response["Access-Control-Max-Age"] = _KEEP_S
    return response


def _own(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"
