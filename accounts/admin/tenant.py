"""Base classes of every admin page on rows of an institution: own rows, own choices, rights, audit.

Use: `class ExamAdmin(TenantAdmin)` and `class SectionInline(TenantTabularInline)`, registered on
`accounts.admin.site.site`. Rights come from the `rules` permissions app.view_model, add_, change_, delete_.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.filters import RelatedOnlyFieldListFilter
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import get_fields_from_path, unquote
from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.text import capfirst

from accounts import audit
from accounts.admin.own_rows import OwnChoices, own_rows, with_own_form
from accounts.admin.paginator import CappedPaginator
from accounts.models import AuditEntry
from accounts.tenancy import TenantModel, current_institution

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
    _Tabular = admin.TabularInline[Any, Any]
    _Stacked = admin.StackedInline[Any, Any]
else:
    _ModelAdmin, _Tabular, _Stacked = admin.ModelAdmin, admin.TabularInline, admin.StackedInline

_VERBS = ("view", "add", "change", "delete")
HISTORY_LENGTH = 200
FOLDED_FILTER = "admin/folded_filter.html"
"""For filters that may offer many values: else the keyboard passes them all before the list."""


class _OwnRelated(RelatedOnlyFieldListFilter):
    """Values that occur in own rows; many of them are folded away until one is chosen."""

    template = FOLDED_FILTER


class TenantAdmin(OwnChoices, _ModelAdmin):
    """An admin page that shows and touches only rows of the institution at hand.

    Sets the institution of new rows, limits lists, choices and object pages (an id of another institution
    looks like a missing one), asks `rules` for every right, and writes audit entries instead of Django's log.
    """

    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50
    view_on_site = False
    object_history_template = "admin/audit_history.html"
    nothing_yet = ""
    """What an empty list says; without, that there is nothing yet."""
    allow_bulk_delete = False

    # rights

    def may(self, verb: str, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the person has the right `verb` (view, add, change, delete) on the object or the model."""
        options = self.opts
        return bool(request.user.has_perm(f"{options.app_label}.{verb}_{options.model_name}", obj))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may("view", request, obj) or self.may("change", request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may("add", request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may("change", request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may("delete", request, obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return any(self.may(verb, request) for verb in _VERBS)

    def get_actions(self, request: HttpRequest) -> Any:
        actions = super().get_actions(request)
        if not self.allow_bulk_delete:
            actions.pop("delete_selected", None)
        return actions

    # own rows

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return own_rows(super().get_queryset(request))

    def get_ordering(self, request: HttpRequest) -> Any:
        """Never none: without an order, pages of a list (and of autocomplete) may repeat or skip rows."""
        return super().get_ordering(request) or self.opts.ordering or ("-pk",)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Filters with a NUL character count as filters that make no sense: PostgreSQL would fail on them.

        A list is named by what it holds, where Django would say "Select … to change".
        """
        if any("\x00" in value for values in request.GET.lists() for value in values[1]):
            raise IncorrectLookupParameters
        shown = super().get_changelist_instance(request)
        shown.title = capfirst(str(self.opts.verbose_name_plural))
        return shown

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        kwargs["form"] = with_own_form(kwargs.get("form") or self.form)
        return super().get_form(request, obj, change, **kwargs)

    def get_list_filter(self, request: HttpRequest) -> Any:
        """Filters by a relation offer only the values that occur in own rows (never all people)."""
        return [
            (each, _OwnRelated) if self._is_relation(each) else each
            for each in super().get_list_filter(request)
        ]

    def _is_relation(self, name: Any) -> bool:
        if not isinstance(name, str):
            return False
        try:
            return bool(get_fields_from_path(self.model, name)[-1].is_relation)
        except FieldDoesNotExist:
            return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        refuse_foreign(obj)
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for row in formset.save(commit=False):
            refuse_foreign(row)
        super().save_formset(request, form, formset, change)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Refuses a form that was opened before the institution was switched in another tab."""
        here = current_institution()
        opened_in = request.POST.get("_institution", "")
        if opened_in and here is not None and opened_in != str(here.pk):
            messages.error(request, f"Nothing was saved: you have switched to {here.name} in the meantime.")
            return redirect(f"{self.admin_site.name}:index")
        return super().changeform_view(request, object_id, form_url, extra_context)

    # history

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        """Names of the changed fields, and how many rows of each inline were added, changed or deleted."""
        message: dict[str, Any] = {"fields": sorted(form.changed_data)}
        for formset in formsets or ():
            counts = {
                "added": len(formset.new_objects),
                "changed": len(formset.changed_objects),
                "deleted": len(formset.deleted_objects),
            }
            if any(counts.values()):
                message[formset.model._meta.model_name] = {k: v for k, v in counts.items() if v}
        return message

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return self._record(request, obj, "added", message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        if message == {"fields": []}:
            return None
        return self._record(request, obj, "changed", message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        return [self._record(request, each, "deleted", {}) for each in queryset]

    def _record(self, request: HttpRequest, obj: Any, fact: str, message: Any) -> AuditEntry:
        here = current_institution()
        if here is None:
            raise PermissionDenied("No institution is chosen.")
        detail = message if isinstance(message, dict) else {"note": str(message)}
        user: Any = request.user
        return audit.record(here, obj, f"{obj._meta.model_name}.{fact}", actor=user, detail=detail)

    def history_of(self, request: HttpRequest, obj: Any) -> list[AuditEntry]:
        """The newest entries about the object, as far as this person may read them."""
        entries = AuditEntry.objects.filter(stream=audit.stream_of(obj)).select_related("actor")
        return list(entries[:HISTORY_LENGTH])

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The audit entries of the object, latest first."""
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        if not self.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": f"History of {obj}",
            "entries": self.history_of(request, obj),
            "object": obj,
            "opts": self.opts,
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.object_history_template, context)


def refuse_foreign(row: models.Model) -> None:
    """Raises PermissionDenied when a row that is about to be saved belongs to another institution."""
    here = current_institution()
    if isinstance(row, TenantModel) and (here is None or row.institution_id != here.pk):
        raise PermissionDenied("This row belongs to another institution.")


class _OwnInline(OwnChoices):
    """What tabular and stacked inlines share: own choices, own form, rights by `rules`."""

    extra = 0
    form: type[ModelForm[Any]] = ModelForm

    def _may(self, verb: str, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(f"{self.opts.app_label}.{verb}_{self.opts.model_name}"))

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        kwargs["form"] = with_own_form(kwargs.get("form") or self.form)
        return super().get_formset(request, obj, **kwargs)  # type: ignore[misc]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return own_rows(super().get_queryset(request))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may("view", request) or self._may("change", request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may("add", request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may("change", request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may("delete", request)


class TenantTabularInline(_OwnInline, _Tabular):
    """Rows of the same institution below their parent, as a table."""


class TenantStackedInline(_OwnInline, _Stacked):
    """Rows of the same institution below their parent, as blocks."""
