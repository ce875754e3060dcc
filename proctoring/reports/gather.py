"""Gathers what a report about one session says; reads only, about twenty queries whatever its length."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from accounts.masks import Words
from accounts.models import User
from exams import states
from exams.models import Attempt, LostTime
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Unavailable
from proctoring import policies, policy_presets
from proctoring.browser import rules
from proctoring.browser.events import BrowserKind
from proctoring.coverage import coverage_of
from proctoring.evidence import custody
from proctoring.identity import notice
from proctoring.ingest.browser_events import event_of
from proctoring.meetings.calls import of_attempt
from proctoring.models import BrowserEvent, Consent, EvidenceItem, Incident, MonitoringSession
from proctoring.models.evidence import EvidenceKind
from proctoring.observations import ObservationKind
from proctoring.reports import machine
from proctoring.reports.facts import (
    Act,
    AttemptReport,
    IncidentFacts,
    Integrity,
    Lost,
    Noted,
    Picture,
)
from proctoring.reports.sentences import summary_of
from proctoring.reports.sources import case_facts, case_row, precision_words, shown_to, signature_words
from proctoring.review.blind import Shown
from proctoring.review.risk import risk_curve
from proctoring.supervision.history import entries_of

MOST_PICTURES = 5
"""Of one incident; the incident's own page has all of them."""
_SEEN = (EvidenceKind.CAMERA_FRAME, EvidenceKind.SCREEN)


def report_of(
    session: MonitoringSession, viewer: User, *, zone: str, check_files: bool = False
) -> AttemptReport:
    """The facts about the session as this viewer may read them, with the summary written by rules.

    `check_files` reads every stored file to prove it; without it only the chain of records is followed.
    """
    attempt, sitting, now = session.attempt, session.sitting, clock.now()
    begin = (attempt.started_at if attempt else None) or session.started_at
    end = session.ended_at or (attempt.ended_at if attempt else None)
    rows = list(
        Incident.objects.filter(session=session).select_related("reviewer").order_by("started_at", "pk")
    )
    case = case_row(session)
    shown = shown_to(session, case, viewer)
    report = AttemptReport(
        institution=session.institution.name,
        exam=str(sitting.exam) if sitting else "",
        sitting=str(sitting) if sitting else "",
        candidate=shown.name,
        is_blind=shown.is_hidden,
        attempt=session.attempt_id,
        session=str(session.public_id),
        state=states.WORDS[attempt.state] if attempt else session.state,
        ended_by=attempt.get_ended_by_display() if attempt and attempt.ended_by else "",
        begin=begin,
        end=end,
        made_at=now,
        zone=zone,
        consent=_consents(session),
        policy=policy_presets.differences(policies.policy_of(attempt)) if attempt else [],
        detectors=_detectors(session),
        incidents=_incidents(session, rows, shown.words),
        coverage=coverage_of(session),
        risk=risk_curve(rows, begin, end or now) if rows else [],
        lost=_lost(attempt),
        acts=_acts(attempt, shown),
        noted=_noted(session),
        case=case_facts(case, viewer, shown.words) if case else None,
        integrity=_integrity(session, check_files),
    )
    return replace(report, summary=summary_of(report), machine=machine.known(report, session))


def incident_words(kind: str) -> str:
    """The kind as people read it."""
    return kind.replace("_", " ")


def _incidents(session: MonitoringSession, rows: list[Incident], words: Words) -> list[IncidentFacts]:
    items: dict[int, list[EvidenceItem]] = defaultdict(list)
    kept = EvidenceItem.objects.filter(session=session, incident__isnull=False)
    for item in kept.order_by("captured_at", "sequence").defer("about"):
        items[item.incident_id or 0].append(item)
    precision = precision_words(session.institution) if rows else {}
    found = [_incident(row, items.get(row.pk, []), precision.get(row.kind, "")) for row in rows]
    return [replace(each, note=words(each.note)) for each in found]


def _incident(row: Incident, items: Sequence[EvidenceItem], precision: str) -> IncidentFacts:
    kept: dict[str, int] = defaultdict(int)
    for item in items:
        kept["Erased" if item.erased_at else item.get_kind_display()] += 1
    until = row.ended_at or max(row.last_seen_at, row.started_at)
    return IncidentFacts(
        number=row.pk,
        kind=row.kind,
        words=incident_words(row.kind),
        severity=row.severity,
        begin=row.started_at,
        end=row.ended_at,
        seconds=round((until - row.started_at).total_seconds(), 1),
        count=row.count,
        repeats=row.repeats,
        confidence=round(row.confidence, 3),
        explanation=row.explanation,
        engine=row.engine,
        review=row.review_state,
        reviewed_by=str(row.reviewer or ""),
        reviewed_at=row.reviewed_at,
        note=row.review_note,
        measurements=dict(sorted(row.measurements.items())),
        precision=precision,
        kept=dict(kept),
        pictures=_pictures(row, [item for item in items if item.kind in _SEEN and item.erased_at is None]),
    )


