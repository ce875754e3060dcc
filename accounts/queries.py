"""Shared reads: which institutions a person belongs to."""

from typing import Any

from accounts.models import Institution, Membership
from accounts.roles import STAFF_ROLES


def institutions_of(user: Any) -> list[Institution]:
    """Confirmed institutions in which the person has any role, by name."""
    return list(
        Institution.objects.filter(
            pk__in=Membership.objects.with_scopes_disabled()
            .filter(user=user, ended_at=None)
            .values("institution"),
            confirmed_at__isnull=False,
        )
    )


def institution_for(user: Any, slug: str) -> Institution | None:
    """The confirmed institution of that slug, if the person has any role in it."""
    return next((each for each in institutions_of(user) if each.slug == slug), None)


def staffed_institutions(user: Any) -> list[Institution]:
    """Confirmed institutions in which the person has a role besides candidate, by name."""
    staffed = set(
        Membership.objects.with_scopes_disabled()
        .filter(user=user, ended_at=None, role__in=STAFF_ROLES)
        .values_list("institution_id", flat=True)
    )
    return [each for each in institutions_of(user) if each.pk in staffed]


def staff_institution(user: Any, chosen: int | None) -> Institution | None:
    """The chosen institution if the person is staff there, else the first one where they are."""
    candidates = staffed_institutions(user)
    return next((each for each in candidates if each.pk == chosen), candidates[0] if candidates else None)
