"""Keeps the reasons of allowances from those who may see the rest of a history."""

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

from accounts.admin.tenant import TenantAdmin
from accounts.models import AuditEntry

if TYPE_CHECKING:
    _Options = TenantAdmin
else:
    _Options = object

_ABOUT_ALLOWANCES = ("allowance", "extra_time")


class HidesReasons(_Options):
    """Mixin: the history says what was given; why, only to those who may see allowances."""

    def history_of(self, request: HttpRequest, obj: Any) -> list[AuditEntry]:
        entries = super().history_of(request, obj)
        if request.user.has_perm("exams.view_allowance", obj):
            return entries
        for entry in entries:
            if any(part in entry.verb for part in _ABOUT_ALLOWANCES):
                entry.detail = {name: value for name, value in entry.detail.items() if name != "reason"}
        return entries
