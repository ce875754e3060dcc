"""The admin form of a short answer question."""

from typing import Any

from django import forms

from exams.kinds.base import Content
from exams.kinds.content_form import Cleaned, ContentForm
from exams.kinds.shares import read_line, write_line
from exams.kinds.short_answer.kind import accepted_of


class ShortAnswerForm(ContentForm):
    """The accepted texts, one a line."""

    def fields(self, before: Content | None) -> dict[str, forms.Field]:
        return {
            "accepted": forms.CharField(
                label="Accepted answers",
                widget=forms.Textarea(attrs={"rows": 6, "class": "vLargeTextField"}),
                initial="\n".join(write_line(str(share), text) for text, share in accepted_of(before))
                if before
                else "",
                help_text="One a line; each of them earns all points. For a part of them write it before the "
                "text: “50 % Wien”. Spaces at the ends do not count.",
            ),
            "case_sensitive": forms.BooleanField(
                label="capital and small letters differ",
                required=False,
                initial=before["case_sensitive"] if before else False,
                help_text="Ticked: “NaCl” is right, “nacl” is not.",
            ),
            "ignore_accents": forms.BooleanField(
                label="accents do not count",
                required=False,
                initial=before.get("ignore_accents", False) if before else False,
                help_text="Ticked: “Zurich” is as right as “Zürich”.",
            ),
            "wildcards": forms.BooleanField(
                label="* stands for any text",
                required=False,
                initial=before.get("wildcards", False) if before else False,
                help_text="Ticked: “ran*” accepts “ran”, “range” and “ran away”; write \\* for a star.",
            ),
        }

    def read(self, cleaned: Cleaned, before: Content | None) -> dict[str, Any]:
        lines = [line for line in (cleaned.get("accepted") or "").splitlines() if line.strip()]
        rows = [
            read_line(line, "accepted", f"The share in line {n}") for n, line in enumerate(lines, start=1)
        ]
        switches = ("case_sensitive", "ignore_accents", "wildcards")
        return {
            "accepted": [{"text": text, "share": share} for share, text in rows],
            **{name: bool(cleaned.get(name)) for name in switches},
        }
