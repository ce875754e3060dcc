"""One decision about many incidents, with what could not be done named, and taken back as one."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from accounts import audit
from accounts.models import AuditEntry, Institution, User
from proctor_site.kernel.errors import IllegalMove, InvalidInput, NotAllowed, Refusal
from proctoring.incidents.services import MOST_CHARACTERS, decide
from proctoring.models import Incident
from proctoring.states import INCIDENT_REVIEW

MOST = 500
"""Decided in one request."""
DECIDED, REOPENED = "incidents.decided", "incidents.reopened"
VERBS = ("dismiss", "acknowledge", "leave_inconclusive")
"""What may be decided of many at once. Not `uphold`: what speaks against a person is decided one at a time,
by somebody who has looked at it."""
REASONS = {
    "detector_mistaken": "The detector was mistaken",
    "harmless": "Harmless, allowed or explained",
    "same_event": "Part of an event that was looked at",
    "too_poor": "Picture or sound too poor to tell",
    "look_later": "Seen; looked at more closely later",
    "other": "Another reason (say which in the note)",
}


@dataclass(slots=True)
class Outcome:
    """What became of a run. `left`: number and why, of what was not changed."""

    entry: AuditEntry | None = None
    done: list[int] = field(default_factory=list)
    left: list[tuple[int, str]] = field(default_factory=list)


def why_not(incident: Incident, verb: str, actor: User) -> str:
    """Why the decision cannot be made about this one; "" when it can. The decision itself asks again."""
    try:
        INCIDENT_REVIEW.target(incident.review_state, verb)
    except IllegalMove:
        return f"is {incident.get_review_state_display()} already"
    if incident.session.candidate_id == actor.pk:
        return "is about your own attempt"
    return "" if actor.has_perm("proctoring.decide_incident", incident) else "you may not decide about it"


def check(verb: str, reason: str, note: str) -> None:
    """Raises InvalidInput (fields "verb", "reason", "note") for what cannot be asked of many at once."""
    if verb not in VERBS:
        raise InvalidInput("This is decided one incident at a time.", field="verb")
    if reason not in REASONS:
        raise InvalidInput("Choose a reason.", field="reason")
    if reason == "other" and not note.strip():
        raise InvalidInput("Say in the note which reason it is.", field="note")
    if len(note) > MOST_CHARACTERS - 100 or "\x00" in note:
        raise InvalidInput(f"The note may have up to {MOST_CHARACTERS - 100} characters.", field="note")


def with_rights(rows: "QuerySet[Incident]") -> "QuerySet[Incident]":
    """The rows with all that a decision asks about each of them."""
    return rows.select_related("institution", "sitting", "session__candidate", "session__attempt")


def decide_many(
    institution: Institution,
    incidents: Iterable[Incident],
    verb: str,
    *,
    actor: User,
    reason: str,
    note: str = "",
) -> Outcome:
    """Decides each by itself: what is refused is named and stops no other.

    Raises InvalidInput (fields "verb", "reason", "note") before anything is done, also for more than `MOST`.
    """
    check(verb, reason, note)
    chosen = list(incidents)
    if len(chosen) > MOST:
        raise InvalidInput(f"At most {MOST} at once: narrow the filter.", field="verb")
    run, outcome = uuid.uuid4().hex, Outcome()
    words = f"{REASONS[reason]}. {note.strip()}".strip()
    for incident in chosen:
        try:
            decide(incident, verb, actor=actor, note=words, run=run)
            outcome.done.append(incident.pk)
        except Refusal as refusal:
            outcome.left.append((incident.pk, refusal.message))
    detail = {"run": run, "verb": verb, "reason": reason, "note": note.strip()}
    detail_all = {**detail, "done": outcome.done, "left": [list(each) for each in outcome.left]}
    outcome.entry = audit.record(institution, actor, DECIDED, actor=actor, detail=detail_all)
    return outcome


def run_of(institution: Institution, number: int, actor: User) -> AuditEntry:
    """The entry of a run of this person. Raises NotAllowed for any other."""
    rows = AuditEntry.objects.filter(institution=institution, pk=number, verb=DECIDED, actor=actor)
    entry = rows.first()
    if entry is None or not entry.detail.get("run"):
        raise NotAllowed("There is no such run of yours here.")
    return entry


def undo(institution: Institution, entry: AuditEntry, *, actor: User) -> Outcome:
    """Reopens what the run decided and nobody has touched since."""
    outcome, told = Outcome(), entry.detail
    target = {"dismiss": "dismissed", "acknowledge": "acknowledged", "leave_inconclusive": "inconclusive"}
    rows = Incident.objects.filter(institution=institution, pk__in=told["done"])
    incidents = with_rights(rows)
    latest = _latest(institution, incidents)
    for incident in incidents.order_by("-pk"):
        if incident.review_state != target[told["verb"]] or latest.get(incident.pk) != told["run"]:
            outcome.left.append((incident.pk, "was changed since"))
            continue
        try:
            decide(incident, "reopen", actor=actor, note="Taken back together.", run=told["run"])
            outcome.done.append(incident.pk)
        except Refusal as refusal:
            outcome.left.append((incident.pk, refusal.message))
    detail = {"run": told["run"], "done": outcome.done, "left": [list(each) for each in outcome.left]}
    outcome.entry = audit.record(institution, actor, REOPENED, actor=actor, detail=detail)
    return outcome


def _latest(institution: Institution, incidents: Sequence[Incident] | Iterable[Incident]) -> dict[int, str]:
    """By incident: the run of its latest entry; "" when that was none."""
    streams = {audit.stream_of(each): each.pk for each in incidents}
    found: dict[int, str] = {}
    rows = AuditEntry.objects.filter(Q(institution=institution), stream__in=list(streams))
    for stream, detail in rows.order_by("sequence").values_list("stream", "detail"):
        found[streams[stream]] = str(detail.get("run", ""))
    return found
