"""Takes what the exam page noted to its answer: checks, rows, incidents, and what the candidate is told."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.tenancy import within
from accounts.transitions import lock
from exams import states as exam_states
from exams.models import Allowance, Attempt
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput
from proctoring import policies, sessions
from proctoring.browser import rules
from proctoring.browser.device_names import program_behind
from proctoring.browser.events import OWN_KINDS, Batch, BrowserKind, PageEvent, read_batch
from proctoring.browser.terms import Do, Terms
from proctoring.identity.consent import valid_consent
from proctoring.incidents import page_findings
from proctoring.incidents.recording import moment
from proctoring.models import BrowserEvent, MonitoringSession

log = logging.getLogger(__name__)

LATE = timedelta(minutes=15)
"""After the end, events of before the end are taken for so long."""
MOST_ROWS = 1_000
"""Of one kind in a session; what comes then is acknowledged and left out."""

PageTerms = dict[BrowserKind, Terms]


@dataclass(frozen=True, slots=True)
class EventsAnswer:
    """`accepted`: numbers the page may forget. `stored`: how many rows are new. `notes`: what it says now."""

    accepted: tuple[int, ...]
    stored: int
    notes: tuple[Mapping[str, Any], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The answer of docs/architecture.md."""
        return {
            "type": "browser_events_result",
            "accepted": list(self.accepted),
            "stored": self.stored,
            "notes": list(self.notes),
        }


def accept_browser_events(session: MonitoringSession, data: Mapping[str, Any]) -> EventsAnswer:
    """Stores the events of one message that the candidate's notice named; each number once in a session.

    Raises Conflict (`ended`, `not_started`, `consent_missing`), InvalidInput and TooLarge; then nothing has
    changed. What is not noted for this candidate is acknowledged and forgotten. Blocks.
    """
    batch = read_batch(data)
    attempt = _running_attempt(session)
    with within(session.institution), transaction.atomic():
        # Two messages of the same events come one after the other, and count once.
        lock(session)
        terms = terms_of(session)
        if terms is None:
            raise Conflict("Nothing is noted before the notice has been answered.", code="consent_missing")
        rows = _new_rows(session, attempt, batch, terms)
        BrowserEvent.objects.bulk_create(rows)
        notes = _follow(session, terms, {BrowserKind(row.kind) for row in rows if row.count or row.seconds})
    return EventsAnswer(tuple(event.number for event in batch.events), len(rows), tuple(notes))


def note_own(attempt: Attempt, kind: BrowserKind, detail: str = "") -> None:
    """Notes what the server itself has found about a page, under the same terms; nothing where none hold."""
    session = sessions.session_of(attempt)
    if session is None or attempt.state not in exam_states.RUNNING:
        return
    with within(session.institution), transaction.atomic():
        lock(session)
        terms = terms_of(session) or {}
        if terms.get(kind, Terms(Do.IGNORE)).do is Do.IGNORE or _is_full(session, kind):
            return
        now = clock.now()
        BrowserEvent.objects.create(
            institution=session.institution,
            session=session,
            attempt=attempt,
            kind=kind.value,
            started_at=now,
            received_at=now,
            detail=detail,
        )
        _follow(session, terms, {kind})


def terms_of(session: MonitoringSession) -> PageTerms | None:
    """What is noted in this session: of the policy, without what is muted or was not named in the notice.

    None while there is no answer to the notice, or after it was withdrawn.
    """
    consent = valid_consent(session)
    attempt = session.attempt
    if consent is None or attempt is None:
        return None
    allowances = list(Allowance.objects.filter(enrolment_id=attempt.enrolment_id))
    policy = policies.policy_for(attempt.enrolment.sitting.exam)
    try:
        found = policies.page_terms(policy, allowances)
    except InvalidInput:
        # The admin refuses such a policy; one that got in otherwise must not stop an exam.
        log.exception("policy %s has wrong changes to what pages note; they are left out", policy.pk)
        policy.browser = {}
        found = policies.page_terms(policy, allowances)
    named = set(consent.looked_for or ())
    return {kind: terms for kind, terms in found.items() if kind.value in named}


def totals_of(
    session: MonitoringSession, *, since: datetime | None = None
) -> dict[BrowserKind, rules.Totals]:
    """The totals of each kind that was noted; `since`: only of what came after that moment. One query."""
    rows = BrowserEvent.objects.filter(session_id=session.pk)
    if since is not None:
        rows = rows.filter(received_at__gt=since)
    found: dict[BrowserKind, list[PageEvent]] = {}
    for row in rows:
        found.setdefault(BrowserKind(row.kind), []).append(event_of(row))
    return {kind: rules.reckon(events) for kind, events in found.items()}


