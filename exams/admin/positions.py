"""Positions in the admin: left empty, a new row goes to the end."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.models import BaseInlineFormSet

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Any]
    _Formset = BaseInlineFormSet[Any, Any, Any]
else:
    _ModelForm, _Formset = forms.ModelForm, BaseInlineFormSet


class PositionForm(_ModelForm):
    """A row with a `position` that may be left empty; a new one starts empty."""

    position = forms.IntegerField(
        required=False, min_value=1, max_value=32_767, help_text="Lower comes first; empty: at the end."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.initial["position"] = None


class PositionFormset(_Formset):
    """Puts rows without a position behind all others, in the order they stand in."""

    def clean(self) -> None:
        super().clean()
        rows = [form for form in self.forms if self._is_kept(form)]
        last = max([form.cleaned_data["position"] or 0 for form in rows], default=0)
        for form in rows:
            # Not the instance's own position: the model's default stands there when the field was not sent.
            if form.cleaned_data["position"] is None:
                last += 1
                form.instance.position = last

    def _is_kept(self, form: Any) -> bool:
        is_empty = form.instance.pk is None and not form.has_changed()
        return form.is_valid() and not is_empty and not self._should_delete_form(form)  # type: ignore[attr-defined]
