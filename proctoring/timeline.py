"""The timeline of an attempt: moves, incidents, warnings, messages, calls and lost time, in order."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from accounts import audit
from accounts.models import AuditEntry
from exams.models import Attempt, LostTime
from exams.states import ENDED, SCHEDULED
from proctor_site.kernel import clock
from proctoring.browser import rules
from proctoring.browser.events import BrowserKind
from proctoring.ingest.browser_events import event_of
from proctoring.meetings.calls import of_attempt
from proctoring.models import (
    BrowserEvent,
    Call,
    CandidateWarning,
    ChatMessage,
    Incident,
    MonitoringSession,
    RaisedHand,
)

_WORDS = {
    "attempt.opened": "Opened the exam",
    "attempt.check_in": "Began to check in",
    "attempt.admit": "Was admitted",
    "attempt.start": "Started",
    "attempt.pause": "Paused",
    "attempt.resume": "Resumed",
    "attempt.submit": "Handed in",
    "attempt.terminate": "Terminated",
    "attempt.reinstate": "Reinstated",
    "attempt.refuse": "Not admitted",
    "attempt.lapse": "Missed the start",
}
"""Moves shown. Changes of the deadline are left out: their reason may be an allowance's."""


MOST_NOTED = 300
"""Events of the page that are listed; the incidents count all of them."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the list. `incident`: its number when the line is about one; `until`: for spans."""

    at: datetime
    words: str
    kind: str
    detail: str = ""
    until: datetime | None = None
    incident: int | None = None
    severity: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in one state of the attempt."""

    state: str
    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything that is drawn and listed. `begin` to `end` holds all of it."""

    begin: datetime
    end: datetime
    moments: list[Moment] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)


def timeline_of(
    session: MonitoringSession, name_of: Callable[[Any], str] = str, words: Callable[[str], str] = str
) -> Timeline:
    """The timeline of the session's attempt; `name_of` names people, what they wrote goes through `words`.

    Nine queries.
    """
    attempt = session.attempt
    moves = _moves(attempt) if attempt is not None else []
    incidents = Incident.objects.filter(session=session).order_by("started_at", "pk")
    warnings = CandidateWarning.objects.filter(session=session).select_related("proctor").order_by("pk")
    lost = LostTime.objects.filter(attempt=attempt) if attempt is not None else ()
    calls = list(of_attempt(attempt)) if attempt is not None else []
    moments = [
        *(_of_move(entry, name_of, words) for entry in moves),
        *(_of_incident(incident) for incident in incidents),
        *(line for warning in warnings for line in _of_warning(warning, words)),
        *(_of_lost_time(each) for each in lost),
        *(_of_call(each) for each in calls),
        *(
            _of_message(each, name_of, words)
            for each in ChatMessage.objects.filter(attempt=attempt).select_related("author")
        ),
        *(
            _of_hand(each, name_of)
            for each in RaisedHand.objects.filter(attempt=attempt).select_related("lowered_by")
        ),
        *(_of_page(each) for each in BrowserEvent.objects.filter(session=session)[:MOST_NOTED]),
    ]
    moments.sort(key=lambda each: (each.at, each.kind))
    begin = min([each.at for each in moments], default=session.started_at)
    latest = [each.until or each.at for each in moments]
    is_over = session.ended_at is not None or attempt is None or attempt.ended_at is not None
    end = max([*latest, begin] if is_over else [*latest, clock.now()])
    return Timeline(begin, end, moments, _spans(moves, end), calls)


def _moves(attempt: Attempt) -> list[AuditEntry]:
    rows = AuditEntry.objects.filter(stream=audit.stream_of(attempt), verb__in=_WORDS)
    return list(rows.select_related("actor").order_by("sequence"))


def _of_move(entry: AuditEntry, name_of: Callable[[Any], str], words: Callable[[str], str]) -> Moment:
    by = f"by {name_of(entry.actor)}" if entry.actor else "by the clock"
    reason = words(str(entry.detail.get("reason") or ""))
    return Moment(entry.at, _WORDS[entry.verb], "move", f"{by}: {reason}" if reason else by)


def _of_incident(incident: Incident) -> Moment:
    state = incident.get_review_state_display()
    return Moment(
        incident.started_at,
        f"Incident: {incident.get_kind_display()}",
        "incident",
        f"{incident.severity}, {state}",
        incident.ended_at or max(incident.last_seen_at, incident.started_at),
        incident.pk,
        incident.severity,
    )


def _of_warning(warning: CandidateWarning, words: Callable[[str], str]) -> Iterable[Moment]:
    text = words(warning.text)
    yield Moment(warning.sent_at, "Warned", "warning", f"by {warning.proctor}: {text}")
    if warning.acknowledged_at is not None:
        yield Moment(warning.acknowledged_at, "Confirmed the warning", "warning", text)


def _of_call(call: Call) -> Moment:
    detail = f"by {call.proctor}, {call.get_kind_display()}: {call.outcome}"
    return Moment(
        call.asked_at,
        "Private call",
        "call",
        f"{detail}; {call.recording_words}" if call.recording_words else detail,
        call.ended_at,
    )


def _of_message(message: ChatMessage, name_of: Callable[[Any], str], words: Callable[[str], str]) -> Moment:
    to = "a proctor" if message.side == "candidate" else "the candidate"
    detail = f"{name_of(message.author)}: {words(message.text)}"
    return Moment(message.sent_at, f"Wrote to {to}", "talk", detail)


def _of_hand(hand: RaisedHand, name_of: Callable[[Any], str]) -> Moment:
    until_end = "" if hand.lowered_at is None else "until the end"
    detail = f"lowered by {name_of(hand.lowered_by)}" if hand.lowered_by else until_end
    return Moment(hand.raised_at, "Raised a hand", "talk", detail, hand.lowered_at)


def _of_lost_time(lost: LostTime) -> Moment:
    detail = f"{lost.get_cause_display().lower()}, {lost.credited_seconds} s credited"
    return Moment(lost.started_at, "Lost time", "lost", detail, lost.ended_at)


def _of_page(event: BrowserEvent) -> Moment:
    kind = BrowserKind(event.kind)
    words = rules.explain(kind, rules.reckon([event_of(event)]))
    until = event.started_at + timedelta(seconds=event.seconds) if event.seconds else None
    return Moment(event.started_at, words, "page", "noted by the page" if event.count else "went on", until)


def _spans(moves: list[AuditEntry], end: datetime) -> list[Span]:
    """The stretches between moves, each with the state it was spent in."""
    state, since, spans = SCHEDULED, None, []
    for entry in moves:
        if since is not None and entry.at > since:
            spans.append(Span(state, since, entry.at))
        state, since = entry.detail.get("to", SCHEDULED), entry.at
    if since is not None and state not in ENDED and end > since:
        spans.append(Span(state, since, end))
    return spans
