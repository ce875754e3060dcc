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
from accounts.services.invitations import invite_member
from accounts.services.people import find_person
from exams import states
from exams.models import Enrolment, PendingEnrolment, Sitting
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, Refusal, TooLarge

MOST_ADDRESSES = 2_000


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one line of pasted addresses.

    `outcome`: enrolled, already_enrolled, invited (no candidate here yet), already_invited or refused.
    """

    number: int
    text: str
    outcome: str
    detail: str


def enrol(sitting: Sitting, user: User, *, actor: User | None) -> Enrolment:
    """The right of a candidate of the institution to the sitting; gives a withdrawn one back.

    Raises InvalidInput (field "candidate") for people who are no candidates of the institution, Conflict for
    a cancelled sitting.
    """
    if sitting.cancelled_at is not None:
        raise Conflict("This sitting has been cancelled.", code="cancelled")
    if not _is_candidate(user, sitting.institution):
        raise InvalidInput(f"{user} is not a candidate of {sitting.institution}.", field="candidate")
    with transaction.atomic():
        enrolment, is_new = Enrolment.objects.get_or_create(
            institution=sitting.institution, sitting=sitting, candidate=user
        )
        if is_new or enrolment.withdrawn_at is not None:
            enrolment.withdrawn_at = None
            enrolment.save(update_fields=["withdrawn_at"])
            audit.record(sitting.institution, enrolment, "enrolment.created", actor=actor)
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
    return enrolment


def enrol_by_email(sitting: Sitting, lines: Iterable[str], *, actor: User) -> list[Line]:
    """Enrols the candidates with these addresses (one a line; empty lines are skipped) and reports per line.

    An address that is no candidate of the institution yet is invited, and enrolled as soon as the invitation
    is accepted. A line that is refused leaves the others untouched. Raises TooLarge over MOST_ADDRESSES.
    """
    numbered = [(number, text.strip()) for number, text in enumerate(lines, start=1) if text.strip()]
    if len(numbered) > MOST_ADDRESSES:
        raise TooLarge(f"At most {MOST_ADDRESSES} addresses at a time.", field="emails")
    return [_enrol_line(sitting, number, text, actor) for number, text in numbered]


def fulfil_pending(user: User, institution: Institution) -> list[Enrolment]:
    """Enrols a new candidate for the sittings that their address was promised."""
    proved = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    addresses = {user.email, *(each.lower() for each in proved)}
    rows = PendingEnrolment.objects.filter(institution=institution, email__in=addresses)
    done = []
    for pending in rows.select_related("sitting", "created_by"):
        if pending.sitting.cancelled_at is None:
            done.append(enrol(pending.sitting, user, actor=pending.created_by))
        pending.delete()
    return done


def _enrol_line(sitting: Sitting, number: int, text: str, actor: User) -> Line:
    email = text.lower()
    try:
        validate_email(email)
    except ValidationError:
        return Line(number, text, "refused", "This is not an e-mail address.")
    try:
        with transaction.atomic():
            outcome, detail = _enrol_address(sitting, email, actor)
    except Refusal as refusal:
        return Line(number, text, "refused", refusal.message)
    return Line(number, text, outcome, detail)


def _enrol_address(sitting: Sitting, email: str, actor: User) -> tuple[str, str]:
    user = find_person(email)
    if user is not None and _is_candidate(user, sitting.institution):
        if Enrolment.objects.filter(sitting=sitting, candidate=user, withdrawn_at=None).exists():
            return "already_enrolled", f"{user} is enrolled already."
        enrol(sitting, user, actor=actor)
        return "enrolled", f"{user} is enrolled."
    if sitting.cancelled_at is not None:
        raise Conflict("This sitting has been cancelled.", code="cancelled")
    _, is_new = PendingEnrolment.objects.get_or_create(
        institution=sitting.institution, sitting=sitting, email=email, defaults={"created_by": actor}
    )
    if not is_new:
        return "already_invited", "Was invited before; enrolled once the invitation is accepted."
    _invite(sitting.institution, email, actor)
    audit.record(
        sitting.institution, sitting, "sitting.candidate_invited", actor=actor, detail={"email": email}
    )
    return "invited", "Invited by e-mail; enrolled once the invitation is accepted."


def _invite(institution: Institution, email: str, actor: User) -> None:
    try:
        invite_member(institution, email=email, roles=[Role.CANDIDATE], actor=actor)
    except Conflict as refusal:
        # Invited before, for another sitting: the one link serves both.
        if refusal.code != "already_invited":
            raise


def _is_candidate(user: User, institution: Institution) -> bool:
    rows = Membership.objects.filter(institution=institution, user=user, ended_at=None)
    return rows.filter(role=Role.CANDIDATE).exists()
