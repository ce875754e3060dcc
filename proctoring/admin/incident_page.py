"""What the page of one incident shows: decision, evidence, words and numbers, neighbours in the queue."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts import audit
from accounts.masks import Words
from accounts.models import AuditEntry, User
from proctor_site.kernel.errors import IllegalMove
from proctoring.admin import detectors
from proctoring.evidence import custody
from proctoring.incidents import services
from proctoring.models import EvidenceItem, Incident
from proctoring.models.evidence import EvidenceKind
from proctoring.permissions import may_see_incidents
from proctoring.reports.facts import offset_in_words
from proctoring.review import precision
from proctoring.review.intervals import Figures
from proctoring.states import INCIDENT_REVIEW


@dataclass(frozen=True, slots=True)
class Verb:
    """One decision: its service, what the button says, its key, and the word for what was done."""

    act: Callable[..., Incident]
    label: str
    key: str
    done: str
    help: str


VERBS = {
    "uphold": Verb(services.uphold, "Uphold", "u", "upheld", "It shows what it claims."),
    "dismiss": Verb(services.dismiss, "Dismiss", "d", "dismissed", "A mistake of the machine, or harmless."),
    "leave_inconclusive": Verb(
        services.leave_inconclusive, "Inconclusive", "i", "left inconclusive", "The evidence cannot tell."
    ),
    "acknowledge": Verb(services.acknowledge, "Acknowledge", "a", "acknowledged", "Seen; decide later."),
    "reopen": Verb(services.reopen, "Reopen", "r", "reopened", "Takes the decision back."),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A button of the page. `blocked`: why it cannot be used now, or ""."""

    name: str
    label: str
    key: str
    help: str
    blocked: str


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One evidence picture or film. `offset`: seconds after the incident began; `url`: for this viewer."""

    item: EvidenceItem
    url: str
    offset: int

    @property
    def offset_words(self) -> str:
        return offset_in_words(self.offset)


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decided. `to`: the state since then."""

    at: datetime
    to: str
    by: User | None
    reason: str


def choices_of(incident: Incident) -> list[Choice]:
    """Every decision, with the reason why it is blocked in this state."""
    choices = []
    for name, verb in VERBS.items():
        blocked = ""
        try:
            INCIDENT_REVIEW.target(incident.review_state, name)
        except IllegalMove as refusal:
            blocked = _why_blocked(incident, name) or refusal.message
        choices.append(Choice(name, verb.label, verb.key, verb.help, blocked))
    return choices


def _why_blocked(incident: Incident, name: str) -> str:
    if name == "reopen":
        return "Nothing has been decided yet."
    if incident.review_state == "acknowledged":
        return "Already acknowledged."
    return f"Already {incident.get_review_state_display()}. Reopen it to decide again."


def may_decide(viewer: User, incident: Incident) -> bool:
    """Whether the buttons are offered; the service checks again."""
    return (
        viewer.has_perm("proctoring.decide_incident", incident)
        and incident.session.candidate_id != viewer.pk
        and may_see_incidents(viewer, incident.sitting, incident.institution)
    )


def may_see_evidence(viewer: User, incident: Incident) -> bool:
    """Whether evidence pictures are shown; the evidence page checks again."""
    return viewer.has_perm("proctoring.view_evidence", incident) and may_see_incidents(
        viewer, incident.sitting, incident.institution
    )


def exhibits_of(
    incident: Incident, viewer: User, slug: str, kinds: Collection[str] = (EvidenceKind.CAMERA_FRAME,)
) -> list[Exhibit]:
    """All evidence of these kinds in order of time: pictures of the camera, or of the screen."""
    items = EvidenceItem.objects.filter(incident=incident, kind__in=kinds, erased_at=None)
    return [
        Exhibit(
            item,
            custody.address_of(item.pk, viewer, slug),
            round((item.captured_at - incident.started_at).total_seconds()),
        )
        for item in items.order_by("captured_at", "sequence")
    ]


def first_at_start(exhibits: list[Exhibit]) -> int:
    """Place of the picture that is shown first: the first one in which the incident had begun."""
    return next((place for place, each in enumerate(exhibits) if each.offset >= 0), 0)


def measurements_of(incident: Incident) -> list[tuple[str, Any]]:
    """Names in words and values of the measurements, in a fixed order."""
    return [(detectors.measure_name(name), value) for name, value in sorted(incident.measurements.items())]


def precision_of(incident: Incident) -> list[tuple[str, str]]:
    """How often people here agreed with its detector: in all, and in the light of this one."""
    here = incident.institution
    told = [("Detector here", precision.figures_of_kinds(here).get(incident.kind, Figures()).words)]
    if incident.light:
        by_light = precision.broken_down(here, "light").get(incident.kind, {})
        found = by_light.get(incident.light, Figures())
        told.append((f"In this light ({incident.get_light_display()})", found.words))
    return told


def decisions_of(incident: Incident, words: Words) -> list[Decision]:
    """What people decided about it so far, latest first; their reasons go through `words`."""
    verbs = [f"incident.{name}" for name in VERBS]
    rows = AuditEntry.objects.filter(stream=audit.stream_of(incident), verb__in=verbs)
    return [
        Decision(row.at, str(row.detail.get("to", "")), row.actor, words(str(row.detail.get("reason") or "")))
        for row in rows.select_related("actor").order_by("-sequence")
    ]
