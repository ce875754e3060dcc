"""What must not be deleted: legal holds that people place, and cases that are not closed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts import audit
from accounts.models import Institution, User
from accounts.transitions import lock
from exams.models import Attempt, Sitting
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput
from proctoring import states
from proctoring.models import Case, LegalHold, MonitoringSession
from proctoring.models.rights import HoldScope
from proctoring.rights.register import Span

LONGEST_REASON = 500
Subject = Attempt | User | Sitting | None


@dataclass(frozen=True, slots=True)
class Held:
    """One reason for which something stays. `hold` None: a case that is not closed."""

    why: str
    hold: LegalHold | None = None
    until: datetime | None = None


def active() -> "QuerySet[LegalHold]":
    """Holds in force now, in the open scope."""
    now = clock.now()
    return LegalHold.objects.filter(Q(until=None) | Q(until__gt=now), lifted_at=None)


def why_held(span: Span) -> list[Held]:
    """Every reason for which nothing of the span may be deleted now; empty: it may."""
    mine = Q(scope=HoldScope.INSTITUTION)
    if span.attempt is not None:
        enrolment = span.attempt.enrolment
        mine |= Q(attempt=span.attempt) | Q(person=enrolment.candidate_id) | Q(sitting=enrolment.sitting_id)
    elif span.session is not None and span.session.candidate_id is not None:
        mine |= Q(person=span.session.candidate_id)
    if span.session is not None and span.session.sitting_id is not None:
        mine |= Q(sitting=span.session.sitting_id)
    found = [_held(each) for each in active().filter(mine, institution=span.institution)]
    if span.session is not None:
        rows = Case.objects.filter(_is_open(""), session=span.session)
        found += [_open_case(each) for each in rows]
    return found


def why_person_held(institution: Institution, person: User) -> list[Held]:
    """Every reason for which a person's data stays: holds on them, their attempts, sittings, open cases."""
    theirs = Attempt.objects.filter(institution=institution, enrolment__candidate=person)
    sittings = theirs.values("enrolment__sitting")
    mine = Q(scope=HoldScope.INSTITUTION) | Q(person=person) | Q(attempt__in=theirs) | Q(sitting__in=sittings)
    found = [_held(each) for each in active().filter(mine, institution=institution)]
    rows = Case.objects.filter(_is_open(""), institution=institution, session__candidate=person)
    return found + [_open_case(each) for each in rows]


def is_all_held(institution: Institution) -> bool:
    """Whether the whole institution is under a hold."""
    return active().filter(institution=institution, scope=HoldScope.INSTITUTION).exists()


def held_people(institution: Institution) -> list[int]:
    """Numbers of the people who are under a hold."""
    rows = active().filter(institution=institution, scope=HoldScope.PERSON)
    return [key for key in rows.values_list("person", flat=True) if key is not None]


def free_sessions(institution: Institution) -> "QuerySet[MonitoringSession]":
    """Sessions that nothing holds."""
    if is_all_held(institution):
        return MonitoringSession.objects.none()
    held = active().filter(institution=institution)
    rows: QuerySet[MonitoringSession] = MonitoringSession.objects.filter(institution=institution)
    return _without(rows, held, attempt="attempt", person="candidate", sitting="sitting").exclude(
        pk__in=Case.objects.filter(_is_open(""), institution=institution).values("session")
    )


def free_attempts(institution: Institution) -> "QuerySet[Attempt]":
    """Attempts that nothing holds."""
    if is_all_held(institution):
        return Attempt.objects.none()
    held = active().filter(institution=institution)
    rows: QuerySet[Attempt] = Attempt.objects.filter(institution=institution)
    rows = _without(rows, held, attempt="pk", person="enrolment__candidate", sitting="enrolment__sitting")
    open_cases = Case.objects.filter(_is_open(""), institution=institution, session__attempt__isnull=False)
    return rows.exclude(pk__in=open_cases.values("session__attempt"))


def place(
    institution: Institution,
    *,
    actor: User,
    scope: object,
    subject: Subject,
    reason: object,
    until: datetime | None = None,
) -> LegalHold:
    """Places a hold, from now on. Raises InvalidInput (scope, subject, reason, until)."""
    if scope not in HoldScope.values:
        raise InvalidInput("Say what the hold covers.", field="scope")
    if (subject is None) != (scope == HoldScope.INSTITUTION):
        raise InvalidInput("Say which one the hold covers.", field="subject")
    if until is not None and until <= clock.now():
        raise InvalidInput("The end must lie ahead; leave it empty for a hold without end.", field="until")
    column = {} if subject is None else {str(scope): subject}
    said = required_reason(reason, "Say why it must be kept, such as: complaint 2031/7 is with the court.")
    with transaction.atomic():
        hold = LegalHold.objects.create(
            institution=institution,
            scope=str(scope),
            reason=said,
            placed_by=actor,
            placed_at=clock.now(),
            until=until,
            **column,
        )
        detail = {"covers": hold.covers, "until": until.isoformat() if until else None}
        audit.record(institution, hold, "legal_hold.placed", actor=actor, detail=detail)
    return hold


def lift(hold: LegalHold, *, actor: User, reason: object) -> None:
    """Lifts a hold: what it covered goes by its periods again. Raises Conflict `over`, InvalidInput."""
    said = required_reason(reason, "Say why it is lifted.")
    with transaction.atomic():
        lock(hold)
        if hold.lifted_at is not None or (hold.until is not None and hold.until <= clock.now()):
            raise Conflict("This hold has ended already.", code="over")
        hold.lifted_at, hold.lifted_by, hold.lift_reason = clock.now(), actor, said
        hold.save(update_fields=["lifted_at", "lifted_by", "lift_reason"])
        audit.record(hold.institution, hold, "legal_hold.lifted", actor=actor, detail={"covers": hold.covers})


def required_reason(reason: object, missing: str) -> str:
    """The reason without outer spaces. Raises InvalidInput (`reason`)."""
    if not isinstance(reason, str) or not reason.strip() or "\x00" in reason:
        raise InvalidInput(missing, field="reason", code="required")
    if len(reason.strip()) > LONGEST_REASON:
        raise InvalidInput(f"At most {LONGEST_REASON} characters.", field="reason", code="too_long")
    return reason.strip()


def in_words(found: Iterable[Held]) -> str:
    """The reasons as one sentence for staff; empty when there are none."""
    return " ".join(each.why for each in found)


def _held(hold: LegalHold) -> Held:
    until = f" until {hold.until:%Y-%m-%d}" if hold.until else ""
    return Held(f"Legal hold {hold.pk} on {hold.covers}{until}: {hold.reason}.", hold, hold.until)


def _open_case(case: Case) -> Held:
    if case.state == states.CASE_DECIDED:
        return Held(f"Case {case.pk} may still be appealed.", until=case.appeal_until)
    return Held(f"Case {case.pk} is not decided.")


def _is_open(prefix: str) -> Q:
    decided = Q(**{f"{prefix}state": states.CASE_DECIDED})
    return ~decided | Q(**{f"{prefix}appeal_until__gt": clock.now()})


def _without(rows: Any, held: "QuerySet[LegalHold]", **columns: str) -> Any:
    for scope, column in columns.items():
        keys = held.filter(scope=scope).values_list(scope, flat=True)
        rows = rows.exclude(**{f"{column}__in": [key for key in keys if key is not None]})
    return rows
