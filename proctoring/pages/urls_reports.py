"""Addresses of the reports about attempts and sittings."""

from django.urls import URLPattern, path

from proctoring.pages.look_asked_for import ask_for_look
from proctoring.pages.report_files import ask_for_pdf, report_download, report_file
from proctoring.pages.report_sitting import sitting_report, sitting_report_export
from proctoring.pages.reports import attempt_report, session_report

_HERE = "i/<slug:slug>/reports/proctoring/"
_ATTEMPT = _HERE + "attempts/<int:attempt_id>/"
_SITTING = _HERE + "sittings/<int:sitting_id>/"
_SESSION = _HERE + "sessions/<uuid:public_id>/"

urlpatterns: list[URLPattern] = [
    path(_ATTEMPT, attempt_report, name="proctoring_attempt_report"),
    path(_SITTING, sitting_report, name="proctoring_sitting_report"),
    path(_SITTING + "export/", sitting_report_export, name="proctoring_sitting_export"),
    path(_SESSION + "pdf/", ask_for_pdf, name="proctoring_report_ask"),
    path(_HERE + "files/<int:report_id>/", report_file, name="proctoring_report_file"),
    path(_HERE + "files/<int:report_id>/download/", report_download, name="proctoring_report_download"),
    path(_SESSION + "look/", ask_for_look, name="proctoring_ask_for_look"),
    path(_SESSION, session_report, name="proctoring_session_report"),
]
