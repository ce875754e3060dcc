"""The part of the permission table about cases, their tags and settings; columns as in permission_table.py.

Reviewers, exam officers and admins read and decide; proctors do not meet cases. The case of this world waits
for the reply of its candidate, so that most acts do not fit its state.
"""

from tests.contracts.permission_rows import Row

_HERE = "admin/proctoring/case/"
_CASE = _HERE + "<int:case_id>/"
_TAG = "admin/proctoring/casetag/"
_TERMS = "admin/proctoring/reviewsettings/"
_NOT_BY_HAND = "302 302 404 404 404 404 404 302 404 302"


def _on_case(status: int) -> str:
    return f"302 302 403 403 {status} {status} {status} 302 404 302"


def _readers(status: int) -> str:
    """In the own institution; the foreign admin meets their own."""
    return f"302 302 403 403 {status} {status} {status} 302 {status} 302"


_POSTS = {
    "take": (302, {}),
    "lock": (200, {}),
    "release-lock": (200, {}),
    "reading": (409, {"verdict": "breach", "note": "See."}),
    "take-back": (409, {}),
    "comment": (302, {"text": "See 9:12."}),
    "tag": (302, {"tags": "radio"}),
    "assign": (302, {"to": ""}),
    "reply-window": (409, {"told": "See."}),
    "decide": (400, {"verdict": "no_concern", "told": "See."}),
    "appeal-decision": (409, {"verdict": "no_concern", "told": "See."}),
}

CASE_ROWS = [
    Row("GET", _HERE, _readers(200)),
    Row("GET", _HERE + "<path:object_id>/change/", _on_case(200)),
    Row("GET", _HERE + "<path:object_id>/delete/", _NOT_BY_HAND),
    Row("GET", _HERE + "<path:object_id>/history/", _on_case(200)),
    Row("GET", _HERE + "add/", _NOT_BY_HAND),
    *(Row("GET", f"{_CASE}{name}/", "302 302 405 405 405 405 405 302 405 302") for name in _POSTS),
    *(Row("POST", f"{_CASE}{name}/", _on_case(status), body=body) for name, (status, body) in _POSTS.items()),
    *(
        Row("GET", f"{_HERE}{name}/", "302 302 405 405 405 405 405 302 405 302")
        for name in ("next", "share-out")
    ),
    Row("GET", _HERE + "many/", "302 302 405 405 405 405 405 302 405 302"),
    Row("POST", _HERE + "many/", _readers(302)),  # nothing chosen
    Row("GET", _HERE + "many/<int:number>/", _readers(404)),
    Row("GET", _HERE + "many/<int:number>/undo/", "302 302 405 405 405 405 405 302 405 302"),
    Row("POST", _HERE + "many/<int:number>/undo/", _readers(404)),
    Row("POST", _HERE + "next/", _readers(302)),
    Row("POST", _HERE + "share-out/", _readers(302)),
    Row("GET", _TAG, _readers(200)),
    Row("GET", _TAG + "<path:object_id>/change/", _on_case(200)),
    Row("GET", _TAG + "<path:object_id>/delete/", _on_case(200)),
    Row("GET", _TAG + "<path:object_id>/history/", _on_case(200)),
    Row("GET", _TAG + "add/", "302 302 403 403 403 403 403 302 403 302"),
    Row("GET", _TERMS, _readers(302)),
    Row("GET", _TERMS + "<path:object_id>/change/", _on_case(200)),
    Row("GET", _TERMS + "<path:object_id>/delete/", "302 302 403 403 403 403 403 302 403 302"),
    Row("GET", _TERMS + "<path:object_id>/history/", _on_case(200)),
    Row("GET", _TERMS + "add/", "302 302 403 403 403 403 403 302 403 302"),
]
