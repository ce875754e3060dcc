"""Shared reads: which institutions a person belongs to."""

from typing import Any

from django.http import HttpRequest

from accounts.models import Institution, Membership
from accounts.permissions import is_staff_of, remember_roles

_OWN = "_own_institutions"


def institutions_of(user: Any) -> list[Institution]:
    """Confirmed institutions in which the person has any role, by name.

    One query, which tells `permissions.roles_of` the roles there as well.
    """
    rows = Membership.objects.with_scopes_disabled().filter(
        user=user, ended_at=None, institution__confirmed_at__isnull=False
    )
    found: dict[int, Institution] = {}
    roles: dict[int, set[str]] = {}
    for membership in rows.select_related("institution").order_by("institution__name", "institution_id"):
        found.setdefault(membership.institution_id, membership.institution)
        roles.setdefault(membership.institution_id, set()).add(membership.role)
    for institution_id, held in roles.items():
        remember_roles(user, institution_id, held)
    return list(found.values())


def own_institutions(request: HttpRequest) -> list[Institution]:
    """`institutions_of` the signed-in person, read once per request."""
    known: list[Institution] | None = getattr(request, _OWN, None)
    if known is None:
        known = institutions_of(request.user)
        setattr(request, _OWN, known)
    return known


def institution_for(user: Any, slug: str) -> Institution | None:
    """The confirmed institution of that slug, if the person has any role in it."""
    return next((each for each in institutions_of(user) if each.slug == slug), None)


def staffed_institutions(user: Any) -> list[Institution]:
    """Confirmed institutions in which the person has a role besides candidate, by name."""
    return [each for each in institutions_of(user) if is_staff_of(user, each)]


def staff_institution(user: Any, chosen: int | None) -> Institution | None:
    """The chosen institution if the person is staff there, else the first one where they are."""
    candidates = staffed_institutions(user)
    return next((each for each in candidates if each.pk == chosen), candidates[0] if candidates else None)
