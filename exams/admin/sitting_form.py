"""The form of a sitting: times are entered on the clocks of the sitting's own zone."""

import zoneinfo
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone

from accounts.tenancy import current_institution
from exams import timing
from exams.models import Sitting
from exams.scheduling.sittings import check_sitting
from proctor_site.kernel.errors import InvalidInput

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Sitting]
else:
    _ModelForm = forms.ModelForm

_LOCAL = {"opens_at": "opens_local", "closes_at": "closes_local"}


class WallClockField(forms.DateTimeField):
    """A date and time without a zone, as clocks on the wall show it."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def to_python(self, value: Any) -> datetime | None:
        # In UTC no hour is missing, so Django's own conversion cannot refuse what the sitting's zone has.
        with timezone.override(UTC):
            moment = super().to_python(value)
        return moment.replace(tzinfo=None) if moment else None

    def prepare_value(self, value: Any) -> Any:
        return value


class SittingForm(_ModelForm):
    """Checks what `scheduling.sittings` checks, and names the field."""

    time_zone = forms.ChoiceField(help_text="The zone in which the times below are meant and announced.")
    opens_local = WallClockField(label="Opens")
    closes_local = WallClockField(label="Closes")

    class Meta:
        model = Sitting
        # Without the exam: its choices need a scope, so the admin adds that field within the request.
        fields = (
            "title",
            "time_zone",
            "duration_minutes",
            "late_entry_minutes",
            "time_up",
            "grace_minutes",
            "late_upload_minutes",
            "begins",
            "starts_per_minute",
            "credits_outages",
            "credits_connection",
            "credit_least_seconds",
            "credit_most_minutes",
            "capacity",
            "tells_candidates",
            "is_practice",
            "practice_days",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = current_institution()
        own_zone = self.instance.time_zone or (here.time_zone if here else "UTC")
        if "duration_minutes" not in self.fields:  # a page to read only: declared fields stay, others go
            return
        zones: Any = self.fields["time_zone"]
        zones.choices = [(name, name) for name in sorted(zoneinfo.available_timezones())]
        self.initial.setdefault("time_zone", own_zone)
        if not self.initial["time_zone"]:
            self.initial["time_zone"] = own_zone
        for name, local in _LOCAL.items():
            moment = getattr(self.instance, name)
            if moment is not None:
                shown = moment.astimezone(zoneinfo.ZoneInfo(own_zone)).replace(tzinfo=None)
                self.initial[local] = shown.replace(second=0, microsecond=0)
            self.fields[local].help_text = f"On the clocks of the zone above ({own_zone})."
        self.fields["closes_local"].help_text += " Nobody works longer than this, except with extra time."
        self.fields["duration_minutes"].help_text = "How long each candidate may work."

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        zone_name = cleaned.get("time_zone")
        for name, local in _LOCAL.items():
            if zone_name and cleaned.get(local):
                self._set_moment(name, local, cleaned[local], zoneinfo.ZoneInfo(zone_name))
        return cleaned

    def _set_moment(self, name: str, local: str, entered: datetime, zone: zoneinfo.ZoneInfo) -> None:
        if self.instance.pk and not {local, "time_zone"} & set(self.changed_data):
            return  # the form shows whole minutes: what was not touched keeps its seconds
        try:
            setattr(self.instance, name, timing.from_wall_clock(entered, zone))
        except InvalidInput as refusal:
            self.add_error(local, refusal.message)
        except OverflowError:
            self.add_error(local, "This date is too far away.")

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        try:
            check_sitting(self.instance)
        except InvalidInput as refusal:
            named = _LOCAL.get(refusal.field or "", refusal.field)
            self.add_error(named if named in self.fields else None, refusal.message)
