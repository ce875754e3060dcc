"""The admin form of a true or false question."""

from typing import Any

from django import forms

from exams.kinds.base import Content
from exams.kinds.content_form import Cleaned, ContentForm, penalty_field, read_penalty


class TrueFalseForm(ContentForm):
    """Which of the two is right, and what a wrong answer costs."""

    def fields(self, before: Content | None) -> dict[str, forms.Field]:
        return {
            "correct": forms.ChoiceField(
                label="Right answer",
                choices=[("", "Choose"), ("true", "True"), ("false", "False")],
                initial="" if before is None else str(before["correct"]).lower(),
                help_text="Whether the statement in the question text is true.",
            ),
            "penalty": penalty_field(before),
        }

    def read(self, cleaned: Cleaned, before: Content | None) -> dict[str, Any]:
        return {"correct": cleaned.get("correct") == "true", **read_penalty(cleaned)}
