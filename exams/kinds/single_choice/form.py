"""The admin form of a single choice question."""

from typing import Any

from django import forms

from exams.kinds.base import Content
from exams.kinds.content_form import Cleaned, FieldNames, penalty_field, read_penalty
from exams.kinds.option_rows import OptionRowsForm


class SingleChoiceForm(OptionRowsForm):
    """Option rows, one of them ticked, and what a wrong choice costs."""

    def fields(self, before: Content | None) -> dict[str, forms.Field]:
        return {**super().fields(before), "penalty": penalty_field(before)}

    def layout(self, before: Content | None) -> FieldNames:
        return [*super().layout(before), "penalty"]

    def read(self, cleaned: Cleaned, before: Content | None) -> dict[str, Any]:
        return {**super().read(cleaned, before), **read_penalty(cleaned)}
