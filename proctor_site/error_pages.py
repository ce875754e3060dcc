"""What people and programs read where no view answered, or one of ours failed."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults

from proctor_site.kernel import request_ids


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Status 400, for what Django itself refuses: problem details for calls of the API, else a page."""
    if not request.path_info.startswith("/api/"):
        return defaults.bad_request(request, exception)
    return _problem(400, "bad_request", "The request could not be read. Nothing was changed.")


def server_error(request: HttpRequest) -> HttpResponse:
    """Status 500: problem details for calls of the API, else a page; both with the request's number."""
    if not request.path_info.startswith("/api/"):
        return defaults.server_error(request)
    return _problem(500, "server_error", "A fault of ours; it has been recorded. Try again in a moment.")


def _problem(status: int, code: str, detail: str) -> HttpResponse:
    body = {
        "type": "about:blank",
        "title": code.replace("_", " ").capitalize(),
        "status": status,
        "code": code,
        "detail": detail,
        "request_id": request_ids.current(),
    }
    return JsonResponse(body, status=status, content_type="application/problem+json")
