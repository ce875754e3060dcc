"""Opens the tenant scope a request may work in, asks staff for the second factor, words refusals."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts import queries, second_factor
from accounts.models import Institution
from accounts.tenancy import within
from accounts.zones import zone_for
from proctor_site.kernel import request_ids
from proctor_site.kernel.errors import Refusal

_IN_INSTITUTION = re.compile(r"^/i/(?P<slug>[a-z0-9-]+)/")
SESSION_KEY = "institution_id"
"""The institution whose rows the admin site shows; the switcher in its header changes it."""

GetResponse = Callable[[HttpRequest], HttpResponse]


class TenancyMiddleware:
    """Sets `request.institution` and runs the request inside the scope.

    `/i/<slug>/`: that institution, for its members; anybody else gets 404, so slugs cannot be probed.
    `/admin/`: the institution chosen in the switcher, or the first where the person is staff.
    `/api/`: all institutions of the signed-in person, without those that still wait for their second factor;
    token calls open their own scope. Pages of an institution write and read times in the person's zone.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.institution = None  # type: ignore[attr-defined]
        found = _IN_INSTITUTION.match(request.path_info)
        if found and not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        with self._scope(request, found["slug"] if found else None):
            return self.get_response(request)

    def _scope(self, request: HttpRequest, slug: str | None) -> AbstractContextManager[Any]:
        if slug is not None:
            own = queries.own_institutions(request)
            institution = next((each for each in own if each.slug == slug), None)
            if institution is None:
                raise Http404("No such institution, or you are not a member of it.")
            return self._in(request, institution)
        if not request.user.is_authenticated:
            return nullcontext()
        if request.path_info.startswith("/admin/"):
            chosen = queries.staff_institution(request.user, request.session.get(SESSION_KEY))
            return self._in(request, chosen) if chosen else nullcontext()
        if request.path_info.startswith("/api/"):
            own = queries.own_institutions(request)
            return within([each for each in own if not second_factor.is_missing(request.user, each)])
        return nullcontext()

    @staticmethod
    def _in(request: HttpRequest, institution: Institution) -> AbstractContextManager[Any]:
        request.institution = institution  # type: ignore[attr-defined]
        scope = ExitStack()
        scope.enter_context(timezone.override(zone_for(request.user, institution)))
        scope.enter_context(within(institution))
        return scope


class SecondFactorMiddleware:
    """Sends staff without a second factor to set one up, where their institution requires it."""

    _OPEN = ("/account/", "/static/", "/health/")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(self._OPEN) or not self._is_missing(request):
            return self.get_response(request)
        if request.path_info.startswith("/api/"):
            return JsonResponse(
                {
                    "type": "about:blank",
                    "title": "Second factor required",
                    "status": 403,
                    "code": "second_factor_required",
                    "detail": "Your institution asks staff for a second factor; set one up in your account.",
                    "request_id": request_ids.current(),
                },
                status=403,
                content_type="application/problem+json",
            )
        messages.warning(request, "Your institution asks staff for a second factor. Please set it up now.")
        return redirect("mfa_activate_totp")

    @staticmethod
    def _is_missing(request: HttpRequest) -> bool:
        """Whether this request has to wait. In the API only when no institution is left without the rule:
        a rule of the one that a person works for must not stop their exam in another one.
        """
        user = request.user
        if not user.is_authenticated:
            return False
        here: Institution | None = getattr(request, "institution", None)
        asking = [here] if here else queries.own_institutions(request)
        missing = [second_factor.is_missing(user, each) for each in asking]
        return bool(missing) and (all(missing) if request.path_info.startswith("/api/") else any(missing))


class RefusalMiddleware:
    """Shows a refusal that a page did not word itself as a page, with the refusal's status."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Refusal):
            return None
        return render(request, "refused.html", {"refusal": error}, status=error.status)
