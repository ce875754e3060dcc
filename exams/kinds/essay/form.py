"""The admin form of an essay question."""

from typing import Any

from django import forms

from exams.kinds.base import Content
from exams.kinds.content_form import Cleaned, ContentForm
from exams.kinds.essay.kind import MOST_WORDS


class EssayForm(ContentForm):
    """An optional word limit."""

    def fields(self, before: Content | None) -> dict[str, forms.Field]:
        return {
            "word_limit": forms.IntegerField(
                required=False,
                min_value=1,
                max_value=MOST_WORDS,
                initial=before["word_limit"] if before else None,
                help_text="Candidates see it beside their word count; longer texts are still saved. "
                "Empty: no limit. Essays are marked by a person.",
            )
        }

    def read(self, cleaned: Cleaned, before: Content | None) -> dict[str, Any]:
        return {"word_limit": cleaned.get("word_limit")}
