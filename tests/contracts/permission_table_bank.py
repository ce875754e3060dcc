"""The part of the permission table about the question bank; columns as in permission_table.py."""

from tests.contracts.permission_rows import Row

_READ = "302 302 403 403 200 200 200 302 {} 302"
_WRITE = "302 302 403 403 403 200 200 302 {} 302"
_NOBODY = "302 302 403 403 403 403 403 302 403 302"

_CATEGORY = "admin/exams/questioncategory/"
_TAG = "admin/exams/questiontag/"

BANK_ROWS = [
    Row("GET", _CATEGORY, _READ.format(200)),
    Row("GET", _CATEGORY + "add/", _WRITE.format(200)),
    Row("GET", _CATEGORY + "<path:object_id>/change/", _READ.format(302)),
    Row("GET", _CATEGORY + "<path:object_id>/delete/", _WRITE.format(302)),
    Row("GET", _CATEGORY + "<path:object_id>/history/", _READ.format(302)),
    Row("GET", _TAG, _READ.format(200)),
    Row("GET", _TAG + "add/", _NOBODY),
    Row("GET", _TAG + "<path:object_id>/change/", _READ.format(302)),
    Row("GET", _TAG + "<path:object_id>/delete/", _WRITE.format(302)),
    Row("GET", _TAG + "<path:object_id>/history/", _READ.format(302)),
]
