"""The part of the permission table about the structure of exams: going on in a paper, and its admin pages."""

from tests.contracts.permission_rows import Row

_ATTEMPT = "api/v1/attempts/<int:attempt_id>/"
_OWNER_400 = "400 404 404 404 404 404 404 404 404 401"  # may, but this paper is free to go about in
_OWN_PAGE = "200 404 404 404 404 404 404 404 404 302"
_DEVICE = {"device": "device-1"}

_EXAM = "admin/exams/exam/<int:exam_id>/"

STRUCTURE_ROWS = [
    Row("GET", _EXAM + "preview/", "302 302 403 403 200 200 200 302 404 302"),
    Row("GET", _EXAM + "print/", "302 302 403 403 200 200 200 302 404 302"),
    Row("GET", _EXAM + "copy/", "302 302 403 403 403 200 200 302 404 302"),
    Row("GET", "admin/exams/exam/from-template/", "302 302 403 403 403 200 200 302 200 302"),
    Row("POST", _ATTEMPT + "leave/", _OWNER_400, body=_DEVICE | {"item": 1}),
    Row("POST", _ATTEMPT + "sections/<int:section_id>/open/", _OWNER_400, body=_DEVICE),
    Row("POST", _ATTEMPT + "sections/<int:section_id>/close/", _OWNER_400, body=_DEVICE),
    Row("GET", "admin/exams/exam/<int:exam_id>/content/", "302 302 403 403 200 200 200 302 404 302"),
    Row("GET", "i/<slug:slug>/attempts/<int:attempt_id>/questions/", _OWN_PAGE),
]
