"""Shared reads of incidents: how events and the API show one, and what waits in a sitting."""

from dataclasses import dataclass
from typing import Any

from exams.models import Attempt, Sitting
from proctoring.evidence import sounds
from proctoring.live.messages import iso
from proctoring.models import EvidenceItem, Incident
from proctoring.models.evidence import EvidenceKind
from proctoring.observations import Severity
from proctoring.states import UNREVIEWED


@dataclass(frozen=True, slots=True)
class Need:
    """Why a proctor should look at an attempt. `worst`: severity of the gravest unreviewed one, or ""."""

    going_on: int = 0
    unreviewed: int = 0
    total: int = 0
    worst: str = ""


def incident_shape(incident: Incident) -> dict[str, Any]:
    """An incident as events carry it. Evidence has no addresses: they are made per viewer on delivery."""
    session = incident.session
    items = list(
        EvidenceItem._base_manager.filter(incident_id=incident.pk).order_by("captured_at", "sequence")
    )
    pictures = [item for item in items if item.kind == EvidenceKind.CAMERA_FRAME]
    heard = [item for item in items if item.kind == EvidenceKind.SOUND]
    screens = [item for item in items if item.kind == EvidenceKind.SCREEN]
    films = [item for item in items if item.kind == EvidenceKind.SCREEN_CLIP]
    watched = [item for item in items if item.kind == EvidenceKind.LIVE_VIDEO]
    return {
        "incident": incident.pk,
        "attempt": session.attempt_id,
        "candidate": {"id": session.candidate_id, "name": str(session.candidate or "")},
        "kind": str(incident.kind),
        "severity": str(incident.severity),
        "advisory": incident.advisory,
        "confidence": round(incident.confidence, 3),
        "explanation": incident.explanation,
        "started_at": iso(incident.started_at),
        "last_seen_at": iso(incident.last_seen_at),
        "ended_at": iso(incident.ended_at),
        "count": incident.count,
        "repeats": incident.repeats,
        "review_state": incident.review_state,
        "evidence": [{"id": item.pk, "captured_at": iso(item.captured_at)} for item in pictures],
        "sounds": [
            {
                "id": item.pk,
                "captured_at": iso(item.captured_at),
                "seconds": item.about.get("seconds"),
                "text": sounds.text_of(item.about),
            }
            for item in heard
        ],
        "screens": [{"id": item.pk, "captured_at": iso(item.captured_at)} for item in screens],
        "screen_clips": [
            {"id": item.pk, "captured_at": iso(item.captured_at), "seconds": item.about.get("seconds")}
            for item in films
        ],
        "live_clips": [
            {"id": item.pk, "captured_at": iso(item.captured_at), "seconds": item.about.get("seconds")}
            for item in watched
        ],
    }


def needs_of(sitting: Sitting) -> dict[int, Need]:
    """What waits in a sitting, by attempt; attempts without incidents are left out."""
    rows = Incident.objects.filter(sitting=sitting).values_list(
        "session__attempt_id", "severity", "review_state", "ended_at"
    )
    found: dict[int, Need] = {}
    for attempt_id, severity, review_state, ended_at in rows:
        before = found.get(attempt_id, Need())
        waits = review_state == UNREVIEWED
        found[attempt_id] = Need(
            before.going_on + (ended_at is None),
            before.unreviewed + waits,
            before.total + 1,
            _graver(before.worst, severity) if waits else before.worst,
        )
    return found


def of_attempt(attempt: Attempt) -> list[Incident]:
    """Incidents of an attempt, newest first."""
    rows = Incident.objects.filter(session__attempt=attempt).select_related("session__candidate")
    return list(rows.order_by("-id"))


def _graver(one: str, other: str) -> str:
    return other if not one or Severity(other).rank > Severity(one).rank else one
