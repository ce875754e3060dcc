"""People enrol themselves: by the link of a sitting, its code and domain, as long as there is a place."""

import hmac
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from accounts import limits
from accounts.models import Membership, User
from accounts.roles import Role
from accounts.services.memberships import add_member
from accounts.tenancy import within
from exams.models import Enrolment, SelfEnrolment
from exams.scheduling.enrolling import enrol_rows
from exams.scheduling.enrolments import enrol
from exams.scheduling.roster_rows import RosterRow
from exams.scheduling.verdicts import full, places_left
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotFound, TooLate

WRONG_CODES = 10
"""From one address, in WRONG_CODES_S seconds; a right code is never counted."""
WRONG_CODES_S = 600
MAILS = 60
"""Invitations asked for from one address in an hour."""


def find_door(token: str) -> SelfEnrolment:
    """The door of a link, open or not. Raises NotFound."""
    rows = SelfEnrolment.objects.with_scopes_disabled().filter(token=token)
    door = rows.select_related("sitting__exam", "sitting__institution", "institution", "opened_by").first()
    if door is None:
        raise NotFound("We do not know this link. Make sure that it is complete.", code="link_unknown")
    return door


def closes_at(door: SelfEnrolment) -> datetime:
    """Until when people may enrol themselves."""
    return door.sitting.opens_at - timedelta(hours=door.closes_hours_before)


def require_open(door: SelfEnrolment) -> None:
    """Raises Conflict (closed, cancelled, full) or TooLate unless somebody could come in now."""
    sitting = door.sitting
    if sitting.cancelled_at is not None:
        raise Conflict("This sitting has been cancelled.", code="cancelled")
    if not door.is_open:
        raise Conflict("Enrolment by this link is closed. Ask the exam office.", code="closed")
    if clock.now() > closes_at(door):
        raise TooLate("The time to enrol is over. Ask the exam office.")
    with within(door.institution):
        if places_left(sitting) == 0:
            raise Conflict(full(sitting), code="full")


def enter(door: SelfEnrolment, user: User, *, code: str, caller: str) -> Enrolment:
    """Enrols the signed-in person, as a candidate of the institution from now on if they are none yet.

    Who is enrolled already stays so. `caller` (their network address) limits guesses of the code. Raises what
    `require_open` raises, InvalidInput (code), Conflict (domain, withdrawn) and Overloaded.
    """
    with within(door.institution):
        known = Enrolment.objects.filter(sitting=door.sitting, candidate=user).first()
        if known is not None and known.withdrawn_at is None:
            return known
        require_open(door)
        _require_code(door, code, caller)
        _require_domain(door, user.email)
        if known is not None:
            raise Conflict("Your enrolment was withdrawn; ask the exam office.", code="withdrawn")
        with transaction.atomic():
            held = Membership.objects.filter(user=user, role=Role.CANDIDATE, ended_at=None)
            if not held.exists():
                _require_never_ended(user)
                add_member(door.institution, user, Role.CANDIDATE, actor=door.opened_by)
            return enrol(door.sitting, user, actor=user)


def ask_for_invitation(door: SelfEnrolment, email: str, *, code: str, caller: str) -> None:
    """Sends an invitation to an address without an account here; accepting it enrols.

    Tells nobody whether the address is known: who has an account here gets no e-mail and has to sign in.
    Raises as `enter` does, and InvalidInput (email).
    """
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise InvalidInput("Enter a complete e-mail address.", field="email") from error
    require_open(door)
    _require_code(door, code, caller)
    _require_domain(door, address)
    limits.count("self_enrolment_mail", caller, most=MAILS, seconds=3600)
    with within(door.institution):
        if Membership.objects.filter(user__email=address).exists():
            return
        [verdict] = enrol_rows(door.sitting, [RosterRow(1, address)], actor=door.opened_by)
        if verdict.outcome == "refused":
            raise Conflict(verdict.detail, code="full")


def _require_code(door: SelfEnrolment, code: str, caller: str) -> None:
    if not door.code:
        return
    given, wanted = code.strip().casefold().encode(), door.code.strip().casefold().encode()
    key = f"{door.pk}:{caller}"
    if limits.is_reached("self_enrolment_code", key, most=WRONG_CODES):
        limits.count("self_enrolment_code", key, most=WRONG_CODES, seconds=WRONG_CODES_S)
    if not hmac.compare_digest(given, wanted):
        limits.count("self_enrolment_code", key, most=WRONG_CODES, seconds=WRONG_CODES_S)
        raise InvalidInput("This code is wrong.", field="code", code="wrong_code")


def _require_domain(door: SelfEnrolment, email: str) -> None:
    if door.email_domain and not email.lower().endswith(f"@{door.email_domain.lower()}"):
        raise Conflict(f"Only addresses of {door.email_domain} can enrol by this link.", code="domain")


def _require_never_ended(user: User) -> None:
    """Whose role was ended by a person does not give it back to themselves."""
    if Membership.objects.filter(user=user, role=Role.CANDIDATE).exclude(ended_at=None).exists():
        raise Conflict("You are no candidate here any more; ask the exam office.", code="ended")
