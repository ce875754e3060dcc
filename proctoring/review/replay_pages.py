"""Judges again what the page of an exam noted, with other numbers. Its events are rows of their own.

The rules reckon with all events since the last verdict on their kind, so the verdicts cut the events into
periods; each has one incident or none.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exams.models import Allowance
from proctoring import policies
from proctoring.browser.events import BrowserKind
from proctoring.browser.rules import Finding, Totals, judge, reckon
from proctoring.browser.terms import Terms
from proctoring.incidents.rule_names import terms_name
from proctoring.ingest.browser_events import event_of
from proctoring.models import BrowserEvent, Consent, Incident, MonitoringSession, Policy
from proctoring.observations import Severity
from proctoring.states import ACKNOWLEDGED, UNREVIEWED

NOT_ALL_KEPT = "not all events of the page from then are kept"
_OPEN = (UNREVIEWED, ACKNOWLEDGED)


@dataclass(frozen=True, slots=True)
class PageOutcome:
    """What other numbers would have made of the events. `changed`: the incident and its other severity."""

    vanished: list[Incident]
    changed: list[tuple[Incident, Severity]]
    appeared: list[Finding]
    not_replayable: list[Incident]
    kept: int


def try_on(session: MonitoringSession, policy: Policy) -> PageOutcome:
    """Compares the incidents of the session's page with what the numbers of `policy` make of its events.

    Only of kinds that were noted then and named in the notice; what is muted for the candidate stays muted.
    Four queries.
    """
    terms = _terms(session, policy)
    events = defaultdict(list)
    for event in BrowserEvent.objects.filter(session=session).order_by("received_at", "pk"):
        events[BrowserKind(event.kind)].append(event)
    rows = defaultdict(list)
    kinds = [kind.value for kind in BrowserKind]
    for row in Incident.objects.filter(session=session, kind__in=kinds).order_by("pk"):
        rows[BrowserKind(row.kind)].append(row)
    outcome = PageOutcome([], [], [], [], 0)
    for kind in sorted({*events, *rows}):
        outcome = _of_kind(outcome, kind, terms.get(kind), events[kind], rows[kind])
    return outcome


def _terms(session: MonitoringSession, policy: Policy) -> dict[BrowserKind, Terms]:
    attempt = session.attempt
    allowances = Allowance.objects.filter(enrolment=attempt.enrolment_id) if attempt is not None else ()
    named: set[str] = set()
    for consent in Consent.objects.filter(session=session):
        named |= set(consent.looked_for or ())
    found = policies.page_terms(policy, allowances)
    return {kind: each for kind, each in found.items() if kind.value in named}


def _of_kind(
    outcome: PageOutcome,
    kind: BrowserKind,
    terms: Terms | None,
    events: list[BrowserEvent],
    rows: list[Incident],
) -> PageOutcome:
    ends = sorted(row.reviewed_at for row in rows if row.review_state not in _OPEN and row.reviewed_at)
    periods = _cut(events, ends)
    raised = {_period_of(row, ends): row for row in rows}
    kept = outcome.kept
    for place, totals in enumerate(periods):
        finding = judge(kind, terms, totals) if terms is not None else None
        row = raised.get(place)
        if row is None:
            outcome.appeared.extend([finding] if finding else [])
        elif row.count != totals.times:
            outcome.not_replayable.append(row)
        elif finding is None:
            outcome.vanished.append(row)
        elif (severity := _severity(row, finding, terms)) != row.severity:
            outcome.changed.append((row, severity))
        else:
            kept += 1
    return PageOutcome(outcome.vanished, outcome.changed, outcome.appeared, outcome.not_replayable, kept)


def _period_of(row: Incident, ends: list[datetime]) -> int:
    """The one that its verdict ended; without a verdict the last one."""
    is_open = row.review_state in _OPEN or row.reviewed_at is None
    return len(ends) if is_open or row.reviewed_at is None else bisect_left(ends, row.reviewed_at)


def _cut(events: Iterable[BrowserEvent], ends: list[datetime]) -> list[Totals]:
    """The totals of each period between two verdicts, as the rules reckoned them."""
    periods: list[list[Any]] = [[] for _ in range(len(ends) + 1)]
    for event in events:
        periods[bisect_left(ends, event.received_at)].append(event_of(event))
    return [reckon(each) for each in periods]


def _severity(row: Incident, finding: Finding, terms: Terms | None) -> Severity:
    """What is advisory stays so while its numbers stay (decision 0147)."""
    stays = row.advisory and terms is not None and terms_name(finding.kind, terms) == row.rule
    return Severity.INFO if stays else finding.severity
