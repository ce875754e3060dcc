"""The admin form of a multiple choice question."""

from typing import Any

from django import forms

from exams.kinds.base import Content
from exams.kinds.content_form import Cleaned, FieldNames
from exams.kinds.multiple_choice.kind import ALL_OR_NOTHING, SCORING
from exams.kinds.option_rows import OptionRowsForm


class MultipleChoiceForm(OptionRowsForm):
    """Option rows, any number of them ticked, and how a partly right choice is marked."""

    def fields(self, before: Content | None) -> dict[str, forms.Field]:
        return {
            **super().fields(before),
            "scoring": forms.ChoiceField(
                choices=list(SCORING.items()),
                initial=before["scoring"] if before else ALL_OR_NOTHING,
                help_text="All or nothing: full points for exactly the correct options, else none. Partial: "
                "each right choice adds its part of the points, each wrong one takes its part of the wrong "
                "options away. With negative marks the question may end below 0; the whole exam never does.",
            ),
        }

    def layout(self, before: Content | None) -> FieldNames:
        return [*super().layout(before), "scoring"]

    def read(self, cleaned: Cleaned, before: Content | None) -> dict[str, Any]:
        return {**super().read(cleaned, before), "scoring": cleaned.get("scoring")}
