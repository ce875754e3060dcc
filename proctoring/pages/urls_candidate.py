"""Addresses of the candidate's watched pages."""

from django.urls import URLPattern, path

from proctoring.pages.candidate_room import exam_room
from proctoring.pages.check_in import check_in

_ATTEMPT = "i/<slug:slug>/attempts/<int:attempt_id>/"

urlpatterns: list[URLPattern] = [
    path(_ATTEMPT + "check-in/", check_in, name="attempt_check_in"),
    path(_ATTEMPT + "exam/", exam_room, name="attempt_exam"),
]