def _pictures(row: Incident, items: Sequence[EvidenceItem]) -> list[Picture]:
    return [
        Picture(
            item.pk,
            item.captured_at,
            item.get_kind_display(),
            round((item.captured_at - row.started_at).total_seconds()),
            item.sha256,
        )
        for item in spread(items, MOST_PICTURES)
    ]


def spread(items: Sequence[EvidenceItem], most: int) -> list[EvidenceItem]:
    """At most so many of them, evenly over the row, with the first and the last one."""
    if len(items) <= most:
        return list(items)
    return [items[round(place * (len(items) - 1) / (most - 1))] for place in range(most)]


def _consents(session: MonitoringSession) -> list[str]:
    rows = Consent.objects.filter(session=session).select_related("notice").order_by("given_at")
    return [_consent(row) for row in rows]


def _consent(row: Consent) -> str:
    offered = (
        ("camera", row.camera),
        ("face comparison", row.face_comparison),
        ("microphone", row.microphone),
        ("voice comparison", row.voice_comparison),
        ("screen", row.screen),
        ("live view by proctors", row.live_video),
    )
    agreed = ", ".join(word for word, is_given in offered if is_given) or "going on without a camera"
    withdrawn = " It was withdrawn later." if row.withdrawn_at else ""
    return f"Agreed to {agreed}, after reading notice {row.notice}.{withdrawn}"


def _detectors(session: MonitoringSession) -> list[str]:
    """What the notice that the candidate read said is looked for; empty when that was not recorded."""
    row = Consent.objects.filter(session=session).order_by("-given_at").first()
    known = {kind.value for kind in ObservationKind}
    named = [ObservationKind(each) for each in (row.looked_for or ()) if each in known] if row else []
    return notice.in_words(named)


def _lost(attempt: Attempt | None) -> list[Lost]:
    if attempt is None:
        return []
    return [
        Lost(
            row.started_at, row.ended_at, row.get_cause_display(), row.credited_seconds, row.why_not_in_words
        )
        for row in LostTime.objects.filter(attempt=attempt).order_by("started_at", "pk")
    ]


def _acts(attempt: Attempt | None, shown: Shown) -> list[Act]:
    if attempt is None:
        return []
    acts = [Act(each.at, each.who, each.words, each.reason or each.code) for each in entries_of(attempt)]
    acts += [
        Act(call.asked_at, str(call.proctor), "private call", call.outcome) for call in of_attempt(attempt)
    ]
    shown_acts = [replace(each, who=shown.words(each.who), reason=shown.words(each.reason)) for each in acts]
    return sorted(shown_acts, key=lambda each: each.at)


def _noted(session: MonitoringSession) -> list[Noted]:
    events: dict[str, list[BrowserEvent]] = defaultdict(list)
    for row in BrowserEvent.objects.filter(session=session).order_by("started_at", "pk"):
        events[row.kind].append(row)
    noted = [_of_kind(BrowserKind(kind), rows) for kind, rows in events.items()]
    return sorted(noted, key=lambda each: each.first_at)


def _of_kind(kind: BrowserKind, rows: Iterable[BrowserEvent]) -> Noted:
    listed = list(rows)
    totals = rules.reckon(event_of(row) for row in listed)
    return Noted(rules.explain(kind, totals), totals.times, round(totals.seconds, 1), listed[0].started_at)


def _integrity(session: MonitoringSession, check_files: bool) -> Integrity:
    checked, now = ("files" if check_files else "records"), clock.now()
    try:
        broken = custody.first_broken(session, check_files=check_files)
    except Unavailable:
        words = "The evidence store did not answer: the files could not be verified for this report."
        return Integrity(session.evidence_count, session.evidence_hash, now, checked, words)
    problem = ""
    if broken is not None:
        about = (
            f"Evidence item {broken.item.sequence} does not fit" if broken.item else "Evidence does not fit"
        )
        problem = f"{about}: {broken.problem}. Do not rely on this evidence before it is explained."
    signature = signature_words(session)
    return Integrity(session.evidence_count, session.evidence_hash, now, checked, problem, signature)
