"""Addresses of the API, version 1."""

from django.urls import URLPattern, URLResolver, include, path

from proctoring.api.acts import (
    ActOnMany,
    GiveTime,
    SittingWording,
    TakeTimeBack,
    UndoActs,
    WithdrawWarning,
)
from proctoring.api.browser_events import SendBrowserEvents
from proctoring.api.calls import ReportCallRecording, SendCallPiece
from proctoring.api.check_in import (
    BaselineLook,
    CameraLook,
    CompleteCheckIn,
    ConsentToCapture,
    ReferencePhoto,
)
from proctoring.api.clips import CandidateVoice, SendClip
from proctoring.api.frames import SendFrame
from proctoring.api.identity import PersonCheck, ShowDocument
from proctoring.api.incidents import AcknowledgeIncident
from proctoring.api.live_events import LiveEvents
from proctoring.api.liveness import TurnHead, TurnLooks
from proctoring.api.reports import AttemptReportView, SessionReportView
from proctoring.api.screens import SendScreen, SendScreenClip
from proctoring.api.showings import (
    AskToShow,
    BeginShowing,
    CancelShowing,
    DeclineShowing,
    FinishShowing,
    ShowFace,
    ShowPicture,
)
from proctoring.api.sittings import SittingCandidates, SittingEvents
from proctoring.api.supervision import (
    AcknowledgeWarning,
    Admit,
    Pause,
    Reinstate,
    Resume,
    Terminate,
    Warnings,
)

_ATTEMPT = "attempts/<int:attempt_id>/"
_SHOWING = "showings/<int:showing_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("proctoring.api.urls_talk")),
    path("sessions/<uuid:public_id>/frames/", SendFrame.as_view(), name="api_session_frames"),
    path("sessions/<uuid:public_id>/clips/", SendClip.as_view(), name="api_session_clips"),
    path("sessions/<uuid:public_id>/screens/", SendScreen.as_view(), name="api_session_screens"),
    path(
        "sessions/<uuid:public_id>/screen-clips/", SendScreenClip.as_view(), name="api_session_screen_clips"
    ),
    path(_ATTEMPT + "voice/", CandidateVoice.as_view(), name="api_attempt_voice"),
    path(
        "sessions/<uuid:public_id>/browser-events/",
        SendBrowserEvents.as_view(),
        name="api_session_browser_events",
    ),
    path("calls/<int:call_id>/recording/", SendCallPiece.as_view(), name="api_call_recording"),
    path(
        "calls/<int:call_id>/recording/report/",
        ReportCallRecording.as_view(),
        name="api_call_recording_report",
    ),
    path(_ATTEMPT + "consent/", ConsentToCapture.as_view(), name="api_attempt_consent"),
    path(_ATTEMPT + "look/", CameraLook.as_view(), name="api_attempt_look"),
    path(_ATTEMPT + "reference-photo/", ReferencePhoto.as_view(), name="api_attempt_reference_photo"),
    path(_ATTEMPT + "document/", ShowDocument.as_view(), name="api_attempt_document"),
    path(_ATTEMPT + "identity-check/", PersonCheck.as_view(), name="api_attempt_identity_check"),
    path(_ATTEMPT + "baseline/", BaselineLook.as_view(), name="api_attempt_baseline"),
    path(_ATTEMPT + "liveness/", TurnHead.as_view(), name="api_attempt_liveness"),
    path(_ATTEMPT + "liveness/looks/", TurnLooks.as_view(), name="api_attempt_liveness_looks"),
    path(_ATTEMPT + "check-in/complete/", CompleteCheckIn.as_view(), name="api_attempt_check_in_complete"),
    path(_ATTEMPT + "warnings/", Warnings.as_view(), name="api_attempt_warnings"),
    path(_ATTEMPT + "pause/", Pause.as_view(), name="api_attempt_pause"),
    path(_ATTEMPT + "resume/", Resume.as_view(), name="api_attempt_resume"),
    path(_ATTEMPT + "terminate/", Terminate.as_view(), name="api_attempt_terminate"),
    path(_ATTEMPT + "reinstate/", Reinstate.as_view(), name="api_attempt_reinstate"),
    path(_ATTEMPT + "admit/", Admit.as_view(), name="api_attempt_admit"),
    path(_ATTEMPT + "showings/", AskToShow.as_view(), name="api_attempt_showings"),
    path(_SHOWING + "begin/", BeginShowing.as_view(), name="api_showing_begin"),
    path(_SHOWING + "decline/", DeclineShowing.as_view(), name="api_showing_decline"),
    path(_SHOWING + "finish/", FinishShowing.as_view(), name="api_showing_finish"),
    path(_SHOWING + "cancel/", CancelShowing.as_view(), name="api_showing_cancel"),
    path(_SHOWING + "pictures/", ShowPicture.as_view(), name="api_showing_pictures"),
    path(_SHOWING + "photo/", ShowFace.as_view(), name="api_showing_photo"),
    path(_ATTEMPT + "time/", GiveTime.as_view(), name="api_attempt_time"),
    path("time-gifts/<int:gift_id>/take-back/", TakeTimeBack.as_view(), name="api_time_gift_take_back"),
    path("warnings/<int:warning_id>/withdraw/", WithdrawWarning.as_view(), name="api_warning_withdraw"),
    path("sittings/<int:sitting_id>/actions/", ActOnMany.as_view(), name="api_sitting_actions"),
    path("sittings/<int:sitting_id>/wording/", SittingWording.as_view(), name="api_sitting_wording"),
    path("actions/<int:run_id>/undo/", UndoActs.as_view(), name="api_action_undo"),
    path(
        "warnings/<int:warning_id>/acknowledge/", AcknowledgeWarning.as_view(), name="api_warning_acknowledge"
    ),
    path("sittings/<int:sitting_id>/candidates/", SittingCandidates.as_view(), name="api_sitting_candidates"),
    path("sittings/<int:sitting_id>/events/", SittingEvents.as_view(), name="api_sitting_events"),
    path(
        "incidents/<int:incident_id>/acknowledge/",
        AcknowledgeIncident.as_view(),
        name="api_incident_acknowledge",
    ),
    path(_ATTEMPT + "report/", AttemptReportView.as_view(), name="api_attempt_report"),
    path("sessions/<uuid:public_id>/report/", SessionReportView.as_view(), name="api_session_report"),
    path("live/events/<slug:provider_name>/", LiveEvents.as_view(), name="api_live_events"),
]
