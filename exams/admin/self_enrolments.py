"""Self-enrolment in the admin: the link of a sitting, its code, domain and end."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse

from accounts.admin.site import site
from accounts.admin.tenant import TenantAdmin
from exams.models import SelfEnrolment


@admin.register(SelfEnrolment, site=site)
class SelfEnrolmentAdmin(TenantAdmin):
    """Lets people enrol themselves in a sitting by a link."""

    list_display = ("sitting", "is_open", "link", "has_code", "email_domain")
    list_select_related = ("sitting",)
    search_fields = ("sitting__title",)
    autocomplete_fields = ("sitting",)
    fields = ("sitting", "is_open", "link", "code", "email_domain", "closes_hours_before")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("sitting", "link") if obj else ("link",)

    @admin.display(description="link to pass on")
    def link(self, door: SelfEnrolment) -> str:
        if not door.pk:
            return "Save first; the link is shown then."
        return f"{settings.BASE_URL}{reverse('self_enrolment', args=[door.token])}"

    @admin.display(description="with a code", boolean=True)
    def has_code(self, door: SelfEnrolment) -> bool:
        return bool(door.code)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        # In whose name people are made candidates: who opened the door, or opened it again.
        obj.opened_by = request.user
        super().save_model(request, obj, form, change)
