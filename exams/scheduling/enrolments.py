"""Gives and withdraws the right to take part in a sitting, by person or by e-mail address."""

from collections.abc import Iterable
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from accounts import audit
from accounts.models import Institution, Membership, User
from accounts.roles import Role
from accounts.services.candidate_numbers import set_numbers
from accounts.transitions import lock
from exams import states
from exams.models import Allowance, CandidateGroupMember, Enrolment, PendingEnrolment, Sitting
from exams.models.sitting_mail import MailKind
from exams.scheduling import mails
from exams.scheduling.enrolling import enrol_rows
from exams.scheduling.group_allowances import follow
from exams.scheduling.roster_rows import RosterRow
from exams.scheduling.verdicts import ENROLS_ITS_OWN, full, places_left, portions
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, TooLarge

MOST_ADDRESSES = 2_000


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one line of pasted addresses; `outcome` is a `verdicts.Outcome`."""

    number: int
    text: str
    outcome: str
    detail: str


def enrol(sitting: Sitting, user: User, *, actor: User | None, tells: bool = True) -> Enrolment:
    """The right of a candidate of the institution to the sitting; gives a withdrawn one back.

    The candidate hears of it by e-mail, unless `tells` is False. Raises InvalidInput (field "candidate") for
    people who are no candidates of the institution, Conflict for a cancelled (cancelled) or full (full) one,
    and where another system delivers the exam (outside).
    """
    if sitting.exam.is_outside:
        raise Conflict(ENROLS_ITS_OWN, code="outside")
    return _enrol(sitting, user, actor, tells)


def enrol_from_outside(sitting: Sitting, user: User, *, actor: User | None) -> Enrolment:
    """The same for a sitting whose exam another system delivers; nobody is written to."""
    return _enrol(sitting, user, actor, tells=False)


def _enrol(sitting: Sitting, user: User, actor: User | None, tells: bool) -> Enrolment:
    if not _is_candidate(user, sitting.institution):
        raise InvalidInput(f"{user} is not a candidate of {sitting.institution}.", field="candidate")
    with transaction.atomic():
        lock(sitting)
        if sitting.cancelled_at is not None:
            raise Conflict("This sitting has been cancelled.", code="cancelled")
        enrolment = Enrolment.objects.filter(sitting=sitting, candidate=user).first()
        if enrolment is not None and enrolment.withdrawn_at is None:
            return enrolment
        if places_left(sitting) == 0:
            raise Conflict(full(sitting), code="full")
        if enrolment is None:
            enrolment = Enrolment(institution=sitting.institution, sitting=sitting, candidate=user)
        else:
            mails.calendars_have_to_hear(sitting)
        enrolment.withdrawn_at = None
        enrolment.save()
        audit.record(sitting.institution, enrolment, "enrolment.created", actor=actor)
        follow([user.pk], actor=actor)
        if tells:
            mails.write_to_enrolled(sitting, [enrolment], MailKind.ENROLLED)
    return enrolment


def withdraw(enrolment: Enrolment, *, actor: User | None, reason: str = "") -> Enrolment:
    """Takes the right back. Raises Conflict while the candidate is taking the exam."""
    with transaction.atomic():
        if enrolment.attempts.filter(state__in=states.RUNNING).exists():
            raise Conflict("The candidate is taking the exam; terminate the attempt instead.", code="running")
        if enrolment.withdrawn_at is None:
            enrolment.withdrawn_at = clock.now()
            enrolment.save(update_fields=["withdrawn_at"])
            detail = {"reason": reason}
            audit.record(enrolment.institution, enrolment, "enrolment.withdrawn", actor=actor, detail=detail)
            mails.calendars_have_to_hear(enrolment.sitting)
            mails.write_to_enrolled(enrolment.sitting, [enrolment], MailKind.WITHDRAWN)
    return enrolment


def enrol_by_email(sitting: Sitting, lines: Iterable[str], *, actor: User) -> list[Line]:
    """Enrols the candidates with these addresses (one a line; empty lines are skipped) and reports per line.

    An address that is no candidate of the institution yet is invited, and enrolled as soon as the invitation
    is accepted. A line that is refused leaves the others untouched. Raises TooLarge over MOST_ADDRESSES.
    """
    numbered = [(number, text.strip()) for number, text in enumerate(lines, start=1) if text.strip()]
    if len(numbered) > MOST_ADDRESSES:
        raise TooLarge(f"At most {MOST_ADDRESSES} addresses at a time.", field="emails")
    done: list[Line] = []
    for portion in portions(numbered):
        rows = _rows_of(portion)
        for (number, text), verdict in zip(portion, enrol_rows(sitting, rows, actor=actor), strict=True):
            done.append(Line(number, text, verdict.outcome, verdict.detail))
    return done


def _rows_of(portion: Iterable[tuple[int, str]]) -> list[RosterRow]:
    rows: list[RosterRow] = []
    seen: set[str] = set()
    for number, text in portion:
        email = text.lower()
        problem = ""
        try:
            validate_email(email)
        except ValidationError:
            problem = "This is not an e-mail address."
        if email in seen:
            problem = "This address stands above already."
        seen.add(email)
        rows.append(RosterRow(number, email, problem=problem))
    return rows


def fulfil_pending(user: User, institution: Institution) -> list[Enrolment]:
    """Enrols a new candidate for the sittings that their address was promised, with group and extra time.

    No e-mail: the invitation has told them. A sitting that was cancelled meanwhile is left out.
    """
    proved = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    addresses = {user.email, *(each.lower() for each in proved)}
    rows = PendingEnrolment.objects.filter(institution=institution, email__in=addresses)
    done = []
    for pending in rows.select_related("sitting__institution", "created_by", "group"):
        pending.delete()  # first: its place is the one that the enrolment takes
        if pending.external_id:
            # A number that went to somebody else in the meantime is not given; the office sees it missing.
            set_numbers(institution, {user.pk: pending.external_id}, actor=pending.created_by)
        if pending.sitting.cancelled_at is None:
            enrolment = enrol(pending.sitting, user, actor=pending.created_by, tells=False)
            _keep_promise(pending, enrolment)
            done.append(enrolment)
    return done


def _keep_promise(pending: PendingEnrolment, enrolment: Enrolment) -> None:
    institution = enrolment.institution
    if pending.group is not None:
        CandidateGroupMember.objects.get_or_create(
            institution=institution, group=pending.group, candidate=enrolment.candidate
        )
        follow([enrolment.candidate_id], actor=pending.created_by)
    if pending.extra_minutes or pending.factor != 1:
        time = {"extra_minutes": pending.extra_minutes, "factor": pending.factor}
        Allowance.objects.create(institution=institution, enrolment=enrolment, from_roster=True, **time)


def _is_candidate(user: User, institution: Institution) -> bool:
    rows = Membership.objects.filter(institution=institution, user=user, ended_at=None)
    return rows.filter(role=Role.CANDIDATE).exists()
