"""Addresses of the pages."""

from django.urls import URLPattern, URLResolver, include, path

from exams.pages.announcements import announcement_withdrawal, sitting_announcements
from exams.pages.begin import begin
from exams.pages.dashboard import home
from exams.pages.done import done
from exams.pages.enrolment import enrolment
from exams.pages.exam_page import questions
from exams.pages.marking_urls import marking_patterns
from exams.pages.practice import throw_away
from exams.pages.report_transcript import own_transcript
from exams.pages.safe_browser import (
    safe_browser_end,
    safe_browser_file,
    safe_browser_launch,
    safe_browser_start,
)
from exams.pages.self_enrolment import self_enrolment
from exams.pages.waiting import waiting

_SITTING = "i/<slug:slug>/sittings/<int:sitting_id>/"
_ATTEMPT = "i/<slug:slug>/attempts/<int:attempt_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("enrol/<str:secret>/", self_enrolment, name="self_enrolment"),
    path("safe-browser/<str:ticket>/exam.seb", safe_browser_launch, name="safe_browser_launch"),
    path(_SITTING + "safe-browser/", safe_browser_start, name="safe_browser_start"),
    path(_SITTING + "safe-browser/end/", safe_browser_end, name="safe_browser_end"),
    path(_SITTING + "safe-browser/exam.seb", safe_browser_file, name="safe_browser_file"),
    path(_SITTING + "begin/", begin, name="begin_sitting"),
    path(_SITTING + "announcements/", sitting_announcements, name="sitting_announcements"),
    path(
        _SITTING + "announcements/<int:announcement_id>/withdraw/",
        announcement_withdrawal,
        name="announcement_withdrawal",
    ),
    path("i/<slug:slug>/enrolments/<int:enrolment_id>/", enrolment, name="enrolment"),
    path("i/<slug:slug>/reports/", include("exams.pages.report_urls")),
    path(_ATTEMPT + "transcript/", own_transcript, name="own_transcript"),
    path(_ATTEMPT + "waiting/", waiting, name="attempt_waiting"),
    path(_ATTEMPT + "questions/", questions, name="attempt_questions"),
    path(_ATTEMPT + "done/", done, name="attempt_done"),
    path(_ATTEMPT + "throw-away/", throw_away, name="attempt_throw_away"),
    *marking_patterns,
]
