"""Rows of the permission table for periods, legal holds, erasure, certificates and own data.

Columns as in permission_table.py. They are read by who answers for data protection and by the office; admins
(and data protection officers) decide.
"""

from tests.contracts.permission_rows import Row

_ADMIN = "admin/proctoring/"
_DATA = "i/<slug:slug>/my-record/data/"
_LIST = "302 302 403 403 403 200 200 302 200 302"
_ONE = "302 302 403 403 403 200 200 302 404 302"
_NONE = "302 302 404 404 404 404 404 302 404 302"
_DECIDES = "302 302 403 403 403 403 200 302 404 302"
_SETS = "302 302 403 403 403 403 200 302 200 302"
_MODELS = (
    "retentionperiod",
    "legalhold",
    "retentionrun",
    "erasurerequest",
    "deletioncertificate",
    "dataexport",
)

RIGHTS_ROWS = [
    *(Row("GET", f"{_ADMIN}{name}/", _LIST) for name in _MODELS),
    *(Row("GET", f"{_ADMIN}{name}/<path:object_id>/change/", _ONE) for name in _MODELS),
    *(Row("GET", f"{_ADMIN}{name}/<path:object_id>/history/", _ONE) for name in _MODELS),
    *(Row("GET", f"{_ADMIN}{name}/<path:object_id>/delete/", _NONE) for name in _MODELS),
    *(Row("GET", f"{_ADMIN}{name}/add/", _NONE) for name in _MODELS),
    Row("GET", _ADMIN + "retentionperiod/kind/<slug:code>/", _SETS),
    Row("GET", _ADMIN + "legalhold/place/", _SETS),
    Row("GET", _ADMIN + "retentionrun/now/", _SETS),
    Row("GET", _ADMIN + "dataexport/make/", _SETS),
    Row("GET", "deletion/<uuid:certificate_id>/", "200 200 200 200 200 200 200 200 200 200"),
    Row("GET", _ADMIN + "legalhold/<int:object_id>/lift/", "302 302 403 403 403 403 302 302 404 302"),
    Row("GET", _ADMIN + "erasurerequest/<int:object_id>/decide/", _DECIDES),
    Row("GET", _ADMIN + "deletioncertificate/<int:object_id>/file/", _ONE),
    Row("GET", _DATA, "200 200 200 200 200 200 200 404 404 302"),
    Row("POST", _DATA, "302 302 302 302 302 302 302 404 404 302", body={"act": "export"}),
    Row(  # 403: without a link
        "GET", _DATA + "<uuid:export_id>/", "403 404 404 404 404 404 404 404 404 302"
    ),
]
