"""The forms with which an exam officer gives time to many candidates at once."""

import uuid
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from exams import timing
from exams.admin.sitting_form import WallClockField
from exams.delivery.lost_time import LONGEST_REASON as LONGEST_REASON_OF_LOST_TIME
from exams.delivery.lost_time import check_interval
from exams.models import CandidateGroup, Sitting
from exams.scheduling.groups import groups_in
from exams.scheduling.terms import LONGEST_REASON
from proctor_site.kernel.errors import InvalidInput


class ExtraTimeForm(forms.Form):
    """Minutes for everybody of a sitting, or of one group in it; `batch` makes a repeat harmless."""

    group: Any = forms.ModelChoiceField(
        CandidateGroup.objects.none(),
        label="For whom",
        required=False,
        empty_label="Everybody enrolled",
        help_text="A group: those of its candidates who are enrolled here, this once. What a group is to "
        "have in every exam stands on the page of the group.",
    )
    minutes = forms.IntegerField(
        label="Extra minutes",
        min_value=1,
        max_value=240,
        initial=10,
        help_text="Added to the working time, on top of what was agreed. Who is working sees it at once.",
    )
    reason = forms.CharField(
        label="Reason",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="For the record. Only exam officers see it; candidates and proctors see the minutes.",
    )
    batch = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, sitting: Sitting, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("batch", uuid.uuid4())
        groups: Any = self.fields["group"]
        groups.queryset = groups_in(sitting)
        if not groups.queryset:
            del self.fields["group"]


class TakeBackForm(forms.Form):
    """Undoes one action for everybody."""

    batch = forms.UUIDField(widget=forms.HiddenInput)


class LostTimeForm(forms.Form):
    """An interval in which everybody of a sitting could not work, on the clocks of the sitting's zone."""

    started = WallClockField(
        label="From", widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": 1})
    )
    ended = WallClockField(
        label="To", widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": 1})
    )
    why = forms.CharField(
        label="Reason",
        max_length=LONGEST_REASON_OF_LOST_TIME,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="For the record. Candidates see the interval and how much was given back.",
    )

    def __init__(self, zone: ZoneInfo, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        for name in ("started", "ended"):
            self.fields[name].help_text = f"With seconds, on the clocks of {zone.key}."

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("started", "ended"):
            if cleaned.get(name):
                try:
                    cleaned[name] = timing.from_wall_clock(cleaned[name], self.zone)
                except InvalidInput as refusal:
                    self.add_error(name, refusal.message)
        if not self.errors:
            self._check(cleaned)
        return cleaned

    def _check(self, cleaned: dict[str, Any]) -> None:
        try:
            check_interval(cleaned["started"], cleaned["ended"], cleaned["why"])
        except InvalidInput as refusal:
            names = {"started_at": "started", "ended_at": "ended", "reason": "why"}
            self.add_error(names[refusal.field or "reason"], refusal.message)
