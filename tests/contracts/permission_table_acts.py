"""Rows of the permission table for what proctors do to candidates, and what is prepared for it."""

from tests.contracts.permission_rows import Row

_API = "api/v1/"
_ADMIN = "admin/proctoring/"


def _watchers(status: int) -> str:
    return f"404 404 {status} 404 404 {status} {status} 404 404 401"


def _owner(status: int) -> str:
    return f"{status} 404 404 404 404 404 404 404 404 401"


_SHOWING = _API + "showings/<int:showing_id>/"
_ACT = {"action": "pause", "attempts": [1], "reason": "Fire alarm", "key": "of-the-table"}

_CALL = _API + "calls/<int:call_id>/recording/"


def _caller(status: int) -> str:
    """The proctor whose call it is; for everybody else it does not exist, also for those who may watch."""
    return f"404 404 {status} 404 404 404 404 404 404 401"


ACT_ROWS = [
    Row("POST", _CALL, _caller(415)),  # JSON is no sound
    Row("POST", _CALL + "report/", _caller(200), body={"problem": "failed"}),
    Row("GET", "i/<slug:slug>/calls/<int:call_id>/recording/", "403 403 200 404 200 200 200 404 404 302"),
    Row("POST", _API + "sittings/<int:sitting_id>/actions/", _watchers(200), body=_ACT),
    Row("GET", _API + "sittings/<int:sitting_id>/wording/", _watchers(200)),
    Row("POST", _API + "actions/<int:run_id>/undo/", _watchers(200)),
    Row(
        "POST",
        _API + "attempts/<int:attempt_id>/time/",
        _watchers(200),
        body={"minutes": 5, "reason": "Fire alarm"},
    ),
    Row("POST", _API + "time-gifts/<int:gift_id>/take-back/", _watchers(200)),
    Row("POST", _API + "warnings/<int:warning_id>/withdraw/", _watchers(200)),
    Row("GET", _API + "attempts/<int:attempt_id>/showings/", _owner(200)),
    Row("POST", _API + "attempts/<int:attempt_id>/showings/", _watchers(400)),
    Row("POST", _SHOWING + "begin/", _owner(200)),
    Row("POST", _SHOWING + "decline/", _owner(200)),
    Row("POST", _SHOWING + "finish/", _owner(409)),  # no picture yet
    Row("POST", _SHOWING + "cancel/", _watchers(200)),
    Row("POST", _SHOWING + "pictures/", _owner(415)),  # JSON is no picture
    Row("POST", _SHOWING + "photo/", _owner(415)),
    Row(
        "GET",
        "i/<slug:slug>/watch/<int:sitting_id>/showings/<int:showing_id>/photo/",
        "403 403 404 404 403 404 404 404 404 302",  # none was taken
    ),
    *(
        row
        for model in ("reasoncode", "readytext")
        for row in (
            Row("GET", f"{_ADMIN}{model}/", "302 302 200 200 200 200 200 302 200 302"),
            Row("GET", f"{_ADMIN}{model}/add/", "302 302 403 403 403 200 200 302 200 302"),
            Row(
                "GET",
                f"{_ADMIN}{model}/<path:object_id>/change/",
                "302 302 200 200 200 200 200 302 404 302",
            ),
            Row(
                "GET",
                f"{_ADMIN}{model}/<path:object_id>/delete/",
                "302 302 403 403 403 200 200 302 404 302",
            ),
            Row(
                "GET",
                f"{_ADMIN}{model}/<path:object_id>/history/",
                "302 302 200 200 200 200 200 302 404 302",
            ),
        )
    ),
]
