"""What must not be deleted: legal holds that people place, and cases that are not closed.

Everything that deletes personal data asks here (`unheld`, `require_free`); tests/contracts/test_deleters.py
lists all of it, with the reason where something does not ask.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts import audit
from accounts.models import Institution, User
from accounts.transitions import lock
from exams.models import Attempt, Sitting
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput
from proctoring import states
from proctoring.models import Case, LegalHold, MonitoringSession
from proctoring.models.rights import HoldScope

LONGEST_REASON = 500
OF_SESSION = {"attempt": "attempt", "person": "candidate", "sitting": "sitting"}
OF_ATTEMPT = {"attempt": "pk", "person": "enrolment__candidate", "sitting": "enrolment__sitting"}
"""Paths for `unheld`."""
Subject = Attempt | User | Sitting | None


@dataclass(frozen=True, slots=True)
class Span:
    """One attempt with its monitoring session; a session of an outside caller has no attempt."""

    attempt: Attempt | None
    session: MonitoringSession | None

    @property
    def institution(self) -> Institution:
        subject = self.session or self.attempt
        assert subject is not None
        return subject.institution

    def __str__(self) -> str:
        return f"attempt {self.attempt.pk}" if self.attempt else f"session {self.session and self.session.pk}"


@dataclass(frozen=True, slots=True)
class Held:
    """One reason for which something stays. `hold` None: a case that is not closed."""

    why: str
    hold: LegalHold | None = None
    until: datetime | None = None


def active() -> "QuerySet[LegalHold]":
    """Holds in force now, in the open scope."""
    return LegalHold.objects.filter(_in_force())


def unheld(
    rows: Any,
    *,
    attempt: str = "",
    person: str = "",
    sitting: str = "",
    all_of: str = "",
    email: str = "",
    lists_of: str = "",
) -> Any:
    """Those of the rows on which no legal hold is; also across institutions. Cases do not count here.

    Paths from a row: to its `attempt`, `person` (holds on the person as such), `sitting`; to the person of
    whom it is, whatever of theirs is held (`all_of`, or `email`); to the sitting that it lists (`lists_of`:
    a hold on any candidate of it counts).
    """
    covers = Q(scope=HoldScope.INSTITUTION)
    for column, path in (("attempt", attempt), ("person", person), ("sitting", sitting)):
        covers |= Q(**{column: OuterRef(path)}) if path else Q()
    if all_of:
        covers |= Q(person=OuterRef(all_of)) | Q(attempt__enrolment__candidate=OuterRef(all_of))
        covers |= Q(sitting__enrolments__candidate=OuterRef(all_of))
    if email:
        covers |= Q(person__email__iexact=OuterRef(email))
    if lists_of:
        covers |= Q(sitting=OuterRef(lists_of)) | Q(attempt__enrolment__sitting=OuterRef(lists_of))
        covers |= Q(person__enrolments__sitting=OuterRef(lists_of))
    # _base_manager: the nightly and hourly deletions mean every institution.
    found = LegalHold._base_manager.filter(_in_force(), covers, institution=OuterRef("institution"))
    return rows.filter(~Exists(found))


def require_free(span: Span) -> None:
    """Raises Conflict `held` while a hold or an open case keeps what is of the span."""
    _require_none(why_held(span))


def require_free_person(institution: Institution, person: User) -> None:
    """Raises Conflict `held` while a hold or an open case keeps what is of the person."""
    _require_none(why_person_held(institution, person))


def require_free_list(institution: Institution, sitting: Sitting | None, people: Iterable[int]) -> None:
    """Raises Conflict `held` while a legal hold is on the sitting, somebody in it, or one of the people."""
    mine = Q(scope=HoldScope.INSTITUTION) | Q(person__in=list(people))
    if sitting is not None:
        mine |= Q(sitting=sitting) | Q(attempt__enrolment__sitting=sitting)
        mine |= Q(person__enrolments__sitting=sitting)
    _require_none([_held(each) for each in active().filter(mine, institution=institution).distinct()])


def is_held(session: MonitoringSession) -> bool:
    """Whether a legal hold is on the session, its attempt, candidate or sitting."""
    mine = MonitoringSession._base_manager.filter(pk=session.pk)
    return not unheld(mine, **OF_SESSION).exists()


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
        rows = _open_cases(span.institution).filter(session=span.session)
        found += [_open_case(each) for each in rows]
    return found


def why_person_held(institution: Institution, person: User) -> list[Held]:
    """Every reason for which a person's data stays: holds on them, their attempts, sittings, open cases."""
    theirs = Attempt.objects.filter(institution=institution, enrolment__candidate=person)
    sittings = theirs.values("enrolment__sitting")
    mine = Q(scope=HoldScope.INSTITUTION) | Q(person=person) | Q(attempt__in=theirs) | Q(sitting__in=sittings)
    found = [_held(each) for each in active().filter(mine, institution=institution)]
    rows = _open_cases(institution).filter(session__candidate=person)
    return found + [_open_case(each) for each in rows]


def held_institutions() -> list[int]:
    """Numbers of the institutions of which something is under a hold. Across institutions."""
    return list(LegalHold._base_manager.filter(_in_force()).values_list("institution", flat=True).distinct())


def is_all_held(institution: Institution) -> bool:
    """Whether the whole institution is under a hold."""
    return active().filter(institution=institution, scope=HoldScope.INSTITUTION).exists()


def free_sessions(institution: Institution) -> "QuerySet[MonitoringSession]":
    """Sessions that nothing holds."""
    rows: QuerySet[MonitoringSession] = unheld(
        MonitoringSession.objects.filter(institution=institution), **OF_SESSION
    )
    return rows.exclude(pk__in=_open_cases(institution).values("session"))


def free_attempts(institution: Institution) -> "QuerySet[Attempt]":
    """Attempts that nothing holds."""
    rows: QuerySet[Attempt] = unheld(Attempt.objects.filter(institution=institution), **OF_ATTEMPT)
    open_cases = _open_cases(institution).filter(session__attempt__isnull=False)
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


def _in_force() -> Q:
    return Q(Q(until=None) | Q(until__gt=clock.now()), lifted_at=None)


def _open_cases(institution: Institution) -> "QuerySet[Case]":
    decided = Q(state=states.CASE_DECIDED) & (Q(appeal_until=None) | Q(appeal_until__lte=clock.now()))
    return Case.objects.filter(institution=institution).exclude(decided)


def _require_none(found: list[Held]) -> None:
    if found:
        raise Conflict(f"Nothing can be deleted now. {in_words(found)}", code="held")
