"""Refusals of services as messages on admin pages; checks that name a field are made by the forms before."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect

from accounts.admin.tenant import TenantAdmin
from proctor_site.kernel.errors import Refusal

if TYPE_CHECKING:
    _Options = TenantAdmin
else:
    _Options = object


class RefusalsInWords(_Options):
    """Mixin: a refusal while saving or deleting is shown, and nothing of it is done."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except Refusal as refusal:
            messages.error(request, f"Nothing was saved: {refusal.message}")
            return redirect(request.get_full_path())

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().delete_view(request, *args, **kwargs)
        except Refusal as refusal:
            messages.error(request, f"Nothing was deleted: {refusal.message}")
            return redirect(request.get_full_path())
