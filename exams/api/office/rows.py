"""Finds the rows that calls by token name; those of other institutions do not exist for them."""

from typing import Any, TypeVar

from accounts.models import Membership, User
from accounts.tenancy import TenantModel
from proctor_site.kernel.errors import NotFound

Found = TypeVar("Found", bound=TenantModel)


def own_row(model: type[Found], number: int, *related: str, field: str | None = None) -> Found:
    """The row of the token's institution, with `related` rows. Raises NotFound, in a body naming `field`."""
    rows: Any = model.objects
    found: Found | None = rows.filter(pk=number).select_related("institution", *related).first()
    if found is None:
        name = model._meta.verbose_name
        raise NotFound(f"There is no such {name} in your institution.", field=field)
    return found


def own_member(number: int, *, field: str) -> User:
    """A present member of the token's institution. Raises NotFound naming `field`."""
    held = Membership.objects.filter(user=number, ended_at=None).select_related("user").first()
    if held is None:
        raise NotFound("There is no such member of your institution.", field=field)
    return held.user
