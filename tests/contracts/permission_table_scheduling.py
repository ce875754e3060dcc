"""The part of the permission table about scheduling; columns as in permission_table.py."""

from tests.contracts.permission_rows import Row

_SITTING = "admin/exams/sitting/<int:sitting_id>/"
_GROUP = "admin/exams/candidategroup/"
_SELF = "admin/exams/selfenrolment/"
_OBJECT = "<path:object_id>/"
_OFFICE = "302 302 403 403 403 200 200 302 404 302"
_NEVER = "302 302 403 403 403 403 403 302 403 302"

SCHEDULING_ROWS = [
    Row("GET", "i/<slug:slug>/sittings/<int:sitting_id>/begin/", "403 403 200 404 403 200 200 404 404 302"),
    Row("GET", _SITTING + "candidates/csv/", _OFFICE),
    Row("GET", _SITTING + "practice/", _OFFICE),
    Row("GET", _SITTING + "candidates/xlsx/", _OFFICE),
    Row("GET", _SITTING + "rosters/", _OFFICE),
    Row("GET", _SITTING + "rosters/<int:roster_id>/", _OFFICE),
    Row("GET", _SITTING + "rosters/<int:roster_id>/state/", _OFFICE),
    Row("GET", _GROUP, "302 302 200 200 200 200 200 302 200 302"),
    Row("GET", _GROUP + _OBJECT + "change/", "302 302 200 200 200 200 200 302 302 302"),
    Row("GET", _GROUP + _OBJECT + "delete/", "302 302 403 403 403 200 200 302 302 302"),
    Row("GET", _GROUP + _OBJECT + "history/", "302 302 200 200 200 200 200 302 302 302"),
    Row("GET", _GROUP + "add/", "302 302 403 403 403 200 200 302 200 302"),
    Row("GET", "enrol/<str:secret>/", " ".join(["404"] * 10)),  # no such link
    Row("GET", _SELF, "302 302 403 403 403 200 200 302 200 302"),
    Row("GET", _SELF + _OBJECT + "change/", "302 302 403 403 403 200 200 302 302 302"),
    Row("GET", _SELF + _OBJECT + "delete/", "302 302 403 403 403 200 200 302 302 302"),
    Row("GET", _SELF + _OBJECT + "history/", "302 302 403 403 403 200 200 302 302 302"),
    Row("GET", _SELF + "add/", "302 302 403 403 403 200 200 302 200 302"),
    Row("GET", "admin/exams/sittingmail/", "302 302 403 403 403 200 200 302 200 302"),
    Row("GET", "admin/exams/sittingmail/" + _OBJECT + "change/", "302 302 403 403 403 200 200 302 302 302"),
    Row("GET", "admin/exams/sittingmail/" + _OBJECT + "delete/", _NEVER),
    Row("GET", "admin/exams/sittingmail/" + _OBJECT + "history/", "302 302 403 403 403 200 200 302 302 302"),
    Row("GET", "admin/exams/sittingmail/add/", _NEVER),
]
