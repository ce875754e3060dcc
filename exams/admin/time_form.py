"""The forms with which an exam officer gives time to many candidates at once."""

import uuid
from typing import Any

from django import forms

from exams.delivery.allowances import LONGEST_REASON


class ExtraTimeForm(forms.Form):
    """Minutes for everybody of a sitting; `batch` makes a repeat of the same form harmless."""

    minutes = forms.IntegerField(
        label="Extra minutes",
        min_value=1,
        max_value=240,
        initial=10,
        help_text="Added to the working time of everybody enrolled; who is working sees it within seconds.",
    )
    reason = forms.CharField(
        label="Reason",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="For the record. Only exam officers see it; candidates and proctors see the minutes.",
    )
    batch = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("batch", uuid.uuid4())


class TakeBackForm(forms.Form):
    """Undoes one action for everybody."""

    batch = forms.UUIDField(widget=forms.HiddenInput)
