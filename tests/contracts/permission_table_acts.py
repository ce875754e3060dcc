"""Rows of the permission table for what proctors do to candidates, and what is prepared for it."""

from tests.contracts.permission_rows import Row

_API = "api/v1/"
_ADMIN = "admin/proctoring/"


def _watchers(status: int) -> str:
    return f"404 404 {status} 404 404 {status} {status} 404 404 401"


_ACT = {"action": "pause", "attempts": [1], "reason": "Fire alarm", "key": "of-the-table"}

ACT_ROWS = [
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
