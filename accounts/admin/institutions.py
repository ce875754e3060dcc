"""The own institution in the admin: its name, time zone, language and second-factor rule."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from accounts.admin.site import site
from accounts.admin.tenant import TenantAdmin
from accounts.countries import time_zone_choices
from accounts.languages import languages
from accounts.models import Institution
from accounts.services import institutions

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Institution]
else:
    _ModelForm = forms.ModelForm


class InstitutionForm(_ModelForm):
    """What an admin may change."""

    class Meta:
        model = Institution
        fields = ("name", "time_zone", "language", "requires_second_factor")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "time_zone" in self.fields:  # absent for those who only read
            self.fields["time_zone"] = forms.ChoiceField(
                choices=time_zone_choices(self.instance.time_zone),
                help_text="Sittings are shown in this zone.",
            )
        if "language" in self.fields:
            self.fields["language"] = forms.ChoiceField(
                choices=languages,
                help_text="In which exams are written. Readers and spell checkers of candidates go by it; an "
                "exam may have another one.",
            )


@admin.register(Institution, site=site)
class InstitutionAdmin(TenantAdmin):
    """One row: the institution at hand. Institutions come from registration, and stay."""

    form = InstitutionForm
    list_display = ("name", "slug", "country", "time_zone", "requires_second_factor")
    fields = (
        "name",
        "time_zone",
        "language",
        "requires_second_factor",
        "slug",
        "country",
        "kind",
        "allows_emotions",
        "owner_email",
        "confirmed_at",
    )
    readonly_fields = ("slug", "country", "kind", "allows_emotions", "owner_email", "confirmed_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Institution, form: Any, change: bool) -> None:
        actor: Any = request.user
        institutions.change_settings(
            obj,
            actor=actor,
            name=obj.name,
            time_zone=obj.time_zone,
            language=obj.language,
            requires_second_factor=obj.requires_second_factor,
            allows_emotions=obj.allows_emotions,
        )

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The service has written the audit entry."""
        return None
