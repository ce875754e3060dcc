"""Rows of the permission table for meetings of their own.

The proctor of the sitting has made the meeting and hosts it, and the owner is invited as its candidate.
Columns as in permission_table.py.
"""

from tests.contracts.permission_rows import Row

_HERE = "i/<slug:slug>/meetings/"
_ONE = _HERE + "<int:meeting_id>/"
_INVITATION = _ONE + "invitations/<int:invitation_id>/"
_ADMIN = "admin/proctoring/meeting/"
_MAKERS = "403 403 200 200 200 200 200 404 404 302"
_ITS_STAFF = "403 403 200 404 404 200 200 404 404 302"
_BY_POST = "405 405 405 405 405 405 405 404 404 302"
_ITS_STAFF_DO = "403 403 302 404 404 302 302 404 404 302"

MEETING_ROWS = [
    Row("GET", "meeting/<str:secret>/", " ".join(["404"] * 10)),  # no such link
    Row("GET", "meeting/guest/<str:token>/", " ".join(["404"] * 10)),  # no token of ours
    Row("POST", "meeting/guest/<str:token>/agree/", " ".join(["404"] * 10)),
    Row("GET", "meeting/guest/<str:token>/agree/", " ".join(["405"] * 10)),
    Row("GET", _HERE, _MAKERS),
    Row("GET", _HERE + "new/", _MAKERS),
    Row("GET", _ONE, "200 404 200 404 404 302 302 404 404 302"),  # 302: to its details
    Row("GET", _ONE + "agree/", _BY_POST),
    Row("POST", _ONE + "agree/", "302 404 302 404 404 404 404 404 404 302"),
    Row("GET", _ONE + "details/", _ITS_STAFF),
    # 400: a proctor may not invite people who are no members yet
    Row(
        "POST",
        _ONE + "details/",
        "403 403 400 404 404 302 302 404 404 302",
        body={"candidates": "more@example.org"},
    ),
    Row("GET", _ONE + "edit/", _ITS_STAFF),
    Row("GET", _ONE + "cancel/", _ITS_STAFF),
    Row("POST", _ONE + "cancel/", _ITS_STAFF_DO),
    Row("GET", _INVITATION + "resend/", _BY_POST),
    Row("POST", _INVITATION + "resend/", _ITS_STAFF_DO),
    Row("GET", _INVITATION + "revoke/", _BY_POST),
    Row("POST", _INVITATION + "revoke/", _ITS_STAFF_DO),
    Row("GET", _ADMIN, "302 302 403 403 403 200 200 302 200 302"),
    Row("GET", _ADMIN + "<path:object_id>/change/", "302 302 403 403 403 200 200 302 404 302"),
    Row("GET", _ADMIN + "<path:object_id>/delete/", "302 302 404 404 404 404 404 302 404 302"),
    Row("GET", _ADMIN + "<path:object_id>/history/", "302 302 403 403 403 200 200 302 404 302"),
    Row("GET", _ADMIN + "add/", "302 302 404 404 404 404 404 302 404 302"),
]
