"""Cloze: a text with gaps, each a choice, a short text or a number with a weight of its own."""

import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from exams.kinds import entries, shapes
from exams.kinds.base import Content, QuestionKind
from exams.kinds.numeric.kind import Numeric
from exams.kinds.short_answer.kind import ShortAnswer
from exams.kinds.single_choice.kind import SingleChoice
from proctor_site.kernel.errors import InvalidInput

MOST_GAPS = 30
LONGEST_TEXT = 20_000
HEAVIEST = 100
MARKER = re.compile(r"\[\[([0-9]{1,2})\]\]")
GAP_KINDS: Mapping[str, QuestionKind] = {
    kind.name: kind for kind in (SingleChoice(), ShortAnswer(), Numeric())
}
_NOT_IN_GAPS = {"penalty": "a penalty", "unit": "a unit"}


class Cloze(QuestionKind):
    """A text with gaps.

    content: `{"text": "[[1]] lies on the [[2]].", "gaps": [{"id": "1", "kind": "short_answer", "weight": 1,
    "content": {...}}, ...]}`; each gap's number stands once in the text; kinds single_choice, short_answer
    and numeric, their content as those kinds have it, without penalty and unit. The text is in the format of
    the version; what stands in the gaps is plain.
    public: `{"text", "gaps": [{"id", "kind", "options": [{"id", "text"}, ...]}, ...]}`, options for choices
    only, in an order that the key does not decide.
    value: answers by gap in the shape of its kind, such as `{"1": "Vienna"}`; empty gaps are left out.

    The share is the weighted mean over the gaps, as in Moodle's embedded answers (`qtype_multianswer`).
    """

    name = "cloze"
    label = "Text with gaps"
    form = "exams.kinds.cloze.form.ClozeForm"

    def validate_content(self, content: object) -> Content:
        given = shapes.mapping(content, ["text", "gaps"])
        text = shapes.plain_text(given.get("text"), "text", "The text with gaps", most=LONGEST_TEXT).strip()
        rows = given.get("gaps")
        if not isinstance(rows, list) or not 1 <= len(rows) <= MOST_GAPS:
            raise InvalidInput(f"Give between 1 and {MOST_GAPS} gaps.", field="gaps")
        gaps = [_read_gap(each, number) for number, each in enumerate(rows, start=1)]
        _require_places(text, [gap["id"] for gap in gaps])
        return {"text": text, "gaps": gaps}

    def with_texts(self, content: Content, change: Callable[[str], str]) -> Content:
        """Only the text around the gaps is in the format of the version."""
        if not isinstance(content, Mapping) or not isinstance(content.get("text"), str):
            return content
        return {**content, "text": change(content["text"])}

    def public_content(self, content: Content, option_order: Sequence[int]) -> Content:
        return {"text": content["text"], "gaps": [_shown_gap(gap) for gap in content["gaps"]]}

    def clean_value(self, content: Content, value: object) -> dict[str, Any] | None:
        gaps = {gap["id"]: gap for gap in content["gaps"]}
        if not isinstance(value, Mapping) or set(value) - set(gaps):
            raise InvalidInput("The answer must be what stands in the gaps, by gap.", field="value")
        clean: dict[str, Any] = {}
        for own_id, gap in gaps.items():
            kind = GAP_KINDS[gap["kind"]]
            try:
                given = value.get(own_id)
                part = kind.validate_answer(gap["content"], None if given == "" else given)
            except InvalidInput as refusal:
                raise InvalidInput(
                    f"Gap {own_id}: {refusal.message}", field="value", code=refusal.code
                ) from None
            if not kind.is_blank(part):
                clean[own_id] = part
        return clean or None

    def share(self, content: Content, value: Any) -> Fraction:
        return _mean(content, lambda gap: _kind_of(gap).mark(gap["content"], value.get(gap["id"])))

    def right_value(self, content: Content) -> dict[str, Any]:
        return {gap["id"]: _kind_of(gap).right_value(gap["content"]) for gap in content["gaps"]}

    def guess_share(self, content: Content) -> Fraction:
        return _mean(content, lambda gap: _kind_of(gap).guess_share(gap["content"]))

    def describe_key(self, content: Content) -> str:
        return "; ".join(
            f"{gap['id']}: {_kind_of(gap).describe_key(gap['content'])}" for gap in content["gaps"]
        )

    def describe_value(self, content: Content, value: Any) -> str:
        return "; ".join(
            f"{gap['id']}: {_kind_of(gap).describe_answer(gap['content'], value.get(gap['id']))}"
            for gap in content["gaps"]
        )


def _read_gap(value: object, number: int) -> dict[str, Any]:
    field = f"gaps.{number}"
    if not isinstance(value, Mapping) or set(value) - {"id", "kind", "weight", "content"}:
        raise InvalidInput(f"Gap {number} must have a number, a kind, a weight and a content.", field=field)
    own_id = value.get("id")
    if not isinstance(own_id, str) or not re.fullmatch(r"[1-9]|[12][0-9]|30", own_id):
        raise InvalidInput(f"Gap {number} must have a number from 1 to 30 as its id.", field=f"{field}.id")
    weight = value.get("weight", 1)
    if isinstance(weight, bool) or not isinstance(weight, int) or not 1 <= weight <= HEAVIEST:
        raise InvalidInput(
            f"The weight of gap {own_id} must be a whole number from 1 to {HEAVIEST}.",
            field=f"{field}.weight",
        )
    kind = shapes.one_of(value.get("kind"), GAP_KINDS, f"{field}.kind", f"The kind of gap {own_id}")
    try:
        content = GAP_KINDS[kind].validate_content(value.get("content"))
    except InvalidInput as refusal:
        raise InvalidInput(f"Gap {own_id}: {refusal.message}", field=f"{field}.content") from None
    for name, words in _NOT_IN_GAPS.items():
        if name in content:
            raise InvalidInput(f"Gap {own_id}: a gap cannot have {words}.", field=f"{field}.content")
    return {"id": own_id, "kind": kind, "weight": weight, "content": content}


def _require_places(text: str, ids: list[str]) -> None:
    places = MARKER.findall(text)
    for number, own_id in enumerate(ids, start=1):
        if ids.count(own_id) > 1 or places.count(own_id) != 1:
            raise InvalidInput(
                f"Gap {own_id} must stand in the text once, as [[{own_id}]].",
                field="gaps" if ids.count(own_id) > 1 else f"gaps.{number}.id",
            )
    unknown = [each for each in places if each not in ids]
    if unknown:
        raise InvalidInput(f"The text names gap {unknown[0]}, which is not there.", field="text")


def _shown_gap(gap: Mapping[str, Any]) -> dict[str, Any]:
    shown = {"id": gap["id"], "kind": gap["kind"]}
    if gap["kind"] == SingleChoice.name:
        return {**shown, "options": entries.shown(gap["content"]["options"], [])}
    return shown


def _kind_of(gap: Mapping[str, Any]) -> QuestionKind:
    return GAP_KINDS[gap["kind"]]


def _mean(content: Content, share_of: Callable[[Mapping[str, Any]], Fraction | None]) -> Fraction:
    weights = sum(gap["weight"] for gap in content["gaps"])
    return sum((gap["weight"] * (share_of(gap) or 0) for gap in content["gaps"]), Fraction(0)) / weights
