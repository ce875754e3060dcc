"""The part of the permission table about reports of proctoring: staff who may see the incidents, as there."""

from tests.contracts.permission_rows import Row

_REPORTS = "i/<slug:slug>/reports/proctoring/"
_PAGE = "403 403 200 404 200 200 200 404 404 302"
_JSON = "404 404 200 404 200 200 200 404 404 401"
_NO_LINK = "403 403 404 404 403 404 404 404 404 302"  # only who asked for it; with a link

REPORT_ROWS = [
    Row("GET", _REPORTS + "sittings/<int:sitting_id>/", _PAGE),
    Row("GET", _REPORTS + "sittings/<int:sitting_id>/export/", "403 403 403 403 403 200 200 404 404 302"),
    Row("GET", _REPORTS + "attempts/<int:attempt_id>/", _PAGE),
    Row("GET", _REPORTS + "sessions/<uuid:public_id>/", _PAGE),
    Row("GET", _REPORTS + "sessions/<uuid:public_id>/pdf/", "405 405 405 405 405 405 405 404 404 302"),
    Row("POST", _REPORTS + "sessions/<uuid:public_id>/pdf/", "403 403 302 404 302 302 302 404 404 302"),
    Row("GET", _REPORTS + "sessions/<uuid:public_id>/look/", _PAGE),
    Row(
        "POST",
        _REPORTS + "sessions/<uuid:public_id>/look/",
        "403 403 409 404 409 409 409 404 404 302",  # there is a case already
        body={"reason": "Somebody spoke."},
    ),
    Row("GET", _REPORTS + "files/<int:report_id>/", "403 403 404 404 200 404 404 404 404 302"),
    Row("GET", _REPORTS + "files/<int:report_id>/download/", _NO_LINK),
    Row("GET", "api/v1/attempts/<int:attempt_id>/report/", _JSON),
    Row("GET", "api/v1/sessions/<uuid:public_id>/report/", _JSON),
]