def _running_attempt(session: MonitoringSession) -> Attempt:
    attempt = session.attempt
    if attempt is None:
        raise Conflict("Only the page of an exam notes events.", code="no_attempt")
    if attempt.state in exam_states.RUNNING:
        return attempt
    if attempt.state not in exam_states.ENDED:
        raise Conflict("This attempt has not started; events are taken from then on.", code="not_started")
    if attempt.ended_at is None or clock.now() - attempt.ended_at > LATE:
        raise Conflict("This attempt has ended; no more events are taken.", code="ended")
    return attempt


def _new_rows(
    session: MonitoringSession, attempt: Attempt, batch: Batch, terms: PageTerms
) -> list[BrowserEvent]:
    now = clock.now()
    noted = [event for event in batch.events if _is_noted(event, terms)]
    known = set(
        BrowserEvent.objects.filter(
            session_id=session.pk, number__in=[event.number for event in noted]
        ).values_list("number", flat=True)
    )
    full = {kind for kind in {event.kind for event in noted} if _is_full(session, kind)}
    until = min(each for each in (attempt.paused_at, attempt.ended_at, now) if each is not None)
    rows = []
    for event in noted:
        started = _believed(event, batch, attempt, now)
        # What is done in a pause or after the end is nobody's business.
        if event.number in known or event.kind in full or started > until:
            continue
        rows.append(_row(session, attempt, event, started, now))
    return rows


def _is_noted(event: PageEvent, terms: PageTerms) -> bool:
    rule = terms.get(event.kind)
    return rule is not None and rule.do is not Do.IGNORE and event.kind not in OWN_KINDS


def _is_full(session: MonitoringSession, kind: BrowserKind) -> bool:
    rows = BrowserEvent.objects.filter(session_id=session.pk, kind=kind.value)
    return rows.count() >= MOST_ROWS


def _believed(event: PageEvent, batch: Batch, attempt: Attempt, now: datetime) -> datetime:
    """The moment by our clock: a browser's clock may be wrong, but it knows how long ago something was."""
    at = event.at if batch.now is None else now.timestamp() - (batch.now - event.at)
    least = attempt.started_at or now
    return moment(min(max(at, least.timestamp()), now.timestamp()))


def _row(
    session: MonitoringSession, attempt: Attempt, event: PageEvent, started: datetime, now: datetime
) -> BrowserEvent:
    # No longer than since it began: a browser cannot make more of it than there was time for.
    longest = (now - started).total_seconds()
    # Only names of programs are kept, never those of other devices.
    detail = program_behind(event.detail) if event.kind is BrowserKind.VIRTUAL_DEVICE else ""
    return BrowserEvent(
        institution=session.institution,
        session=session,
        attempt=attempt,
        number=event.number,
        kind=event.kind.value,
        started_at=started,
        received_at=now,
        seconds=round(min(event.seconds, longest), 1),
        count=event.count,
        length=event.length,
        detail=detail,
    )


def _follow(
    session: MonitoringSession, terms: PageTerms, kinds: Iterable[BrowserKind]
) -> list[dict[str, Any]]:
    """Writes the incidents that the new totals amount to; what the candidate is told of these kinds."""
    totals = totals_of(session)
    notes = []
    for kind in sorted(kinds):
        rule = terms[kind]
        if rule.do is Do.INCIDENT:
            finding = rules.judge(kind, rule, _undecided(session, kind, totals[kind]))
            if finding is not None:
                page_findings.write(session, finding, rule)
        if rule.do.tells:
            text = rules.tell(kind, totals[kind], blocked=rule.blocks)
            notes.append({"kind": kind.value, "text": text, "times": totals[kind].times})
    return notes


def _undecided(session: MonitoringSession, kind: BrowserKind, totals: rules.Totals) -> rules.Totals:
    """The totals since the last verdict about this kind: what was decided does not count again."""
    verdict = page_findings.last_verdict(session, kind)
    if verdict is None:
        return totals
    return totals_of(session, since=verdict).get(kind, rules.Totals())


def event_of(row: BrowserEvent) -> PageEvent:
    """A stored row as the rules read it."""
    return PageEvent(
        row.number or 0,
        BrowserKind(row.kind),
        row.started_at.timestamp(),
        row.seconds,
        row.count,
        row.length,
        row.detail,
    )
