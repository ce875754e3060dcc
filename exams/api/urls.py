"""Addresses of the API, version 1."""

from django.urls import URLPattern, URLResolver, path

from exams.api.announcements import AcknowledgeAnnouncement, Announcements
from exams.api.answers import AttemptReceipt, SaveAnswers, SendLateAnswers
from exams.api.attempts import (
    AttemptDetail,
    EndBreak,
    StartAttempt,
    SubmitAttempt,
    TakeBreak,
    TakeOverAttempt,
)
from exams.api.files import DownloadAnswerFile, KeepAnswerFile
from exams.api.media import MediaFile
from exams.api.navigation import CloseSection, LeaveQuestion, OpenSection
from exams.api.paper import AttemptPaper
from exams.api.safe_browser import ProveSafeBrowser

urlpatterns: list[URLPattern | URLResolver] = [
    path("media/<uuid:media_id>/", MediaFile.as_view(), name="api_media"),
    path("attempts/<int:attempt_id>/", AttemptDetail.as_view(), name="api_attempt"),
    path("attempts/<int:attempt_id>/paper/", AttemptPaper.as_view(), name="api_attempt_paper"),
    path("attempts/<int:attempt_id>/safe-browser/", ProveSafeBrowser.as_view(), name="api_safe_browser"),
    path("attempts/<int:attempt_id>/start/", StartAttempt.as_view(), name="api_attempt_start"),
    path("attempts/<int:attempt_id>/answers/", SaveAnswers.as_view(), name="api_attempt_answers"),
    path(
        "attempts/<int:attempt_id>/late-answers/", SendLateAnswers.as_view(), name="api_attempt_late_answers"
    ),
    path("attempts/<int:attempt_id>/break/", TakeBreak.as_view(), name="api_attempt_break"),
    path("attempts/<int:attempt_id>/break/end/", EndBreak.as_view(), name="api_attempt_break_end"),
    path("attempts/<int:attempt_id>/take-over/", TakeOverAttempt.as_view(), name="api_attempt_take_over"),
    path("attempts/<int:attempt_id>/submit/", SubmitAttempt.as_view(), name="api_attempt_submit"),
    path("attempts/<int:attempt_id>/leave/", LeaveQuestion.as_view(), name="api_attempt_leave"),
    path(
        "attempts/<int:attempt_id>/sections/<int:section_id>/open/",
        OpenSection.as_view(),
        name="api_section_open",
    ),
    path(
        "attempts/<int:attempt_id>/sections/<int:section_id>/close/",
        CloseSection.as_view(),
        name="api_section_close",
    ),
    path(
        "attempts/<int:attempt_id>/announcements/", Announcements.as_view(), name="api_attempt_announcements"
    ),
    path(
        "attempts/<int:attempt_id>/announcements/<int:announcement_id>/acknowledge/",
        AcknowledgeAnnouncement.as_view(),
        name="api_announcement_acknowledge",
    ),
    path("attempts/<int:attempt_id>/files/", KeepAnswerFile.as_view(), name="api_attempt_files"),
    path("answer-files/<uuid:file_id>/", DownloadAnswerFile.as_view(), name="api_answer_file"),
    path("attempts/<int:attempt_id>/receipt/", AttemptReceipt.as_view(), name="api_attempt_receipt"),
]
