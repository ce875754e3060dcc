"""Rows of the permission table for messages, raised hands, and who looks first at whom."""

from tests.contracts.permission_rows import Row

_ATTEMPT = "api/v1/attempts/<int:attempt_id>/"
_SITTING = "api/v1/sittings/<int:sitting_id>/"
_ROTA = "i/<slug:slug>/watch/<int:sitting_id>/proctors/"
_MESSAGE = {"text": "May I use paper?", "client_id": "m-1"}


def _both_sides(status: int) -> str:
    """The candidate and who watches the sitting; for everybody else it does not exist."""
    return f"{status} 404 {status} 404 404 {status} {status} 404 404 401"


def _watchers(status: int) -> str:
    return f"404 404 {status} 404 404 {status} {status} 404 404 401"


_ADMIN = "admin/proctoring/chatmessage/"
_READ = "302 302 200 404 200 200 200 302 404 302"

TALK_ROWS = [
    Row("GET", _ADMIN, "302 302 200 200 200 200 200 302 200 302"),
    Row("GET", _ADMIN + "<path:object_id>/change/", _READ),
    Row("GET", _ADMIN + "<path:object_id>/delete/", "302 302 404 404 404 404 404 302 404 302"),
    Row("GET", _ADMIN + "<path:object_id>/history/", _READ),
    Row("GET", _ADMIN + "add/", "302 302 404 404 404 404 404 302 404 302"),
    Row("GET", _ATTEMPT + "messages/", _both_sides(200)),
    Row("POST", _ATTEMPT + "messages/", _both_sides(200), body=_MESSAGE),
    Row("POST", _ATTEMPT + "messages/read/", _both_sides(200), body={"up_to": 0}),
    Row("POST", _ATTEMPT + "hand/", _both_sides(200), body={"up": False}),
    Row("GET", _SITTING + "assignments/", _watchers(200)),
    Row("POST", _SITTING + "assignments/", _watchers(200), body={"do": "leave"}),
    # The hand-over is offered to the officer by the proctor, who may withdraw it; so may who directs.
    Row(
        "POST",
        "api/v1/hand-overs/<int:hand_over_id>/",
        "404 404 200 404 404 200 200 404 404 401",
        body={"answer": "withdraw"},
    ),
    Row("GET", _ROTA, "403 403 200 404 403 200 200 404 404 302"),
    Row("POST", _ROTA, "403 403 302 404 403 302 302 404 404 302", body={"do": "leave_all"}),
]
