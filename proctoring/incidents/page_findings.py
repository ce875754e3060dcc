"""Writes incidents out of what the exam page noted: one of a kind until a person has decided about it."""

from datetime import datetime

from django.db.models import QuerySet

from proctoring.browser.events import BrowserKind
from proctoring.browser.rules import Finding
from proctoring.browser.terms import Terms
from proctoring.incidents import screen_evidence
from proctoring.incidents.recording import moment, tell_proctors
from proctoring.incidents.rule_names import terms_name
from proctoring.incidents.standing import advisory_among
from proctoring.models import Incident, MonitoringSession
from proctoring.observations import Severity
from proctoring.states import ACKNOWLEDGED, UNREVIEWED

_OPEN = (UNREVIEWED, ACKNOWLEDGED)
ENGINE = "the candidate's browser"


def last_verdict(session: MonitoringSession, kind: BrowserKind) -> datetime | None:
    """When a person last decided about an incident of the kind; what comes afterwards is a new question."""
    decided = _of(session, kind).exclude(review_state__in=_OPEN).order_by("-reviewed_at").first()
    return decided.reviewed_at if decided else None


def write(session: MonitoringSession, finding: Finding, terms: Terms) -> Incident:
    """Opens the incident of a finding or brings it up to date; call it in a transaction, holding the session.

    `terms`: those by which it was found. It is over at once: what a browser tells lies in the past. No
    picture of the camera is kept with it.
    """
    name = terms_name(finding.kind, terms)
    advisory = bool(advisory_among(session.institution_id, {finding.kind: name}))
    figures = _figures(finding, advisory=advisory)
    found = _of(session, finding.kind).filter(review_state__in=_OPEN).order_by("-id").first()
    if found is None:
        opened = Incident.objects.create(
            institution=session.institution,
            session=session,
            sitting=session.sitting,
            kind=finding.kind.value,
            confidence=1.0,
            engine=ENGINE,
            rule=name,
            **figures,
        )
        screen_evidence.take_along(opened)
        tell_proctors(opened, "incident.opened")
        return opened
    for column, value in figures.items():
        setattr(found, column, value)
    # Named columns: a verdict may be given at this very moment, and must not be overwritten.
    found.save(update_fields=list(figures))
    tell_proctors(found, "incident.extended")
    return found


def _of(session: MonitoringSession, kind: BrowserKind) -> "QuerySet[Incident]":
    rows = Incident.objects.filter(session_id=session.pk, kind=kind.value)
    return rows.select_related("session__candidate")


def _figures(finding: Finding, *, advisory: bool) -> dict[str, object]:
    return {
        "severity": (Severity.INFO if advisory else finding.severity).value,
        "advisory": advisory,
        "count": finding.times,
        "explanation": finding.explanation,
        "started_at": moment(finding.started_at),
        "last_seen_at": moment(finding.last_seen_at),
        "ended_at": moment(finding.last_seen_at),
        "measurements": dict(finding.measurements),
    }
