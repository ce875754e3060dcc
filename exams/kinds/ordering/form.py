"""The admin form of an ordering question."""

import re
from typing import Any

from django import forms

from exams.kinds.base import Content
from exams.kinds.content_form import Cleaned, ContentForm
from exams.kinds.ordering.kind import MOST_ENTRIES, PAIRS, SCORING
from exams.kinds.shapes import LONGEST_OPTION

FEWEST_ROWS = 6
SPARE_ROWS = 2


class OrderingForm(ContentForm):
    """Rows of entries in the right order."""

    def fields(self, before: Content | None) -> dict[str, forms.Field]:
        written = before["entries"] if before else []
        rows = min(max(FEWEST_ROWS, len(written) + SPARE_ROWS), MOST_ENTRIES)
        made: dict[str, forms.Field] = {
            f"entry_{row}": forms.CharField(
                label=f"Entry {row}",
                required=False,
                max_length=LONGEST_OPTION,
                initial=written[row - 1]["text"] if row <= len(written) else "",
                widget=forms.TextInput(attrs={"class": "vTextField"}),
            )
            for row in range(1, rows + 1)
        }
        made[
            "entry_1"
        ].help_text = (
            "In the right order; rows without text are left out. Candidates see them in another one first."
        )
        made["scoring"] = forms.ChoiceField(
            choices=list(SCORING.items()),
            initial=before["scoring"] if before else PAIRS,
            help_text="By pairs, blind guessing earns half of the points on average; by place, one entry’s.",
        )
        return made

    def read(self, cleaned: Cleaned, before: Content | None) -> dict[str, Any]:
        # An entry keeps its id where its text stays, wherever it moves to, so that answers stay comparable.
        known = {entry["text"]: entry["id"] for entry in before["entries"]} if before else {}
        texts = [cleaned[f"entry_{row}"] for row in self._used(cleaned)]
        return {
            "entries": [{"id": known.get(text, ""), "text": text} for text in texts],
            "scoring": cleaned.get("scoring"),
        }

    def field_of(self, path: str, cleaned: Cleaned) -> str:
        found = re.match(r"entries\.(\d+)", path)
        if found:
            return f"entry_{self._used(cleaned)[int(found[1]) - 1]}"
        return "entry_1" if path == "entries" else super().field_of(path, cleaned)

    @staticmethod
    def _used(cleaned: Cleaned) -> list[int]:
        return [row for row in range(1, MOST_ENTRIES + 1) if cleaned.get(f"entry_{row}")]
