"""Rows of the permission table for delivery: breaks, time for a sitting, announcements."""

from exams import states
from tests.contracts.permission_rows import Row

_ATTEMPT = "api/v1/attempts/<int:attempt_id>/"
_DEVICE = {"device": "device-1"}
_HERE = "i/<slug:slug>/sittings/<int:sitting_id>/"
_THROW_AWAY = "i/<slug:slug>/attempts/<int:attempt_id>/throw-away/"
_SITTING = "admin/exams/sitting/<int:sitting_id>/"


def _owner(status: int) -> str:
    return f"{status} 404 404 404 404 404 404 404 404 401"


DELIVERY_ROWS = [
    Row("POST", _ATTEMPT + "break/", _owner(409), body=_DEVICE),  # no break minutes
    Row("POST", _ATTEMPT + "break/end/", _owner(409), states.PAUSED, _DEVICE),  # a proctor's pause
    Row("POST", _ATTEMPT + "late-answers/", _owner(200), states.SUBMITTED, _DEVICE | {"changes": []}),
    Row(
        "GET",
        "admin/exams/attempt/<int:attempt_id>/kept/",
        "302 302 403 403 403 200 200 302 404 302",
        states.SUBMITTED,
    ),
    Row("GET", _ATTEMPT + "announcements/", _owner(200)),
    Row("POST", _ATTEMPT + "announcements/<int:announcement_id>/acknowledge/", _owner(200)),
    Row("GET", _HERE + "announcements/", "403 403 200 404 403 200 200 404 404 302"),
    Row(
        "GET",
        _HERE + "announcements/<int:announcement_id>/withdraw/",
        "403 403 200 404 403 200 200 404 404 302",
    ),
    Row("GET", _THROW_AWAY, "404 404 404 404 404 404 404 404 404 302"),  # no practice
    Row("POST", _ATTEMPT + "safe-browser/", _owner(400), body={"config_key": "0"}),  # of no page
    Row("GET", _HERE + "safe-browser/", "302 302 404 404 404 404 404 404 404 302"),
    Row("GET", _HERE + "safe-browser/end/", "302 302 302 302 302 302 302 404 404 302"),
    Row("GET", _HERE + "safe-browser/exam.seb", "200 200 200 200 200 200 200 404 404 302"),
    # Safe Exam Browser fetches it before anybody is signed in: whoever has the link of the day.
    Row("GET", "safe-browser/<str:ticket>/exam.seb", " ".join(["200"] * 10)),
    Row("GET", _SITTING + "safe-browser/", "302 302 403 403 403 200 200 302 404 302"),
    Row("GET", _SITTING + "time/", "302 302 403 403 403 200 200 302 404 302"),
]
