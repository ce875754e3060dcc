"""Addresses of interviews about a case."""

from django.urls import URLPattern, path

from proctoring.pages.interview_sheet import interview_notes, interview_questions
from proctoring.pages.interviews import (
    interview,
    interview_close,
    interview_new,
    interview_outcome,
    interview_times,
)
from proctoring.pages.my_record_interview import my_record_interview

_ONE = "i/<slug:slug>/interviews/<int:interview_id>/"

urlpatterns: list[URLPattern] = [
    path("i/<slug:slug>/cases/<int:case_id>/interviews/new/", interview_new, name="interview_new"),
    path(_ONE, interview, name="interview"),
    path(_ONE + "times/", interview_times, name="interview_times"),
    path(_ONE + "cancel/", interview_close, {"how": "cancel"}, name="interview_cancel"),
    path(_ONE + "missed/", interview_close, {"how": "missed"}, name="interview_missed"),
    path(_ONE + "outcome/", interview_outcome, name="interview_outcome"),
    path(_ONE + "questions/", interview_questions, name="interview_questions"),
    path(_ONE + "notes/", interview_notes, name="interview_notes"),
    path(
        "i/<slug:slug>/my-record/<int:attempt_id>/interviews/<int:number>/",
        my_record_interview,
        name="my_record_interview",
    ),
]
