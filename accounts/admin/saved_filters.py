"""Saved filters: kept from a list, opened by one click, renamed, shared, and deleted with confirmation."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import saved_filters
from accounts.admin.site import site
from accounts.admin.tenant import TenantAdmin
from accounts.models import Institution, SavedFilter, User
from accounts.saved_filters import LISTS
from accounts.tenancy import current_institution
from proctor_site.kernel.errors import NotFound, Refusal


class NameForm(forms.ModelForm[SavedFilter]):
    """Renames; a name is one of its owner's for a list once."""

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        mine = SavedFilter.objects.filter(owner=self.instance.owner_id, page=self.instance.page, name=name)
        if mine.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("There is a filter of that name for this list already.")
        return name


@admin.register(SavedFilter, site=site)
class SavedFilterAdmin(TenantAdmin):
    """Own filters and those that colleagues share."""

    form = NameForm
    list_display = ("name", "of_list", "who", "open_link")
    list_select_related = ("owner",)
    fields = ("name", "is_shared", "of_list", "who", "says")
    readonly_fields = ("of_list", "who", "says")

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        return [
            path("save/", wrap(require_POST(self.save_view)), name="accounts_savedfilter_save"),
            path(
                "<int:filter_id>/open/",
                wrap(never_cache(require_safe(self.open_view))),
                name="accounts_savedfilter_open",
            ),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        here, person = current_institution(), request.user
        rows = super().get_queryset(request)
        if here is None or not isinstance(person, User):
            return rows.none()
        return rows.filter(pk__in=saved_filters.visible_to(person, here).values("pk"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Filters are saved on their lists."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = super().has_change_permission(request, obj)
        return may and (obj is None or saved_filters.may_change(request.user, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = super().has_delete_permission(request, obj)
        return may and (obj is None or saved_filters.may_change(request.user, obj))

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Back to where the filter is used."""
        if "_continue" in request.POST:
            return super().response_change(request, obj)
        messages.success(request, f"The filter “{obj.name}” is kept.")
        return redirect("admin:accounts_savedfilter_open", obj.pk)

    def save_view(self, request: HttpRequest) -> HttpResponse:
        """Keeps the filter that a list shows now, and goes back to it."""
        here, person = _here(request)
        page, query = request.POST.get("page", ""), request.POST.get("query", "")
        known = LISTS.get(page)
        if known is None:
            raise Http404("There is no such list.")
        try:
            saved_filters.save(
                here,
                page,
                request.POST.get("name", ""),
                query,
                owner=person,
                is_shared=request.POST.get("is_shared") == "1",
            )
        except NotFound as refusal:
            raise Http404(refusal.message) from refusal
        except Refusal as refusal:
            if refusal.status == 403:
                raise PermissionDenied(refusal.message) from refusal
            messages.error(request, f"{refusal.message} Nothing was saved.")
        else:
            messages.success(request, "The filter is saved; open it from “Saved filters”.")
        return redirect(_address(known.url_name, query))

    def open_view(self, request: HttpRequest, filter_id: int) -> HttpResponse:
        """Goes to the list; what no longer makes sense is left out, and said."""
        _here(request)
        row = self.get_queryset(request).filter(pk=filter_id).first()
        if row is None:
            raise Http404("There is no such filter here.")
        address, problems = saved_filters.opened(row, request)
        if problems:
            told = " ".join(problems)
            words = (
                f"“{row.name}” no longer says what it did: {told} That part is left out, so more is listed."
            )
            messages.warning(request, words)
        return redirect(address)

    @admin.display(description="list")
    def of_list(self, row: SavedFilter) -> str:
        page = LISTS.get(row.page)
        return page.label if page else row.page

    @admin.display(description="who sees it")
    def who(self, row: SavedFilter) -> str:
        return f"everybody here (shared by {row.owner})" if row.is_shared else "only you"

    @admin.display(description="open")
    def open_link(self, row: SavedFilter) -> str:
        address = reverse("admin:accounts_savedfilter_open", args=[row.pk])
        return format_html('<a href="{}">Open<span class="visually-hidden"> {}</span></a>', address, row.name)

    @admin.display(description="narrows by")
    def says(self, row: SavedFilter) -> str:
        return row.query.replace("&", ", ").replace("__exact", "")


def _here(request: HttpRequest) -> tuple[Institution, User]:
    here = current_institution()
    if here is None or not isinstance(request.user, User):
        raise PermissionDenied
    if not request.user.has_perm("accounts.view_savedfilter"):
        raise PermissionDenied
    return here, request.user


def _address(url_name: str, query: str) -> str:
    address = reverse(url_name)
    return f"{address}?{query}" if query else address
