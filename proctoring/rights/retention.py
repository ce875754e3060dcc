"""When which data is due, and the deletion of what is: by kind, in small transactions, past what fails."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import Institution
from accounts.transitions import lock
from exams import states as exam_states
from exams.models import Attempt
from proctor_site.kernel import clock
from proctoring import holds, keeping, states
from proctoring.holds import Span
from proctoring.keeping import From
from proctoring.models import Case, MonitoringSession
from proctoring.rights.kinds import KINDS, kind_of
from proctoring.rights.register import Erasing, Kind, Rows

log = logging.getLogger(__name__)
BATCH = 25
"""Spans of one transaction; each is a savepoint of its own, so that one that fails holds up no other."""
ROWS_AT_ONCE = 500
REASON = "the period is over"


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long data of one kind is kept. `days` None: without end; `until` None: the day is not known yet.

    `is_held`: nothing of it is deleted before a case is closed or a hold is lifted.
    """

    days: int | None
    until: datetime | None
    is_held: bool = False


@dataclass(slots=True)
class Tally:
    """What was deleted of one kind, and what could not be."""

    count: int = 0
    spans: int = 0
    failures: list[dict[str, str]] = field(default_factory=list)
    heads: dict[str, str] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)


def keep_until(session: MonitoringSession, kind: str) -> datetime | None:
    """When data of that kind goes from the session.

    None while no day is known: the attempt is not over, a case is open, a hold is on it, or the kind is kept
    without end. Within the institution's scope. Raises NotFound for an unknown kind.
    """
    span = Span(session.attempt, session)
    return None if holds.why_held(span) else _end_of_period(span, kind_of(kind), None)


def keeping_of(session: MonitoringSession) -> dict[str, Keeping]:
    """How long the session's data of each kind is kept, by code; `until` is what `keep_until` says.

    Within the institution's scope. A fixed number of queries.
    """
    span = Span(session.attempt, session)
    is_held = bool(holds.why_held(span))
    begins: dict[From, datetime | None] = {From.MADE: None}  # each row has a day of its own
    for each in (From.END, From.CLOSED):
        begins[each] = None if is_held else _counts_from(span, each)
    found = {}
    for code, days in keeping.days_in(span.institution).items():
        begin = begins[KINDS[code].counts_from]
        until = None if days is None or begin is None else begin + timedelta(days=days)
        found[code] = Keeping(days, until, is_held)
    return found


def _end_of_period(span: Span, kind: Kind, days: int | None) -> datetime | None:
    days = keeping.days_in(span.institution)[kind.code] if days is None else days
    begin = _counts_from(span, kind.counts_from)
    return None if days is None or begin is None else begin + timedelta(days=days)


def _counts_from(span: Span, counts_from: From) -> datetime | None:
    subject = span.attempt or span.session
    assert subject is not None
    is_over = span.attempt is None or span.attempt.state in exam_states.ENDED
    if not is_over or subject.ended_at is None:
        return None
    ended = subject.ended_at
    if counts_from is From.CLOSED and span.session is not None:
        case = Case.objects.filter(session=span.session).first()
        if case is not None:
            moments = (case.decided_at, case.appeal_until, case.appeal_decided_at)
            return max([ended, *(each for each in moments if each is not None)])
    return ended


def due(institution: Institution, kind: Kind, days: int | None) -> "list[tuple[Rows, QuerySet[Any]]]":
    """Each sort of rows of the kind, with those that are due now; empty where they are kept without end."""
    if days is None or holds.is_all_held(institution):
        return []
    before = clock.now() - timedelta(days=days)
    found = []
    for rows in kind.rows:
        here = rows.here(institution)
        if rows.session:
            here = here.filter(**{f"{rows.session}__in": _due_sessions(institution, kind, before)})
        elif rows.attempt:
            here = here.filter(**{f"{rows.attempt}__in": _due_attempts(institution, kind, before)})
        elif rows.age:
            here = rows.unheld(here.filter(**{f"{rows.age}__lte": before}))
        else:
            continue
        found.append((rows, here))
    return found


def count_due(institution: Institution, days: "dict[str, int | None] | None" = None) -> dict[str, int]:
    """How many rows and files of each kind would go now, by the institution's periods or by others."""
    chosen = keeping.days_in(institution) if days is None else days
    counts = {}
    for code, period in chosen.items():
        number = sum(rows.distinct().count() for _, rows in due(institution, KINDS[code], period))
        if number:
            counts[code] = number
    return counts


