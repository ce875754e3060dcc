"""Addresses of the public API about incidents, evidence, cases and meetings, below /api/v1/institution/."""

from django.urls import URLPattern, URLResolver, path

from proctoring.api.office.cases import OfficeCase, OfficeCases
from proctoring.api.office.evidence import EvidenceFile, EvidenceLink
from proctoring.api.office.incidents import OfficeIncident, OfficeIncidents
from proctoring.api.office.meetings import CancelMeeting, EndMeeting, OfficeMeeting, OfficeMeetings
from proctoring.api.office.participants import Participants, ResendParticipant, RevokeParticipant
from proctoring.api.office.session_captures import (
    CaptureTokens,
    SessionBrowserEvents,
    SessionClips,
    SessionFrames,
)
from proctoring.api.office.session_figures import (
    SessionAlerts,
    SessionEmotions,
    SessionMetrics,
    SessionReport,
)
from proctoring.api.office.session_warnings import SessionWarnings, WarningShown
from proctoring.api.office.sessions import EndSession, OneOutsideSession, OutsideSessions, SessionConsent

_EVIDENCE = "evidence/<int:evidence_id>/"
_MEETING = "meetings/<int:meeting_id>/"
_PARTICIPANT = _MEETING + "participants/<int:participant_id>/"

_SESSION = "sessions/<str:session_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("incidents/", OfficeIncidents.as_view(), name="api_office_incidents"),
    path("incidents/<int:incident_id>/", OfficeIncident.as_view(), name="api_office_incident"),
    path(_EVIDENCE + "link/", EvidenceLink.as_view(), name="api_office_evidence_link"),
    path(_EVIDENCE + "file/", EvidenceFile.as_view(), name="api_office_evidence_file"),
    path("sessions/", OutsideSessions.as_view(), name="api_outside_sessions"),
    path(_SESSION, OneOutsideSession.as_view(), name="api_outside_session"),
    path(_SESSION + "consent/", SessionConsent.as_view(), name="api_outside_session_consent"),
    path(_SESSION + "end/", EndSession.as_view(), name="api_outside_session_end"),
    path(_SESSION + "capture-token/", CaptureTokens.as_view(), name="api_outside_session_capture_token"),
    path(_SESSION + "frames/", SessionFrames.as_view(), name="api_outside_session_frames"),
    path(_SESSION + "clips/", SessionClips.as_view(), name="api_outside_session_clips"),
    path(
        _SESSION + "browser-events/",
        SessionBrowserEvents.as_view(),
        name="api_outside_session_browser_events",
    ),
    path(_SESSION + "metrics/", SessionMetrics.as_view(), name="api_outside_session_metrics"),
    path(_SESSION + "alerts/", SessionAlerts.as_view(), name="api_outside_session_alerts"),
    path(_SESSION + "emotions/", SessionEmotions.as_view(), name="api_outside_session_emotions"),
    path(_SESSION + "report/", SessionReport.as_view(), name="api_outside_session_report"),
    path(_SESSION + "warnings/", SessionWarnings.as_view(), name="api_outside_session_warnings"),
    path(
        _SESSION + "warnings/<int:warning_id>/shown/",
        WarningShown.as_view(),
        name="api_outside_session_warning_shown",
    ),
    path("cases/", OfficeCases.as_view(), name="api_office_cases"),
    path("cases/<int:case_id>/", OfficeCase.as_view(), name="api_office_case"),
    path("meetings/", OfficeMeetings.as_view(), name="api_office_meetings"),
    path(_MEETING, OfficeMeeting.as_view(), name="api_office_meeting"),
    path(_MEETING + "cancel/", CancelMeeting.as_view(), name="api_office_meeting_cancel"),
    path(_MEETING + "end/", EndMeeting.as_view(), name="api_office_meeting_end"),
    path(_MEETING + "participants/", Participants.as_view(), name="api_office_participants"),
    path(_PARTICIPANT + "resend/", ResendParticipant.as_view(), name="api_office_participant_resend"),
    path(_PARTICIPANT + "revoke/", RevokeParticipant.as_view(), name="api_office_participant_revoke"),
]
