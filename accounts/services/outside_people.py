"""Candidates of exams that other systems deliver: known by a number, without sign-in and e-mail (0173)."""

import secrets

from django.db import transaction

from accounts import audit
from accounts.candidate_numbers import key_of, problem_of, tidy
from accounts.models import Institution, Membership, User
from accounts.roles import Role
from accounts.services.candidate_numbers import holders_of, set_numbers
from accounts.services.memberships import add_member
from accounts.transitions import lock
from proctor_site.kernel.errors import Conflict, InvalidInput

_ADDRESS = "outside.invalid"
"""A domain that never exists (RFC 2606): `accounts.mail_backend` sends nothing there."""
LONGEST_NAME = 200


def candidate_with(institution: Institution, number: str, *, name: str, actor: User | None) -> User:
    """The candidate whom the institution knows by this number; the first call makes them, under `name`.

    Somebody who is a candidate of the institution already, by an account of their own, is that person and
    keeps their name; of others the newest name counts. Within the institution's scope. Raises InvalidInput
    (`candidate_id`, `candidate_name`) and Conflict `number_ended`, when its holder is a candidate no more.
    """
    wanted = tidy(number)
    problem = problem_of(wanted) if wanted else "Give the number by which you know the candidate."
    if problem:
        raise InvalidInput(problem, field="candidate_id")
    shown = " ".join(name.split())
    if not shown or "\x00" in shown or len(shown) > LONGEST_NAME:
        raise InvalidInput(f"Give a name of 1 to {LONGEST_NAME} characters.", field="candidate_name")
    with transaction.atomic():
        lock(institution)  # two calls at once must not make two people of one number
        holder = holders_of(institution, [wanted]).get(key_of(wanted))
        if holder is None:
            return _make(institution, wanted, shown, actor)
        if holder.ended_at is not None:
            raise Conflict(
                "The candidate with this number is no longer a candidate of your institution.",
                code="number_ended",
                field="candidate_id",
            )
        if is_outside_person(holder.user) and holder.user.name != shown:
            _rename(holder, shown, actor)
        return holder.user


def is_outside_person(user: User) -> bool:
    """Whether the account was made for a candidate of another system."""
    return user.email.endswith(f"@{_ADDRESS}")


def _make(institution: Institution, number: str, name: str, actor: User | None) -> User:
    address = f"candidate-{secrets.token_hex(12)}@{_ADDRESS}"
    user = User.objects.create_user(address, None, name=name, is_active=False)
    add_member(institution, user, Role.CANDIDATE, actor=actor)
    set_numbers(institution, {user.pk: number}, actor=actor)
    return user


def _rename(membership: Membership, name: str, actor: User | None) -> None:
    membership.user.name = name
    membership.user.save(update_fields=["name"])
    detail = {"person": membership.user_id}
    audit.record(membership.institution, membership, "membership.renamed", actor=actor, detail=detail)
