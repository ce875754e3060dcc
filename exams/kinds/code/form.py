"""The admin form of a code question."""

from typing import Any

from django import forms

from exams.kinds.base import Content
from exams.kinds.code.kind import LANGUAGES, LONGEST_TEMPLATE
from exams.kinds.content_form import Cleaned, ContentForm


class CodeForm(ContentForm):
    """The language, what the candidate starts from, and a solution for those who mark."""

    def fields(self, before: Content | None) -> dict[str, forms.Field]:
        return {
            "language": forms.ChoiceField(
                choices=list(LANGUAGES.items()),
                initial=before["language"] if before else "python",
                help_text="Candidates are told. Those who mark see the code coloured for it. Nothing is run.",
            ),
            "template": _code_field(
                "Code to start from",
                before["template"] if before else "",
                "Stands in the field at the start.",
            ),
            "solution": _code_field(
                "Solution",
                before["solution"] if before else "",
                "For those who mark; candidates do not see it.",
            ),
        }

    def read(self, cleaned: Cleaned, before: Content | None) -> dict[str, Any]:
        return {name: cleaned.get(name) or "" for name in ("language", "template", "solution")}


def _code_field(label: str, initial: str, help_text: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        strip=False,
        max_length=LONGEST_TEMPLATE,
        initial=initial,
        widget=forms.Textarea(
            attrs={"rows": 8, "class": "vLargeTextField code-field", "spellcheck": "false"}
        ),
        help_text=help_text,
    )
