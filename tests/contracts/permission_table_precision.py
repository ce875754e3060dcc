"""The part of the permission table about the precision of detectors; columns as in permission_table.py."""

from tests.contracts.permission_rows import Row

_ADMIN = "admin/proctoring/detectorprecision/"
_POLICY = "admin/proctoring/policy/<int:policy_id>/"
_TERMS = {"by_itself": "on", "floor_percent": "60", "least_verdicts": "30"}

PRECISION_ROWS = [
    Row("GET", "i/<slug:slug>/precision/", "403 403 302 302 302 302 302 404 404 302"),
    Row("GET", _ADMIN, "302 302 200 200 200 200 200 302 200 302"),
    Row("GET", _ADMIN + "terms/", "302 302 405 405 405 405 405 302 405 302"),
    Row("POST", _ADMIN + "terms/", "302 302 403 403 403 302 302 302 302 302", body=_TERMS),
    Row("GET", _ADMIN + "<int:standing_id>/bring-back/", "302 302 405 405 405 405 405 302 405 302"),
    Row(
        "POST",
        _ADMIN + "<int:standing_id>/bring-back/",
        "302 302 403 403 403 302 302 302 404 302",
        body={"reason": "New lamps."},
    ),
    Row("GET", _POLICY + "try/", "302 302 405 405 405 405 405 302 405 302"),
    # An empty form is shown again with what is missing.
    Row("POST", _POLICY + "try/", "302 302 403 403 403 200 200 302 404 302"),
    Row("GET", _POLICY + "try/<int:job_id>/", "302 302 403 403 403 200 200 302 404 302"),
    Row("GET", _POLICY + "try/<int:job_id>/state/", "302 302 403 403 403 200 200 302 404 302"),
]