def erase_due(institution: Institution, kind: Kind, days: int | None) -> Iterator[Tally]:
    """Erases what is due of a kind; one tally for each transaction, which the caller opens around each step.

    What hangs on an attempt goes span by span, in the order of their numbers, so that one that fails is
    passed over; what does not goes by age.
    """
    for rows, found in due(institution, kind, days):
        path = rows.session or rows.attempt
        if not path:
            yield from _erase_by_age(institution, rows, found)
            continue
        last = 0
        while keys := _next_keys(found, path, last):
            last = keys[-1]
            yield _erase_spans(institution, kind, rows, keys, days)


def _next_keys(found: "QuerySet[Any]", path: str, last: int) -> list[int]:
    name = f"{path}__pk"
    rows = found.filter(**{f"{name}__gt": last}).order_by(name).values_list(name, flat=True).distinct()
    return list(rows[:BATCH])


def _erase_spans(
    institution: Institution, kind: Kind, rows: Rows, keys: list[int], days: int | None
) -> Tally:
    tally = Tally()
    for key in keys:
        erasing = Erasing(institution, None, REASON)
        try:
            with transaction.atomic():
                count = _erase_span(kind, rows, key, days, erasing)
        except Exception as error:
            log.exception("%s of %s %s could not be erased", kind.code, rows.session or rows.attempt, key)
            what = f"{'session' if rows.session else 'attempt'} {key}"
            tally.failures.append({"kind": kind.code, "what": what, "why": type(error).__name__})
            continue
        tally.count += count
        tally.spans += bool(count)
        tally.heads |= erasing.heads
        tally.keys += erasing.keys
    return tally


def _erase_span(kind: Kind, rows: Rows, key: int, days: int | None, erasing: Erasing) -> int:
    span = span_of_session(key) if rows.session else span_of_attempt(key)
    lock(span.session or span.attempt)  # type: ignore[arg-type]
    # Asked again under the lock: a hold or a case may have come meanwhile.
    until = _end_of_period(span, kind, days)
    if until is None or until > clock.now() or holds.why_held(span):
        return 0
    erasing.span = span
    found = rows.of_span(span)
    return rows.remove(found, erasing) if found is not None else 0


def _erase_by_age(institution: Institution, rows: Rows, found: "QuerySet[Any]") -> Iterator[Tally]:
    last = 0
    while keys := list(found.filter(pk__gt=last).values_list("pk", flat=True).order_by("pk")[:ROWS_AT_ONCE]):
        last = keys[-1]
        erasing = Erasing(institution, None, REASON)
        some = rows.unheld(rows.model_class.objects.filter(pk__in=keys))
        try:
            with transaction.atomic():
                count = rows.remove(some, erasing)
        except Exception as error:
            log.exception("%s of institution %s could not be erased", rows.model, institution.pk)
            what = f"{rows.model} {keys[0]} to {keys[-1]}"
            yield Tally(failures=[{"kind": rows.model, "what": what, "why": type(error).__name__}])
        else:
            yield Tally(count=count, keys=erasing.keys, heads=erasing.heads)


def span_of_session(key: int) -> Span:
    """The span of a session in the open scope."""
    rows = MonitoringSession.objects.select_related("institution", "attempt__enrolment__sitting")
    session = rows.get(pk=key)
    return Span(session.attempt, session)


def span_of_attempt(key: int) -> Span:
    """The span of an attempt in the open scope."""
    rows = Attempt.objects.select_related("institution", "enrolment__sitting", "monitoring__institution")
    attempt = rows.get(pk=key)
    return Span(attempt, getattr(attempt, "monitoring", None))


def _due_sessions(institution: Institution, kind: Kind, before: datetime) -> "QuerySet[MonitoringSession]":
    rows = holds.free_sessions(institution).filter(ended_at__lte=before)
    if kind.counts_from is From.CLOSED:
        late = Case.objects.filter(_closed_after(before), institution=institution)
        rows = rows.exclude(pk__in=late.values("session"))
    return rows.order_by()


def _due_attempts(institution: Institution, kind: Kind, before: datetime) -> "QuerySet[Attempt]":
    rows = holds.free_attempts(institution).filter(ended_at__lte=before, state__in=exam_states.ENDED)
    if kind.counts_from is From.CLOSED:
        late = Case.objects.filter(
            _closed_after(before), institution=institution, session__attempt__isnull=False
        )
        rows = rows.exclude(pk__in=late.values("session__attempt"))
    return rows.order_by()


def _closed_after(moment: datetime) -> Q:
    return (
        ~Q(state=states.CASE_DECIDED)
        | Q(decided_at__gt=moment)
        | Q(appeal_until__gt=moment)
        | Q(appeal_decided_at__gt=moment)
    )
