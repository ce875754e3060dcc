"""Rows of the permission table for interviews of cases; columns as in permission_table.py.

The reviewer of this world has offered one in the owner's case, and holds it. Nobody has read that case.
"""

from tests.contracts.permission_rows import Row

_ONE = "i/<slug:slug>/interviews/<int:interview_id>/"
_OWN = "i/<slug:slug>/my-record/<int:attempt_id>/interviews/<int:number>/"
_BY_POST = "405 405 405 405 405 405 405 404 404 302"


def _readers(reviewer: int, others: int = 0) -> str:
    """Who reads cases there; `others`: the officer and the admin, where they are answered differently."""
    return f"403 403 403 403 {reviewer} {others or reviewer} {others or reviewer} 404 404 302"


INTERVIEW_ROWS = [
    Row("GET", "i/<slug:slug>/cases/<int:case_id>/interviews/new/", _readers(302)),  # one stands already
    Row("GET", _ONE, _readers(200)),
    Row("GET", _ONE + "times/", _readers(200)),
    Row("POST", _ONE + "times/", _readers(400)),  # no time in it
    Row("GET", _ONE + "cancel/", _readers(200)),
    Row("POST", _ONE + "cancel/", _readers(302), body={"why": "Not needed."}),
    Row("GET", _ONE + "missed/", _readers(200)),
    Row("POST", _ONE + "missed/", _readers(409), body={"why": "Not here."}),  # no time is agreed
    Row("GET", _ONE + "outcome/", _readers(200)),
    # Only who holds it writes down what came of it; 409: no time is agreed
    Row("POST", _ONE + "outcome/", _readers(409, 403), body={"outcome": "consistent", "text": "See."}),
    Row("GET", _ONE + "questions/", _BY_POST),
    Row("POST", _ONE + "questions/", _readers(302), body={"do": "own", "asks": "Why?"}),
    Row("GET", _ONE + "notes/", _BY_POST),
    Row("POST", _ONE + "notes/", _readers(400)),  # no JSON
    Row("GET", _OWN, "200 404 404 404 404 404 404 404 404 302"),
    Row("POST", _OWN, "302 404 404 404 404 404 404 404 404 302", body={"do": "decline", "sure": "1"}),
]
