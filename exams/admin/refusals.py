"""Refusals of services as messages on admin pages; checks that name a field are made by the forms before."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.shortcuts import redirect

from proctor_site.kernel.errors import Refusal

if TYPE_CHECKING:
    _Options = admin.ModelAdmin[Any]
else:
    _Options = object


class RefusalsInWords(_Options):
    """Mixin: a refusal while saving (somebody was faster) is shown, and nothing of the form is saved."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except Refusal as refusal:
            messages.error(request, f"Nothing was saved: {refusal.message}")
            return redirect(request.get_full_path())
