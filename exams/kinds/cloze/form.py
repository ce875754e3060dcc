"""The admin form of a text with gaps."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms

from exams.kinds.base import Content
from exams.kinds.cloze.kind import HEAVIEST, LONGEST_TEXT, MOST_GAPS
from exams.kinds.content_form import Cleaned, ContentForm, FieldNames
from exams.kinds.numeric.answers import answers_of, in_words, read_words
from exams.kinds.shares import read_line, write_line
from exams.kinds.short_answer.kind import accepted_of

FEWEST_ROWS = 4
SPARE_ROWS = 2
_KINDS = [("", "No gap"), ("single_choice", "Choice"), ("short_answer", "Short text"), ("numeric", "Number")]
_SWITCHES = [
    ("case_sensitive", "case counts"),
    ("ignore_accents", "accents do not count"),
    ("wildcards", "* is any text"),
]


class ClozeForm(ContentForm):
    """The text, and for each gap its kind, weight and answers, one a line."""

    def fields(self, before: Content | None) -> dict[str, forms.Field]:
        made: dict[str, forms.Field] = {
            "text": forms.CharField(
                label="Text with gaps",
                max_length=LONGEST_TEXT,
                widget=forms.Textarea(attrs={"rows": 6, "class": "vLargeTextField"}),
                initial=before["text"] if before else "",
                help_text="Write [[1]], [[2]] where the gaps are, and fill in these gaps below.",
            )
        }
        gaps = {gap["id"]: gap for gap in before["gaps"]} if before else {}
        for row in range(1, _row_count(before) + 1):
            made |= _gap_fields(row, gaps.get(str(row)))
        return made

    def layout(self, before: Content | None) -> FieldNames:
        names: FieldNames = ["text"]
        for row in range(1, _row_count(before) + 1):
            names += [(f"gap_{row}_kind", f"gap_{row}_weight"), f"gap_{row}_answers", f"gap_{row}_switches"]
        return names

    def read(self, cleaned: Cleaned, before: Content | None) -> dict[str, Any]:
        known = {gap["id"]: gap for gap in before["gaps"]} if before else {}
        return {
            "text": cleaned.get("text"),
            "gaps": [
                {
                    "id": str(row),
                    "kind": cleaned[f"gap_{row}_kind"],
                    "weight": cleaned.get(f"gap_{row}_weight") or 1,
                    "content": _read_content(cleaned, row, known.get(str(row))),
                }
                for row in self._used(cleaned)
            ],
        }

    def field_of(self, path: str, cleaned: Cleaned) -> str:
        found = re.match(r"gaps\.(\d+)(\.\w+)?", path)
        if not found:
            return "text" if path == "gaps" else super().field_of(path, cleaned)
        row = self._used(cleaned)[int(found[1]) - 1]
        part = {".kind": "kind", ".weight": "weight", ".id": "kind"}.get(found[2] or "", "answers")
        return f"gap_{row}_{part}"

    @staticmethod
    def _used(cleaned: Cleaned) -> list[int]:
        return [row for row in range(1, MOST_GAPS + 1) if cleaned.get(f"gap_{row}_kind")]


def _gap_fields(row: int, gap: Mapping[str, Any] | None) -> dict[str, forms.Field]:
    content = gap["content"] if gap else {}
    return {
        f"gap_{row}_kind": forms.ChoiceField(
            label=f"Gap {row}", required=False, choices=_KINDS, initial=gap["kind"] if gap else ""
        ),
        f"gap_{row}_weight": forms.IntegerField(
            label="weight",
            required=False,
            min_value=1,
            max_value=HEAVIEST,
            initial=gap["weight"] if gap else 1,
        ),
        f"gap_{row}_answers": forms.CharField(
            label="answers",
            required=False,
            widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
            initial="\n".join(_lines_of(gap)) if gap else "",
            help_text="One a line. Choice: the right one first. Short text: all accepted ones; “50 % Wien” "
            "earns half. Number: “3.14 ± 0.01”, “5 ± 2 %” or “2 to 4”."
            if row == 1
            else "",
        ),
        f"gap_{row}_switches": forms.MultipleChoiceField(
            label="for short texts",
            required=False,
            choices=_SWITCHES,
            widget=forms.CheckboxSelectMultiple,
            initial=[name for name, _ in _SWITCHES if content.get(name)],
        ),
    }


def _lines_of(gap: Mapping[str, Any]) -> list[str]:
    content = gap["content"]
    if gap["kind"] == "single_choice":
        ordered = sorted(content["options"], key=lambda option: not option["correct"])
        return [option["text"] for option in ordered]
    if gap["kind"] == "short_answer":
        return [write_line(str(share), text) for text, share in accepted_of(content)]
    return [in_words(row) for row in answers_of(content)]


def _read_content(cleaned: Cleaned, row: int, before: Mapping[str, Any] | None) -> dict[str, Any]:
    kind = cleaned[f"gap_{row}_kind"]
    lines = [line.strip() for line in (cleaned.get(f"gap_{row}_answers") or "").splitlines() if line.strip()]
    field = f"gap_{row}_answers"
    if kind == "numeric":
        return {"answers": [read_words(line, field, f"gap {row}") for line in lines]}
    if kind == "short_answer":
        rows = [read_line(line, field, f"The share in gap {row}") for line in lines]
        switches = cleaned.get(f"gap_{row}_switches") or []
        return {
            "accepted": [{"text": text, "share": share} for share, text in rows],
            **{name: name in switches for name, _ in _SWITCHES},
        }
    was_choice = before is not None and before["kind"] == "single_choice"
    ids = {each["text"]: each["id"] for each in before["content"]["options"]} if before and was_choice else {}
    return {
        "options": [
            {"id": ids.get(line, ""), "text": line, "correct": number == 0}
            for number, line in enumerate(lines)
        ]
    }


def _row_count(before: Content | None) -> int:
    last = max((int(gap["id"]) for gap in before["gaps"]), default=0) if before else 0
    return min(max(FEWEST_ROWS, last + SPARE_ROWS), MOST_GAPS)
