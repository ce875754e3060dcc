"""Limits choices and forms of the admin site to the institution whose scope is open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin
from django.db import models
from django.forms import ModelForm
from django.forms.models import ModelFormMetaclass
from django.http import HttpRequest

from accounts.models import Institution, Membership, User
from accounts.tenancy import TenantModel, current_institution

if TYPE_CHECKING:
    _Options = admin.options.BaseModelAdmin[Any]
    _Form = ModelForm[Any]
else:
    _Options = object
    _Form = ModelForm


def own_rows(rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """The rows that belong to the institution at hand; people belong through a current membership.

    Without one institution at hand: no rows. Models that belong to nobody (content types) pass unchanged.
    """
    here = current_institution()
    model = rows.model
    if issubclass(model, TenantModel):
        return rows.filter(institution=here) if here else rows.none()
    if issubclass(model, User):
        return (
            rows.filter(pk__in=Membership.objects.filter(ended_at=None).values("user"))
            if here
            else rows.none()
        )
    if issubclass(model, Institution):
        return rows.filter(pk=here.pk) if here else rows.none()
    return rows


class OwnChoices(_Options):
    """Mixin of admins and inlines: foreign keys and many-to-many fields offer and accept own rows only."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = self._own_choices(db_field, request, kwargs)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = self._own_choices(db_field, request, kwargs)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def _own_choices(
        self, db_field: Any, request: HttpRequest, given: dict[str, Any]
    ) -> models.QuerySet[Any]:
        rows = given.get("queryset")
        if rows is None:
            rows = self.get_field_queryset(given.get("using"), db_field, request)
        if rows is None:
            rows = db_field.remote_field.model._default_manager.all()
        return own_rows(rows)


class OwnForm(_Form):
    """Mixin of model forms: a new row belongs to the institution at hand before it is validated.

    So constraints that name the institution are checked by the form and not first by the database.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = current_institution()
        if (
            here is not None
            and isinstance(self.instance, TenantModel)
            and self.instance.institution_id is None
        ):
            self.instance.institution = here

    def _get_validation_exclusions(self) -> set[str]:
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded - {"institution"}


def with_own_form(form: type[ModelForm[Any]] | None) -> type[ModelForm[Any]]:
    """The form class, extended by `OwnForm` unless it has it already."""
    base = form or ModelForm
    if issubclass(base, OwnForm):
        return base
    made: Any = ModelFormMetaclass(f"Own{base.__name__}", (OwnForm, base), {"__module__": __name__})
    return cast("type[ModelForm[Any]]", made)
