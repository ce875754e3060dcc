"""The admin form of a numeric question."""

from decimal import Decimal
from typing import Any

from django import forms

from exams.kinds.base import Content
from exams.kinds.content_form import Cleaned, ContentForm
from exams.kinds.numeric.answers import answers_of, in_words, read_words
from exams.kinds.numeric.units import NEEDED
from exams.kinds.shares import percent_text, share_of_percent
from proctor_site.kernel.errors import InvalidInput


class NumericForm(ContentForm):
    """The right number and how far off an answer may be; further answers and units below."""

    def fields(self, before: Content | None) -> dict[str, forms.Field]:
        first, *others = answers_of(before) if before else [{"value": "", "tolerance": "0"}]
        return {
            "value": forms.CharField(
                label="Right answer",
                initial=f"{first['low']} to {first['high']}" if "low" in first else first["value"],
                help_text="A number such as 3.14 or 3,14, or a range such as “2 to 4”; no separators between "
                "thousands.",
            ),
            "tolerance": forms.CharField(
                required=False,
                initial=_tolerance_words(first),
                help_text="How far an answer may be from it, up or down, and still be right: 0.01, or a part "
                "of it such as 2 %; 0: exactly.",
            ),
            "others": forms.CharField(
                label="Further accepted answers",
                required=False,
                widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
                initial="\n".join(in_words(row) for row in others),
                help_text="One a line: “3.1 ± 0.05”, “5 ± 2 %” or “2 to 4”; for a part of the points "
                "“50 % 3 ± 1”.",
            ),
            **_unit_fields(before["unit"] if before and "unit" in before else None),
        }

    def read(self, cleaned: Cleaned, before: Content | None) -> dict[str, Any]:
        first = read_words(cleaned.get("value", ""), "value", "the right answer")
        tolerance = (cleaned.get("tolerance") or "0").strip()
        if tolerance != "0" and ("low" in first or first["tolerance"] != "0"):
            raise InvalidInput("A range, or an answer with ±, has no further tolerance.", field="tolerance")
        if tolerance != "0":
            share = first["share"]
            first = {**read_words(f"{first['value']} ± {tolerance}", "tolerance", "it"), "share": share}
        lines = [line for line in (cleaned.get("others") or "").splitlines() if line.strip()]
        others = [read_words(line, "others", f"line {number}") for number, line in enumerate(lines, start=1)]
        unit = _read_unit(cleaned)
        simple = "low" not in first and "relative" not in first and first["share"] == "1"
        if simple and not others and not unit:
            return {"value": first["value"], "tolerance": first["tolerance"]}
        return {"answers": [first, *others], **unit}

    def field_of(self, path: str, cleaned: Cleaned) -> str:
        if path.startswith("answers"):
            return "value" if path in ("answers", "answers.1") else "others"
        if path.startswith("unit"):
            return {"unit.needed": "unit_needed", "unit.penalty": "unit_penalty"}.get(path, "units")
        return super().field_of(path, cleaned)


def _unit_fields(unit: Any) -> dict[str, forms.Field]:
    rows = unit["accepted"] if unit else []
    return {
        "unit_needed": forms.ChoiceField(
            label="Unit",
            required=False,
            choices=[("", "No unit"), *NEEDED.items()],
            initial=unit["needed"] if unit else "",
            help_text="Whether the candidate writes a unit after the number.",
        ),
        "units": forms.CharField(
            required=False,
            widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
            initial="\n".join(f"{row['text']} = {row['factor']}" for row in rows),
            help_text="One a line with its factor, the unit of the right answer first: “m = 1”, “cm = 0.01”. "
            "A number in centimetres is then multiplied by 0.01. Capital and small letters differ.",
        ),
        "unit_penalty": forms.CharField(
            label="Penalty for the unit in per cent",
            required=False,
            initial=percent_text(unit["penalty"]) if unit else "",
            help_text="What a wrong unit, or a missing one that is required, takes away. Empty: 100, all.",
        ),
    }


def _read_unit(cleaned: Cleaned) -> dict[str, Any]:
    needed, lines = cleaned.get("unit_needed"), (cleaned.get("units") or "").splitlines()
    if not needed:
        if any(line.strip() for line in lines):
            raise InvalidInput("Say whether the unit is required.", field="unit.needed")
        return {}
    rows = []
    for line in lines:
        if line.strip():
            text, _, factor = line.rpartition("=")
            rows.append({"text": text, "factor": factor} if text else {"text": factor, "factor": "1"})
    penalty = share_of_percent(cleaned.get("unit_penalty") or "100", "unit.penalty", "The penalty")
    return {"unit": {"needed": needed, "penalty": penalty, "accepted": rows}}


def _tolerance_words(row: dict[str, Any]) -> str:
    if "low" in row:
        return "0"
    if row.get("relative"):
        return f"{Decimal(row['tolerance']).scaleb(2).normalize():f} %"
    return str(row["tolerance"])
