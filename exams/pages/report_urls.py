"""Addresses of the report pages, below `i/<slug>/reports/`."""

from django.urls import URLPattern, path

from exams.pages.report_files import export_sitting
from exams.pages.report_transcript import transcript
from exams.pages.reports import question_statistics, reports, statistics

_SITTING = "sittings/<int:sitting_id>/"
_EXAM = "exams/<int:exam_id>/"
_QUESTION = "sections/<int:section_id>/questions/<int:question_id>/"

urlpatterns: list[URLPattern] = [
    path("", reports, name="reports"),
    path(_SITTING, statistics, name="sitting_statistics"),
    path(_SITTING + "export/", export_sitting, name="sitting_export"),
    path("attempts/<int:attempt_id>/transcript/", transcript, name="transcript"),
    path(_EXAM, statistics, name="exam_statistics"),
    path(_SITTING + _QUESTION, question_statistics, name="sitting_question_statistics"),
    path(_EXAM + _QUESTION, question_statistics, name="exam_question_statistics"),
]
