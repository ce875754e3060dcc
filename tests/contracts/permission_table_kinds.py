"""Rows of the permission table for files as answers; columns as in permission_table.py."""

from tests.contracts.permission_rows import Row

KINDS_ROWS = [
    # JSON is no form with a file in it.
    Row("POST", "api/v1/attempts/<int:attempt_id>/files/", "415 404 404 404 404 404 404 404 404 401"),
    # The candidate, and staff who may see answers.
    Row("GET", "api/v1/answer-files/<uuid:file_id>/", "200 404 404 404 200 200 200 404 404 401"),
]
