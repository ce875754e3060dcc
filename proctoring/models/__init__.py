"""Policies, monitoring sessions, incidents, evidence, identity and live events."""

from proctoring.models.browser_event import BrowserEvent
from proctoring.models.call import Call
from proctoring.models.call_recording import CallPiece
from proctoring.models.evidence import EvidenceItem
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
from proctoring.models.live_event import LiveEvent
from proctoring.models.liveness import LivenessCheck
from proctoring.models.measures import SessionMeasures
from proctoring.models.meeting import LiveWatch, Meeting, MeetingEvent, Participant
from proctoring.models.own_meeting import MeetingInvitation, MeetingMail, MeetingStay
from proctoring.models.policy import Policy, PolicyAssignment
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
    "ChatMessage",
    "Consent",
    "DocumentCheck",
    "EvidenceItem",
    "HandOver",
    "HeadBaseline",
    "IdentityCheck",
    "Incident",
    "KeptFaceData",
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
    "OfficerPhoto",
    "Participant",
    "PhotoUpload",
    "Policy",
    "PolicyAssignment",
    "RaisedHand",
    "ReadyText",
    "ReasonCode",
    "ReferenceFace",
    "ReferenceVoice",
    "SessionMeasures",
    "Showing",
    "TimeGift",
    "WatchAssignment",
]
