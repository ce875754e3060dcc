"""The part of the permission table about reports: statistics for the office and authors, columns as there."""

from exams import states
from tests.contracts.permission_rows import Row

_REPORTS = "i/<slug:slug>/reports/"
_SITTING = _REPORTS + "sittings/<int:sitting_id>/"
_EXAM = _REPORTS + "exams/<int:exam_id>/"
_QUESTION = "sections/<int:section_id>/questions/<int:question_id>/"
_OFFICE = "403 403 403 403 403 200 200 404 404 302"

STATISTICS_ROWS = [
    Row(  # not released yet: leads to the result page, which says so
        "GET",
        "i/<slug:slug>/attempts/<int:attempt_id>/transcript/",
        "302 404 404 404 404 404 404 404 404 302",
        states.SUBMITTED,
    ),
    Row("GET", _REPORTS, _OFFICE),
    Row("GET", _SITTING, _OFFICE, states.SUBMITTED),
    Row("GET", _SITTING + "export/", _OFFICE, states.SUBMITTED),
    Row("GET", _REPORTS + "attempts/<int:attempt_id>/transcript/", _OFFICE, states.SUBMITTED),
    Row("GET", _EXAM, _OFFICE, states.SUBMITTED),
    Row("GET", _SITTING + _QUESTION, _OFFICE, states.SUBMITTED),
    Row("GET", _EXAM + _QUESTION, _OFFICE, states.SUBMITTED),
]
