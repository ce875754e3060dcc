"""The admin form of a multiple choice question."""

import re
from fractions import Fraction
from typing import Any

from django import forms

from exams.kinds.base import Content
from exams.kinds.content_form import Cleaned, FieldNames
from exams.kinds.multiple_choice.kind import ALL_OR_NOTHING, SCORING, WITH_SHARES
from exams.kinds.option_rows import OptionRowsForm
from exams.kinds.shapes import MOST_OPTIONS
from exams.kinds.shares import percent_text, share_of_percent
from proctor_site.kernel.errors import InvalidInput


class MultipleChoiceForm(OptionRowsForm):
    """Option rows, any number of them ticked, and how a partly right choice is marked.

    With own shares each row has its share in per cent, and rows above 0 % are the correct ones.
    """

    def fields(self, before: Content | None) -> dict[str, forms.Field]:
        written = before["options"] if before else []
        scoring = forms.ChoiceField(
            choices=list(SCORING.items()),
            initial=before["scoring"] if before else ALL_OR_NOTHING,
            help_text="All or nothing: full points for exactly the correct options, else none. Partial: "
            "each right choice adds its part of the points, each wrong one takes its part of the wrong "
            "options away. Own shares, such as 50, 33.33 or -25: those of the chosen options are added up, "
            "to 100 % at most; empty is 0, and even ones are kept as Partial, which is the same. With "
            "negative marks the question may end below 0; the whole exam never does.",
        )
        return {
            **super().fields(before),
            **_share_fields(self._row_count(before), written),
            "scoring": scoring,
        }

    def layout(self, before: Content | None) -> FieldNames:
        rows: FieldNames = [
            (*names, _share(row)) for row, names in enumerate(super().layout(before), start=1)
        ]
        return [*rows, "scoring"]

    def read(self, cleaned: Cleaned, before: Content | None) -> dict[str, Any]:
        content = super().read(cleaned, before) | {"scoring": cleaned.get("scoring")}
        rows = self._used(cleaned)
        for row in range(1, MOST_OPTIONS + 1):
            if cleaned.get(_share(row)) and row not in rows:
                raise InvalidInput(f"Row {row} has a share but no text.", field=_share(row))
        for row, option in zip(rows, content["options"], strict=True):
            given = cleaned.get(_share(row)) or ""
            if content["scoring"] in WITH_SHARES:
                option["share"] = _read_share(row, given, is_ticked=option["correct"])
            elif given:
                raise InvalidInput(
                    "Shares count only when the scoring is “An own share for each option”. Choose that, or "
                    "empty the shares.",
                    field="scoring",
                )
        return content

    def field_of(self, path: str, cleaned: Cleaned) -> str:
        found = re.fullmatch(r"options\.(\d+)\.share", path)
        return _share(self._used(cleaned)[int(found[1]) - 1]) if found else super().field_of(path, cleaned)


def _share(row: int) -> str:
    return f"option_{row}_share"


def _share_fields(rows: int, written: list[dict[str, Any]]) -> dict[str, forms.Field]:
    return {
        _share(row): forms.CharField(
            label="share in %",
            required=False,
            max_length=12,
            initial=percent_text(written[row - 1].get("share", "")) if _has_share(written, row) else "",
            widget=forms.TextInput(attrs={"size": 7, "aria-label": f"Option {row}, share in %"}),
        )
        for row in range(1, rows + 1)
    }


def _has_share(written: list[dict[str, Any]], row: int) -> bool:
    return row <= len(written) and "share" in written[row - 1]


def _read_share(row: int, given: str, *, is_ticked: bool) -> str:
    share = share_of_percent(given or "0", _share(row), f"The share of row {row}", least=-1)
    if is_ticked and Fraction(share) <= 0:
        raise InvalidInput(
            f"Row {row} is ticked as correct: give it a share above 0, or take the tick away.",
            field=_share(row),
        )
    return share
