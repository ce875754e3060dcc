"""Lets calls with a compat key out of the site's own addresses, past cookies and sessions (decision 0176)."""

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse, JsonResponse

from accounts import limits
from accounts.tenancy import within
from proctor_site.kernel.errors import NotAllowed, NotFound, NotSignedIn, Refusal
from proctoring import compat_keys
from proctoring.compat import cors, errors, routes
from proctoring.compat.calls import Answer, Call
from proctoring.compat.cors import KEY_HEADER
from proctoring.compat.table import ROUTES
from proctoring.models import CompatKey

log = logging.getLogger(__name__)

QUERY = "compat_key"
PREFIX = "/compat/"
_MINUTE = 60

GetResponse = Callable[[HttpRequest], HttpResponse]


class CompatMiddleware:
    """Answers a call that shows a compat key, in its address, its query or a header; passes others on.

    The addresses of the replaced systems (/, /register, /health, /login) are taken here: only the key tells
    whose they are. Nothing of the session middleware runs, so no cookie of a signed-in person counts.
    """

    def __init__(self, get_response: GetResponse) -> None:
        if not settings.COMPAT:
            raise MiddlewareNotUsed("PROCTOR_COMPAT is off")
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        secret, path = shown_key(request)
        if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
            asked = request.headers.get("Access-Control-Request-Headers", "").lower()
            if secret or KEY_HEADER.lower() in asked:
                return cors.preflight(request, _key_or_none(secret))
        if not secret:
            return self.get_response(request)
        return _answered(request, secret, path)


def shown_key(request: HttpRequest) -> tuple[str, str]:
    """The key that a call shows ("" for none), and the path without it."""
    path = request.path_info
    if path.startswith(PREFIX + compat_keys.MARK):
        secret, _, rest = path.removeprefix(PREFIX).partition("/")
        return secret, f"/{rest}"
    return request.headers.get(KEY_HEADER) or request.GET.get(QUERY) or "", path


def _key_or_none(secret: str) -> CompatKey | None:
    try:
        return compat_keys.find_key(secret) if secret else None
    except NotSignedIn:
        return None


def _answered(request: HttpRequest, secret: str, path: str) -> HttpResponse:
    key: CompatKey | None = None
    contract = routes.contract_of(ROUTES, path)
    try:
        key = compat_keys.find_key(secret)
        if not cors.may_ask(request, key):
            raise NotAllowed("This key does not list the origin of your page.", code="origin_not_listed")
        limits.count("compat", str(key.pk), most=settings.COMPAT_CALLS_PER_MINUTE, seconds=_MINUTE)
        found = routes.find(ROUTES, str(request.method), path, key.contracts)
        if found.route is None:
            return cors.allow(request, _missing(contract, found.methods), key)
        contract = found.route.contract
        if found.route.is_rare:
            rare = settings.COMPAT_RARE_CALLS_PER_MINUTE
            limits.count("compat-rare", str(key.pk), most=rare, seconds=_MINUTE)
        with within(key.institution):
            answer = found.route.handler(Call(key, request, secret), **found.parts)
    except Refusal as refusal:
        answer = errors.answer_for(contract, refusal)
    return cors.allow(request, _response(answer), key)


def _missing(contract: str, methods: tuple[str, ...]) -> HttpResponse:
    if not methods:
        return _response(errors.answer_for(contract, NotFound("Not Found")))
    body = errors.body_of(contract, "Method Not Allowed", "method_not_allowed")
    return _response(Answer(405, body, {"Allow": ", ".join((*methods, "OPTIONS"))}))


def _response(answer: Any) -> HttpResponse:
    if isinstance(answer, HttpResponse):
        return answer
    if not isinstance(answer, Answer):
        answer = Answer(200, answer)
    response = JsonResponse(answer.body, status=answer.status, safe=False)
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    for name, value in answer.headers.items():
        response[name] = value
    return response
