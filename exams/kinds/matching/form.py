"""The admin form of a matching question."""

import re
import secrets
from typing import Any

from django import forms

from exams.kinds.base import Content
from exams.kinds.content_form import Cleaned, ContentForm, FieldNames
from exams.kinds.entries import texts_by_id
from exams.kinds.matching.kind import MOST_PROMPTS, PARTIAL, SCORING
from exams.kinds.shapes import LONGEST_OPTION
from proctor_site.kernel.errors import InvalidInput

FEWEST_ROWS = 6
SPARE_ROWS = 2


class MatchingForm(ContentForm):
    """Rows of a prompt and its match; rows with the same match share one choice."""

    def fields(self, before: Content | None) -> dict[str, forms.Field]:
        choices = texts_by_id(before["choices"]) if before else {}
        written = before["prompts"] if before else []
        made: dict[str, forms.Field] = {}
        for row in range(1, _row_count(before) + 1):
            prompt = written[row - 1] if row <= len(written) else None
            made[_prompt(row)] = _text(f"Prompt {row}", prompt["text"] if prompt else "")
            made[_match(row)] = _text("match", choices[prompt["choice"]] if prompt else "")
        used = {prompt["choice"] for prompt in written}
        made["others"] = forms.CharField(
            label="Further choices",
            required=False,
            widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
            initial="\n".join(text for own_id, text in choices.items() if own_id not in used),
            help_text="Wrong choices that fit no prompt, one a line.",
        )
        made["scoring"] = forms.ChoiceField(
            choices=list(SCORING.items()), initial=before["scoring"] if before else PARTIAL
        )
        made[_prompt(1)].help_text = (
            "Rows without text are left out. Candidates choose the match of each prompt from one list, which "
            "never stands in this order."
        )
        return made

    def layout(self, before: Content | None) -> FieldNames:
        rows = range(1, _row_count(before) + 1)
        return [*((_prompt(row), _match(row)) for row in rows), "others", "scoring"]

    def read(self, cleaned: Cleaned, before: Content | None) -> dict[str, Any]:
        written = before["prompts"] if before else []
        rows = self._used(cleaned)
        for row in rows:
            if not cleaned.get(_match(row)):
                raise InvalidInput(f"Prompt {row} has no match.", field=_match(row))
            if not cleaned.get(_prompt(row)):
                raise InvalidInput(f"Row {row} has a match but no prompt.", field=_prompt(row))
        ids = _choice_ids([cleaned[_match(row)] for row in rows] + _lines(cleaned), before)
        return {
            "prompts": [
                {
                    "id": written[row - 1]["id"] if row <= len(written) else "",
                    "text": cleaned[_prompt(row)],
                    "choice": ids[cleaned[_match(row)]],
                }
                for row in rows
            ],
            "choices": [{"id": own_id, "text": text} for text, own_id in ids.items()],
            "scoring": cleaned.get("scoring"),
        }

    def field_of(self, path: str, cleaned: Cleaned) -> str:
        found = re.match(r"prompts\.(\d+)", path)
        if found:
            return _prompt(self._used(cleaned)[int(found[1]) - 1])
        if path.startswith("choices."):
            return "others"
        return _prompt(1) if path in ("prompts", "choices") else super().field_of(path, cleaned)

    @staticmethod
    def _used(cleaned: Cleaned) -> list[int]:
        rows = range(1, MOST_PROMPTS + 1)
        return [row for row in rows if cleaned.get(_prompt(row)) or cleaned.get(_match(row))]


def _choice_ids(texts: list[str], before: Content | None) -> dict[str, str]:
    """Ids by text: a choice keeps its id as long as its text stays, so that answers stay comparable."""
    known = {text: own_id for own_id, text in texts_by_id(before["choices"]).items()} if before else {}
    return {text: known.get(text) or secrets.token_hex(4) for text in texts}


def _lines(cleaned: Cleaned) -> list[str]:
    return [line.strip() for line in (cleaned.get("others") or "").splitlines() if line.strip()]


def _row_count(before: Content | None) -> int:
    written = len(before["prompts"]) if before else 0
    return min(max(FEWEST_ROWS, written + SPARE_ROWS), MOST_PROMPTS)


def _text(label: str, initial: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=LONGEST_OPTION,
        initial=initial,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )


def _prompt(row: int) -> str:
    return f"prompt_{row}"


def _match(row: int) -> str:
    return f"match_{row}"
