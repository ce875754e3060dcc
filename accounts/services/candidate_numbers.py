"""Gives candidates the numbers of the institution's own records; within one institution nobody shares one."""

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models.functions import Lower

from accounts import audit
from accounts.candidate_numbers import key_of, problem_of, tidy
from accounts.models import Institution, Membership, User
from accounts.permissions import roles_of
from accounts.roles import Role
from accounts.tenancy import within
from accounts.transitions import lock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotAllowed

_MAY_NUMBER = frozenset({Role.ADMIN.value, Role.EXAM_OFFICER.value})


def holders_of(institution: Institution, numbers: Iterable[str]) -> dict[str, Membership]:
    """Who has these numbers there, by `key_of` the number; members whose role has ended too."""
    keys = {key_of(number) for number in numbers if number}
    rows = Membership.objects.filter(institution=institution).exclude(external_id="")
    found = rows.annotate(number_key=Lower("external_id")).filter(number_key__in=keys)
    return {key_of(each.external_id): each for each in found.select_related("user").order_by()}


def in_words(holder: Membership) -> str:
    """Who holds a number, for somebody of the same institution who wanted to give it to another person."""
    left = ", who is no longer a candidate here" if holder.ended_at else ""
    return f"{holder.user} ({holder.user.email}){left}"


def set_number(membership: Membership, number: str, *, actor: User) -> Membership:
    """Gives a candidate the number; "" takes it away. The same again changes nothing.

    Raises NotAllowed (not an admin or exam officer there), and with field `external_id` InvalidInput (not
    a candidate, no possible number) and Conflict `number_taken`, which names who has it.
    """
    institution, wanted = membership.institution, tidy(number)
    if not roles_of(actor, institution) & _MAY_NUMBER:
        raise NotAllowed("Only admins and exam officers give candidate numbers.")
    if membership.role != Role.CANDIDATE:
        raise InvalidInput("Only candidates have a number.", field="external_id", code="no_candidate")
    problem = problem_of(wanted) if wanted else ""
    if problem:
        raise InvalidInput(problem, field="external_id", code="invalid")
    with within(institution), transaction.atomic():
        lock(institution)
        holder = holders_of(institution, [wanted]).get(key_of(wanted))
        if holder is not None and holder.pk != membership.pk:
            words = f"This number belongs to {in_words(holder)}."
            raise Conflict(words, code="number_taken", field="external_id")
        membership.refresh_from_db()
        _write(membership, wanted, actor)
    return membership


def set_numbers(institution: Institution, numbers: Mapping[int, str], *, actor: User | None) -> list[int]:
    """Gives numbers to candidates (person: tidy number) whom the caller has judged; who got none, as persons.

    In the caller's transaction, after `lock(institution)`. A number that somebody else has is not given.
    """
    holders = holders_of(institution, numbers.values())
    rows = Membership.objects.filter(institution=institution, role=Role.CANDIDATE, user__in=numbers)
    left_out = []
    for membership in rows.select_related("institution"):
        number = numbers[membership.user_id]
        holder = holders.get(key_of(number))
        if holder is not None and holder.pk != membership.pk:
            left_out.append(membership.user_id)
            continue
        _write(membership, number, actor)
    return left_out


def _write(membership: Membership, number: str, actor: User | None) -> None:
    if membership.external_id == number:
        return
    detail = {"person": membership.user_id, "before": membership.external_id, "number": number}
    membership.external_id = number
    membership.save(update_fields=["external_id"])
    audit.record(membership.institution, membership, "membership.number_set", actor=actor, detail=detail)
