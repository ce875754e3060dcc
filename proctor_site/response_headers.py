"""What every answer says to browsers and caches, whoever made it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

NOT_USED = (
    "accelerometer",
    "browsing-topics",
    "geolocation",
    "gyroscope",
    "hid",
    "magnetometer",
    "midi",
    "payment",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
"""Devices and features that no page asks for; only names that Chromium knows, else each page warns."""
OURS_ONLY = ("camera", "microphone", "display-capture", "fullscreen")
"""What check-in, exam and rooms ask for: this site itself, and no frame of another one."""
PERMISSIONS = ", ".join([f"{name}=()" for name in NOT_USED] + [f"{name}=(self)" for name in OURS_ONLY])
NOT_KEPT = "no-store"
BY_OTHERS = {
    "Content-Security-Policy": "default-src 'self'; script-src 'self'; style-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""Said by middleware further inside, which some answers never reach (compat calls, foreign names)."""


class ResponseHeadersMiddleware:
    """Permissions and origin policy on each answer; nothing is kept by caches unless its view says so.

    Static files are answered before (their names change with their content), and may be kept.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if "Access-Control-Allow-Origin" not in response:  # else it is for the pages of a list: decision 0176
            response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cache-Control", NOT_KEPT)
        for name, value in BY_OTHERS.items():
            response.headers.setdefault(name, value)
        return response
