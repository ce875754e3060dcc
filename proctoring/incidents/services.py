"""The only writer of incidents: what the time rules decided, and what people decide about it."""

from django.db import transaction

from accounts.models import User
from accounts.transitions import apply_move
from proctor_site.kernel import clock
from proctor_site.kernel.errors import InvalidInput, NotAllowed
from proctoring.incidents.queries import incident_shape
from proctoring.incidents.recording import close_open, record
from proctoring.incidents.signals import incident_reviewed
from proctoring.live.publish import record_event
from proctoring.models import Incident
from proctoring.models.live_event import Audience
from proctoring.permissions import may_see_incidents
from proctoring.states import INCIDENT_REVIEW

__all__ = [
    "acknowledge",
    "close_open",
    "decide",
    "dismiss",
    "leave_inconclusive",
    "record",
    "reopen",
    "uphold",
]

MOST_CHARACTERS = 4_000


def acknowledge(incident: Incident, *, actor: User, note: str = "") -> Incident:
    """Somebody has seen it; the verdict is still open."""
    return decide(incident, "acknowledge", actor=actor, note=note)


def uphold(incident: Incident, *, actor: User, note: str = "") -> Incident:
    """The incident shows what it claims."""
    return decide(incident, "uphold", actor=actor, note=note)


def dismiss(incident: Incident, *, actor: User, note: str = "") -> Incident:
    """The incident is a mistake of the machine, or harmless."""
    return decide(incident, "dismiss", actor=actor, note=note)


def leave_inconclusive(incident: Incident, *, actor: User, note: str = "") -> Incident:
    """It cannot be told from the evidence."""
    return decide(incident, "leave_inconclusive", actor=actor, note=note)


def reopen(incident: Incident, *, actor: User, note: str = "") -> Incident:
    """Takes a decision back; the earlier one stays in the audit log."""
    return decide(incident, "reopen", actor=actor, note=note)


def decide(incident: Incident, verb: str, *, actor: User, note: str = "", run: str = "") -> Incident:
    """One move of the review, with who, when and why, audited and told to proctors; `run`: one of many.

    Raises NotAllowed for people without the right (the candidate never has it, whatever their roles),
    InvalidInput (field "note"), IllegalMove, Conflict.
    """
    session = incident.session
    allowed = actor.has_perm("proctoring.decide_incident", incident)
    if (
        not allowed
        or session.candidate_id == actor.pk
        or not may_see_incidents(actor, incident.sitting, incident.institution)
    ):
        raise NotAllowed("You may not decide about this incident.")
    if not isinstance(note, str) or len(note) > MOST_CHARACTERS or "\x00" in note:
        raise InvalidInput(f"The note may have up to {MOST_CHARACTERS} ordinary characters.", field="note")
    before = incident.review_state
    with transaction.atomic():
        apply_move(
            incident,
            INCIDENT_REVIEW,
            verb,
            actor=actor,
            column="review_state",
            values={"reviewer": actor, "reviewed_at": clock.now(), "review_note": note.strip()},
            reason=note.strip(),
            detail={"run": run} if run else None,
        )
        incident_reviewed.send(sender=Incident, incident=incident, verb=verb, before=before, actor=actor)
        if incident.sitting is not None:
            record_event(
                incident.institution,
                kind="incident.reviewed",
                payload={**incident_shape(incident), "reviewer": str(actor)},
                audience=Audience.PROCTORS,
                sitting=incident.sitting,
                attempt=session.attempt,
            )
    return incident
