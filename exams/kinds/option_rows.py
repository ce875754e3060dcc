"""Rows of options in the admin: a text and a tick for "correct" each; empty rows are left out."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms

from exams.kinds.base import Content
from exams.kinds.content_form import Cleaned, ContentForm, FieldNames
from exams.kinds.shapes import LONGEST_OPTION, MOST_OPTIONS
from proctor_site.kernel.errors import InvalidInput

FEWEST_ROWS = 6
SPARE_ROWS = 2


class OptionRowsForm(ContentForm):
    """Six rows, and two spare ones once they are full: save and go on to get more, up to twenty."""

    def fields(self, before: Content | None) -> dict[str, forms.Field]:
        made: dict[str, forms.Field] = {}
        written = before["options"] if before else []
        for row in range(1, self._row_count(before) + 1):
            option: Mapping[str, Any] = written[row - 1] if row <= len(written) else {}
            made[_text(row)] = forms.CharField(
                label=f"Option {row}",
                required=False,
                max_length=LONGEST_OPTION,
                initial=option.get("text", ""),
                widget=forms.TextInput(attrs={"class": "vTextField"}),
                help_text=self._help(row, before),
            )
            made[_tick(row)] = forms.BooleanField(
                label="correct", required=False, initial=option.get("correct", False)
            )
        return made

    def _help(self, row: int, before: Content | None) -> str:
        if row == 1:
            return (
                "Rows without text are left out. In sections that shuffle options this order is only yours."
            )
        if row == self._row_count(before) < MOST_OPTIONS:
            return "More rows appear after “Save and continue editing”."
        return ""

    def layout(self, before: Content | None) -> FieldNames:
        return [(_text(row), _tick(row)) for row in range(1, self._row_count(before) + 1)]

    def read(self, cleaned: Cleaned, before: Content | None) -> dict[str, Any]:
        written = before["options"] if before else []
        for row in range(1, self._row_count(before) + 1):
            if cleaned.get(_tick(row)) and not cleaned.get(_text(row)):
                raise InvalidInput(f"Row {row} is ticked as correct but has no text.", field=_text(row))
        return {
            "options": [
                {
                    # The row keeps its id through a new wording, so that answers stay comparable.
                    "id": written[row - 1]["id"] if row <= len(written) else "",
                    "text": cleaned[_text(row)],
                    "correct": bool(cleaned.get(_tick(row))),
                }
                for row in self._used(cleaned)
            ]
        }

    def field_of(self, path: str, cleaned: Cleaned) -> str:
        found = re.match(r"options\.(\d+)", path)
        if found:
            return _text(self._used(cleaned)[int(found[1]) - 1])
        return _text(1) if path == "options" else super().field_of(path, cleaned)

    @staticmethod
    def _used(cleaned: Cleaned) -> list[int]:
        return [row for row in range(1, MOST_OPTIONS + 1) if cleaned.get(_text(row))]

    @staticmethod
    def _row_count(before: Content | None) -> int:
        written = len(before["options"]) if before else 0
        return min(max(FEWEST_ROWS, written + SPARE_ROWS), MOST_OPTIONS)


def _text(row: int) -> str:
    return f"option_{row}_text"


def _tick(row: int) -> str:
    return f"option_{row}_correct"
