"""The admin form of an essay question."""

from typing import Any

from django import forms

from exams.kinds.base import Content
from exams.kinds.content_form import Cleaned, ContentForm, FieldNames
from exams.kinds.essay.kind import LONGEST_TEMPLATE, MOST_WORDS


class EssayForm(ContentForm):
    """Optional limits, and what the candidate starts from."""

    def fields(self, before: Content | None) -> dict[str, forms.Field]:
        return {
            "least_words": _count_field(
                "Least number of words",
                before.get("least_words") if before else None,
                "Candidates see it beside their word count; shorter texts are still saved. Empty: none.",
            ),
            "word_limit": _count_field(
                "Word limit",
                before["word_limit"] if before else None,
                "Candidates see it beside their word count; longer texts are still saved. "
                "Empty: no limit. Essays are marked by a person.",
            ),
            "template": forms.CharField(
                label="Text to start from",
                required=False,
                strip=False,
                max_length=LONGEST_TEMPLATE,
                initial=before.get("template", "") if before else "",
                widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
                help_text="Stands in the field at the start, such as headings to write under.",
            ),
        }

    def layout(self, before: Content | None) -> FieldNames:
        return [("least_words", "word_limit"), "template"]

    def read(self, cleaned: Cleaned, before: Content | None) -> dict[str, Any]:
        counts = {name: cleaned.get(name) for name in ("least_words", "word_limit")}
        return {**counts, "template": cleaned.get("template") or ""}


def _count_field(label: str, initial: int | None, help_text: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=1,
        max_value=MOST_WORDS,
        initial=initial,
        help_text=help_text,
    )
