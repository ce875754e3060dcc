"""Refused calls on the log of the process: which route, what status, by whom, in numbers (ASVS 16.3)."""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

log = logging.getLogger(__name__)
_REFUSED = (401, 403, 429)
_HIDDEN = 404


class RefusalLogMiddleware:
    """Warns of what was refused; notes what was not there for somebody who is signed in: so are rows of
    others refused. The route is named by its pattern, so no number, name or secret of an address is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code not in (*_REFUSED, _HIDDEN):
            return response
        user = getattr(request, "user", None)
        who = user.pk if user is not None and user.is_authenticated else None
        found = request.resolver_match
        if response.status_code in _REFUSED:
            level = logging.WARNING
        elif found is not None and who is not None:
            level = logging.INFO
        else:
            return response
        route = found.route if found is not None else "no route"
        log.log(
            level, "refused: %s %s, status %s, account %s", request.method, route, response.status_code, who
        )
        return response
