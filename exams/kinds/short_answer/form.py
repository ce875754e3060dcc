"""The admin form of a short answer question."""

from typing import Any

from django import forms

from exams.kinds.base import Content
from exams.kinds.content_form import Cleaned, ContentForm


class ShortAnswerForm(ContentForm):
    """The accepted texts, one a line."""

    def fields(self, before: Content | None) -> dict[str, forms.Field]:
        return {
            "accepted": forms.CharField(
                label="Accepted answers",
                widget=forms.Textarea(attrs={"rows": 6, "class": "vLargeTextField"}),
                initial="\n".join(before["accepted"]) if before else "",
                help_text="One a line; each of them earns all points. Spaces at the ends do not count.",
            ),
            "case_sensitive": forms.BooleanField(
                label="capital and small letters differ",
                required=False,
                initial=before["case_sensitive"] if before else False,
                help_text="Ticked: “NaCl” is right, “nacl” is not.",
            ),
        }

    def read(self, cleaned: Cleaned, before: Content | None) -> dict[str, Any]:
        lines = [line for line in (cleaned.get("accepted") or "").splitlines() if line.strip()]
        return {"accepted": lines, "case_sensitive": bool(cleaned.get("case_sensitive"))}
