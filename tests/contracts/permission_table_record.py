"""Rows of the permission table for the candidate's own record, replies, appeals and their files.

Columns as in permission_table.py. The owner's case is in its reply window, with one reply handed in.
"""

from tests.contracts.permission_rows import Row

_HERE = "i/<slug:slug>/my-record/"
_ONE = _HERE + "<int:attempt_id>/"
_OWNER = "200 404 404 404 404 404 404 404 404 302"
_OWNER_DOES = "302 404 404 404 404 404 404 404 404 302"

RECORD_ROWS = [
    Row("GET", _HERE, "200 200 200 200 200 200 200 404 404 302"),  # each sees own exams, or none
    Row("GET", _ONE, _OWNER),
    Row("GET", _ONE + "photo/", "403 404 404 404 404 404 404 404 404 302"),  # 403: without a link
    Row("GET", _ONE + "evidence/", _OWNER),
    Row("GET", _ONE + "reply/", _OWNER),
    Row("POST", _ONE + "reply/", "400 404 404 404 404 404 404 404 404 302"),  # 400: of no page of theirs
    Row("GET", _ONE + "appeal/", _OWNER_DOES),  # 302: nothing is decided yet
    Row("POST", _ONE + "appeal/", _OWNER_DOES),
    Row("GET", _ONE + "said-all/", _OWNER),
    Row("POST", _ONE + "said-all/", _OWNER_DOES),
    Row("GET", _ONE + "receipts/<int:number>/", _OWNER),
    Row("GET", _ONE + "files/<uuid:reply_file_id>/", _OWNER),
    # 403 also for reviewers: without a link
    Row("GET", "i/<slug:slug>/reply-files/<uuid:reply_file_id>/", "403 403 403 403 403 403 403 404 404 302"),
]
