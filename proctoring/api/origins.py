"""Captures from pages of other origins: only those that the institution lists, for sessions of its systems.

Never with cookies: the token in the header is all that counts there (decision 0195).
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.response import Response

from proctoring.api.capture import CaptureView
from proctoring.models import MonitoringSession

_METHODS = "POST, OPTIONS"
_HEADERS = "Authorization, Content-Type, X-Sequence, X-Captured-At"
_TOLD = "Retry-After, X-Request-Id"
_KEEP_S = "600"


class CaptureFromListedOrigins(CaptureView):
    """A capture that pages of the listed origins may send, and whose answer they may read."""

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        """The preflight of a browser: 204, which names the origin where it is listed."""
        return Response(status=204)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer["Vary"] = ", ".join(filter(None, (answer.get("Vary"), "Origin")))
        origin = request.headers.get("Origin", "")
        if origin and origin != settings.BASE_URL and _is_listed(origin, kwargs["public_id"]):
            answer["Access-Control-Allow-Origin"] = origin
            if request.method == "OPTIONS":
                answer["Access-Control-Allow-Methods"] = _METHODS
                answer["Access-Control-Allow-Headers"] = _HEADERS
                answer["Access-Control-Max-Age"] = _KEEP_S
            else:
                answer["Access-Control-Expose-Headers"] = _TOLD
        return answer


def _is_listed(origin: str, public_id: Any) -> bool:
    # A page's own request knows no scope yet; the session names its institution.
    rows = MonitoringSession._base_manager.filter(public_id=public_id, is_outside=True)
    listed = rows.values_list("institution__capture_origins", flat=True).first()
    return listed is not None and origin in listed
