"""Every API error as problem details (RFC 9457): title, status, code, detail, and the field at fault."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.defaults import page_not_found
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from proctor_site.kernel import request_ids
from proctor_site.kernel.errors import Refusal


def problem_details(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. Unknown errors return None: they stay errors of the server."""
    if isinstance(error, Refusal):
        body = _body(error.status, error.code, error.message, field=error.field, **error.details)
        return _answer(body, retry_after_ms=error.details.get("retry_after_ms"))
    if isinstance(error, Http404):
        return _answer(_body(404, "not_found", "There is no such thing here."))
    if isinstance(error, PermissionDenied):
        return _answer(_body(403, "not_allowed", str(error) or "Your role does not allow this."))
    if isinstance(error, exceptions.ValidationError):
        return _answer(_body(400, "invalid", "Some fields are wrong.", errors=error.get_full_details()))
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        # DRF answers 403 where a session is the only way in; pages need to tell "sign in" from "not allowed".
        return _answer(_body(401, "not_signed_in", "Sign in first."))
    if isinstance(error, exceptions.APIException):
        code = error.get_codes() if isinstance(error.detail, str) else "invalid"
        return _answer(_body(error.status_code, str(code), str(error.detail)))
    return None


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What no route fits: problem details below /api/, else the page."""
    if not request.path.startswith("/api/"):
        return page_not_found(request, exception)
    return problem_answer(404, "not_found", "There is no such address in this API; see /api/docs/.")


def problem_answer(status: int, code: str, detail: str) -> HttpResponse:
    """Problem details from where no API class answers, as in a middleware."""
    return JsonResponse(
        _body(status, code, detail),
        status=status,
        content_type="application/problem+json",
        headers={"Cache-Control": "no-store"},
    )


def _body(status: int, code: str, detail: str, **more: Any) -> dict[str, Any]:
    body = {"type": "about:blank", "title": code.replace("_", " ").capitalize(), "status": status}
    body |= {"code": code, "detail": detail, "request_id": request_ids.current()}
    return body | {name: value for name, value in more.items() if value is not None}


def _answer(body: dict[str, Any], retry_after_ms: int | None = None) -> Response:
    set_rollback()
    response = Response(body, status=body["status"], content_type="application/problem+json")
    if retry_after_ms is not None:
        response["Retry-After"] = str(max(1, -(-retry_after_ms // 1000)))
    return response
