"""The admin form of a numeric question."""

from typing import Any

from django import forms

from exams.kinds.base import Content
from exams.kinds.content_form import Cleaned, ContentForm


class NumericForm(ContentForm):
    """The right number and how far off an answer may be."""

    def fields(self, before: Content | None) -> dict[str, forms.Field]:
        return {
            "value": forms.CharField(
                label="Right answer",
                initial=before["value"] if before else "",
                help_text="A number such as 3.14 or 3,14; no separators between thousands.",
            ),
            "tolerance": forms.CharField(
                initial=before["tolerance"] if before else "0",
                help_text="How far an answer may be from it, up or down, and still be right; 0: exactly.",
            ),
        }

    def read(self, cleaned: Cleaned, before: Content | None) -> dict[str, Any]:
        return {"value": cleaned.get("value"), "tolerance": cleaned.get("tolerance")}
