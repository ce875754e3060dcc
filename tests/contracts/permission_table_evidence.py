"""Rows of the permission table for packages of evidence, who saw what, and the public key.

Columns as in permission_table.py. 403 of a download also for the exam office: without a link.
"""

from tests.contracts.permission_rows import Row

_ADMIN = "admin/proctoring/sealedpackage/"
_READ = "302 302 403 403 200 200 200 302 404 302"
_NEVER = "302 302 404 404 404 404 404 302 404 302"

EVIDENCE_ROWS = [
    Row("GET", "evidence-key/", " ".join(["200"] * 10)),
    Row("GET", _ADMIN, "302 302 403 403 200 200 200 302 200 302"),
    Row("GET", _ADMIN + "<path:object_id>/change/", _READ),
    Row("GET", _ADMIN + "<path:object_id>/delete/", _NEVER),
    Row("GET", _ADMIN + "<path:object_id>/history/", _READ),
    Row("GET", _ADMIN + "add/", _NEVER),
    Row("GET", _ADMIN + "of/<int:case_id>/", _READ),
    Row("POST", _ADMIN + "of/<int:case_id>/", "302 302 403 403 403 400 400 302 404 302"),
    Row("GET", _ADMIN + "<int:package_id>/download/", "302 302 403 403 403 403 403 302 404 302"),
    Row("GET", "admin/proctoring/monitoringsession/store/retry/", "302 302 405 405 405 405 405 302 405 302"),
    Row("POST", "admin/proctoring/monitoringsession/store/retry/", "302 302 403 403 403 302 302 302 302 302"),
    Row("GET", "admin/proctoring/monitoringsession/store/", "302 302 200 200 200 200 200 302 200 302"),
    Row(
        "GET",
        "admin/proctoring/monitoringsession/<int:session_id>/custody/",
        "302 302 200 404 200 200 200 302 404 302",
    ),
]
