"""Gives roles to people and takes them back; the last admin of an institution stays."""

from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import Institution, Membership, User
from accounts.permissions import forget_roles, roles_of
from accounts.roles import Role
from accounts.tenancy import within
from accounts.transitions import lock
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, NotAllowed

GIVEN_BY_OFFICERS = (Role.CANDIDATE, Role.AUTHOR, Role.PROCTOR, Role.REVIEWER)


def roles_to_give(user: Any, institution: Institution) -> tuple[Role, ...]:
    """The roles a person may offer to others: admins all, exam officers those below their own."""
    own = roles_of(user, institution)
    if Role.ADMIN in own:
        return tuple(Role)
    return GIVEN_BY_OFFICERS if Role.EXAM_OFFICER in own else ()


def add_member(institution: Institution, user: User, role: Role | str, *, actor: User | None) -> Membership:
    """Gives the person a role; a role that was ended is taken up again. Raises Conflict if it is held."""
    with within(institution), transaction.atomic():
        membership, is_new = Membership.objects.get_or_create(
            institution=institution, user=user, role=Role(role).value
        )
        if not is_new and membership.ended_at is None:
            raise Conflict(
                f"{user} is {membership.get_role_display()} here already.",
                code="already_member",
                field="role",
            )
        if not is_new:
            membership.ended_at = None
            membership.save(update_fields=["ended_at"])
        verb = "membership.added" if is_new else "membership.restored"
        audit.record(
            institution, membership, verb, actor=actor, detail={"person": user.pk, "role": membership.role}
        )
    forget_roles(user)
    return membership


def end_membership(membership: Membership, *, actor: User) -> Membership:
    """Ends one role of a person; the row stays for the record.

    Raises NotAllowed unless the actor is an admin, Conflict when it has ended already or belongs to the last
    admin (an institution without one could never be administered again).
    """
    institution = membership.institution
    if Role.ADMIN not in roles_of(actor, institution):
        raise NotAllowed("Only an institution admin can end a membership.")
    with within(institution), transaction.atomic():
        lock(institution)  # two admins who end each other at the same moment take turns here
        membership.refresh_from_db()
        if membership.ended_at is not None:
            raise Conflict("This membership has ended already.", code="already_ended")
        if membership.role == Role.ADMIN and not _other_admins(membership):
            raise Conflict(
                "This is the last admin. Make somebody else an admin first.", code="last_admin", field="role"
            )
        membership.ended_at = clock.now()
        membership.save(update_fields=["ended_at"])
        audit.record(
            institution,
            membership,
            "membership.ended",
            actor=actor,
            detail={"person": membership.user_id, "role": membership.role},
        )
    forget_roles(membership.user)
    return membership


def _other_admins(membership: Membership) -> bool:
    rows = Membership.objects.filter(
        institution=membership.institution_id, role=Role.ADMIN, ended_at=None, user__is_active=True
    )
    return rows.exclude(user=membership.user_id).exists()
