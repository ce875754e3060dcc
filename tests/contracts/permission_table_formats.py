"""The part of the permission table about files of questions; columns as in permission_table.py.

Who writes questions may import and export them: authors, exam officers, admins.
"""

from tests.contracts.permission_rows import Row

_IMPORT = "admin/exams/questionimport/"

FORMATS_ROWS = [
    Row("GET", "admin/exams/question/export/", "302 302 403 403 403 200 200 302 200 302"),
    Row("GET", _IMPORT, "302 302 403 403 403 200 200 302 200 302"),
    Row("GET", _IMPORT + "<int:import_id>/confirm/", "302 302 405 405 405 405 405 302 405 302"),
    Row("GET", _IMPORT + "<int:import_id>/drop/", "302 302 405 405 405 405 405 302 405 302"),
    Row("GET", _IMPORT + "<int:import_id>/report.csv", "302 302 403 403 403 200 200 302 404 302"),
    Row("GET", _IMPORT + "<int:import_id>/state/", "302 302 403 403 403 200 200 302 404 302"),
    Row("GET", _IMPORT + "<path:object_id>/change/", "302 302 403 403 403 200 200 302 404 302"),
    Row("GET", _IMPORT + "<path:object_id>/delete/", "302 302 403 403 403 403 403 302 403 302"),
    Row("GET", _IMPORT + "<path:object_id>/history/", "302 302 403 403 403 200 200 302 302 302"),
    Row("GET", _IMPORT + "add/", "302 302 403 403 403 200 200 302 200 302"),
    Row("POST", _IMPORT + "<int:import_id>/confirm/", "302 302 403 403 403 302 302 302 404 302"),
    Row("POST", _IMPORT + "<int:import_id>/drop/", "302 302 403 403 403 302 302 302 404 302"),
]
