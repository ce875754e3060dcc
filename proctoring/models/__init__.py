"""Policies, monitoring sessions, incidents, evidence, identity and live events."""

from proctoring.models.browser_event import BrowserEvent
from proctoring.models.call import Call
from proctoring.models.call_recording import CallPiece
from proctoring.models.case import Case, CaseComment, CaseLook, CaseTag, Reading
from proctoring.models.compat import CompatKey, CompatLogin, CompatMeeting
from proctoring.models.coverage import CoverageMinute
from proctoring.models.decision_run import DecisionRun
from proctoring.models.evidence import EvidenceItem
from proctoring.models.evidence_proof import EvidenceManifest, SealedPackage
from proctoring.models.face_data import KeptFaceData
from proctoring.models.identity import (
    Consent,
    HeadBaseline,
    Notice,
    OfficerPhoto,
    PhotoUpload,
    ReferenceFace,
)
from proctoring.models.identity_check import DocumentCheck, IdentityCheck
from proctoring.models.incident import Incident
from proctoring.models.incident_export import IncidentExport, IncidentExportMail
from proctoring.models.interview import Interview, InterviewQuestion, InterviewSlot
from proctoring.models.keys import DataClass, DataKey, PersonKey
from proctoring.models.law_document import LawDocument
from proctoring.models.live_event import LiveEvent
from proctoring.models.liveness import LivenessCheck
from proctoring.models.measures import SessionMeasures
from proctoring.models.meeting import LiveWatch, Meeting, MeetingEvent, Participant
from proctoring.models.observed import ObservationMinute, ObservedClip, ObservedRules
from proctoring.models.outside import OutsideSession
from proctoring.models.own_meeting import MeetingInvitation, MeetingMail, MeetingStay
from proctoring.models.policy import Policy, PolicyAssignment
from proctoring.models.precision import DetectorPrecision, DetectorStanding, PrecisionTerms, StandingMail
from proctoring.models.reply import CaseMail, Reply, ReplyFile, ReplyWindow
from proctoring.models.report_file import ReportFile
from proctoring.models.review_settings import ReviewSettings, SampleDraw
from proctoring.models.rights import (
    DataExport,
    DeletionCertificate,
    ErasureRequest,
    LegalHold,
    RetentionPeriod,
    RetentionRun,
)
from proctoring.models.session import CandidateWarning, MonitoringSession
from proctoring.models.showing import Showing
from proctoring.models.supervision import ActResult, ActRun, ReadyText, ReasonCode, TimeGift
from proctoring.models.talk import ChatMessage, RaisedHand
from proctoring.models.voice import ReferenceVoice
from proctoring.models.watch_assignment import HandOver, WatchAssignment

__all__ = [
    "ActResult",
    "ActRun",
    "BrowserEvent",
    "Call",
    "CallPiece",
    "CandidateWarning",
    "Case",
    "CaseComment",
    "CaseLook",
    "CaseMail",
    "CaseTag",
    "ChatMessage",
    "CompatKey",
    "CompatLogin",
    "CompatMeeting",
    "Consent",
    "CoverageMinute",
    "DecisionRun",
    "DetectorPrecision",
    "DetectorStanding",
    "DataClass",
    "DataKey",
    "DataExport",
    "DeletionCertificate",
    "DocumentCheck",
    "ErasureRequest",
    "EvidenceItem",
    "EvidenceManifest",
    "HandOver",
    "HeadBaseline",
    "IdentityCheck",
    "Incident",
    "IncidentExport",
    "IncidentExportMail",
    "Interview",
    "InterviewQuestion",
    "InterviewSlot",
    "KeptFaceData",
    "LegalHold",
    "LawDocument",
    "LiveEvent",
    "LiveWatch",
    "LivenessCheck",
    "Meeting",
    "MeetingEvent",
    "MeetingInvitation",
    "MeetingMail",
    "MeetingStay",
    "MonitoringSession",
    "Notice",
    "ObservationMinute",
    "ObservedClip",
    "ObservedRules",
    "OfficerPhoto",
    "Participant",
    "OutsideSession",
    "PersonKey",
    "PhotoUpload",
    "Policy",
    "PolicyAssignment",
    "PrecisionTerms",
    "RaisedHand",
    "Reading",
    "ReadyText",
    "ReasonCode",
    "ReferenceFace",
    "ReferenceVoice",
    "Reply",
    "ReplyFile",
    "ReplyWindow",
    "ReportFile",
    "ReviewSettings",
    "SampleDraw",
    "RetentionPeriod",
    "RetentionRun",
    "SealedPackage",
    "SessionMeasures",
    "Showing",
    "StandingMail",
    "TimeGift",
    "WatchAssignment",
]
