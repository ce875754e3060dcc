"""Calls of programs over plain http are refused where the site is https; pages are led over (ASVS 4.1.2).

A program that is led to https has sent its token in the clear already, and nobody would ever notice.
"""

import re
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse

from proctor_site.api_errors import problem_answer

_OF_PROGRAMS = ("/api/v1/", "/compat/")


class PlainHttpMiddleware:
    """Stands before Django's SecurityMiddleware, which leads all the rest to https."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.SECURE_SSL_REDIRECT:
            raise MiddlewareNotUsed("this site is not https")
        self.get_response = get_response
        self._exempt = [re.compile(each) for each in settings.SECURE_REDIRECT_EXEMPT]

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        is_exempt = any(each.match(path.lstrip("/")) for each in self._exempt)
        if request.is_secure() or is_exempt or not path.startswith(_OF_PROGRAMS):
            return self.get_response(request)
        return problem_answer(403, "https_required", "Call this over https. Change what was sent just now.")
