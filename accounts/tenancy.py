"""Tenancy: rows of an institution can only be read inside a scope that names it (django-scopes)."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models
from django_scopes import ScopedManager, get_scope, scope, scopes_disabled

if TYPE_CHECKING:
    from accounts.models import Institution


class TenantModel(models.Model):
    """Base of every row that belongs to one institution.

    `objects` raises ScopeError outside `within(...)`. Django's own related managers and foreign keys do not
    pass through it: a permission check stays at every edge.
    """

    institution = models.ForeignKey(
        "accounts.Institution", on_delete=models.PROTECT, related_name="+", editable=False
    )

    objects = ScopedManager(institution="institution")

    class Meta:
        abstract = True


Row = TypeVar("Row", bound=TenantModel)


def own_or_default(model: type[Row], institution: Institution) -> Row:
    """The institution's one row of settings; an unsaved one with the defaults while it has none."""
    return model.objects.filter(institution=institution).first() or model(institution=institution)


def within(institution: Institution | Iterable[Institution]) -> AbstractContextManager[Any]:
    """Opens the scope of one institution, or of several (lists across a person's memberships).

    Trap: django-scopes reads None as "no filter at all", so None is refused here. Raises ValueError.
    """
    if institution is None:
        raise ValueError("a scope needs an institution; use across_all() to mean every one")
    one_or_many = list(institution) if isinstance(institution, Iterable) else institution
    return scope(institution=one_or_many)


def across_all() -> AbstractContextManager[Any]:
    """No scope at all: for sweeps and set-up commands that really mean every institution."""
    return scopes_disabled()


def current_institution() -> Institution | None:
    """The one institution whose scope is open, or None outside a scope or in one of several."""
    found = get_scope().get("institution")
    return None if found is None or isinstance(found, list | tuple) else found


def institutions_in_scope() -> list[Institution]:
    """The institutions whose scope is open: none, one or several."""
    found = get_scope().get("institution")
    if found is None:
        return []
    return list(found) if isinstance(found, list | tuple) else [found]
