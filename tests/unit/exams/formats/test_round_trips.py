"""Export, then import: equal questions for everything that a format says it can hold."""

import json
from dataclasses import replace
from fractions import Fraction
from hashlib import md5
from typing import Any
from unicodedata import normalize
from uuid import UUID

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from exams.bank.formats import weighted
from exams.bank.formats.base import Format, ParsedQuestion, Refused, one_line
from exams.bank.formats.registry import FORMATS
from exams.bank.import_items import fingerprint
from exams.kinds.cloze.kind import MARKER
from exams.kinds.registry import KINDS
from proctor_site.kernel.errors import InvalidInput
from tests.unit.exams.formats.strategies import questions


def told(question: ParsedQuestion, form: Format) -> Any:
    """What a format promises to keep of a question, comparable: the same marks for every answer."""
    kind = KINDS[question.kind]
    content = kind.with_files(question.content, lambda name: str(UUID(md5(question.media[name]).hexdigest())))
    content = _told(question.kind, kind.validate_content(content))
    kept = {name: getattr(question, name) for name in ("title", "category", "tags") if name in form.holds}
    return question.kind, question.stem, fingerprint(question.kind, ["", question.text_format, content]), kept


def _told(kind: str, content: Any) -> Any:
    content = json.loads(json.dumps(content).replace("\\r\\n", "\\n").replace("\\r", "\\n"))
    if kind == "numeric":
        unit = content.get("unit", {})
        units = [[one_line(each["text"]), str(Fraction(each["factor"]))] for each in unit.get("accepted", [])]
        spans = sorted(_span(row, share) for row, share in weighted.give_numeric(content))
        content = {"unit": [unit.get("needed"), unit.get("penalty"), units], "answers": spans}
    if kind == "short_answer":
        accepted = [(one_line(text), share) for text, share in weighted.give_short_answer(content)]
        content = {"accepted": list(map(str, accepted)), "case": content["case_sensitive"]}
    if kind == "matching":
        content = {"pairs": sorted(weighted.give_matching(content)), "scoring": content["scoring"]}
    if kind == "cloze":
        content = _told_gaps(content)
    return content


def _told_gaps(content: Any) -> Any:
    """Gaps in the order in which they stand: their numbers do not count."""
    gaps = {gap["id"]: gap for gap in content["gaps"]}
    told_gaps = [
        [gap["kind"], gap["weight"], _told(gap["kind"], gap["content"])]
        for gap in (gaps[own] for own in MARKER.findall(content["text"]))
    ]
    for kind, _, each in told_gaps:
        if kind == "single_choice":
            each["options"] = [option | {"text": one_line(option["text"])} for option in each["options"]]
    return {"text": MARKER.split(content["text"])[::2], "gaps": told_gaps}


def _span(row: Any, share: Fraction) -> list[str]:
    value, tolerance = map(Fraction, weighted.as_around(row))
    return [str(value - tolerance), str(value + tolerance), str(share)]


@pytest.mark.parametrize("name", sorted(FORMATS))
@settings(max_examples=25)
@given(data=st.data())
def test_what_is_held_comes_back_equal(name: str, data: st.DataObject) -> None:
    form = FORMATS[name]
    drawn = data.draw(st.lists(questions(form.kinds), min_size=1, max_size=4))
    fitted = [form.fit(each) for each in drawn]
    held = [each for each in fitted if isinstance(each, ParsedQuestion)]
    assert all(each.reason for each in fitted if isinstance(each, Refused))
    for before, after in zip(drawn, fitted, strict=True):
        if isinstance(after, ParsedQuestion) and not after.losses:
            assert told(after, form) == told(before, form)
    if not held:
        return
    written = form.write(held)
    assert form.recognises(written)
    back = list(form.parse(written))
    assert not [each for each in back if isinstance(each, Refused)], written.decode()
    faithful = [(a, b) for a, b in zip(held, back, strict=True) if not a.losses]
    assert [told(b, form) for _, b in faithful] == [told(a, form) for a, _ in faithful]  # type: ignore[arg-type]
    assert all(not b.losses for _, b in faithful)  # type: ignore[union-attr]


@pytest.mark.parametrize("name", sorted(name for name, form in FORMATS.items() if "tags" in form.holds))
@example(tag="\uf900")  # not NFC: canonically the same as U+8C48, and read back as that
@given(tag=st.text(alphabet="\uf900\u8c48e\u0301\u00e9\u0958A", min_size=1, max_size=6))
def test_tags_leave_and_come_back_composed(name: str, tag: str) -> None:
    form = FORMATS[name]
    content = KINDS["true_false"].validate_content({"correct": True})
    fitted = form.fit(ParsedQuestion("T", "S", "true_false", content, tags=(tag, normalize("NFD", tag))))
    assert isinstance(fitted, ParsedQuestion) and fitted.tags == (normalize("NFC", tag),)
    [back] = form.parse(form.write([fitted]))
    assert isinstance(back, ParsedQuestion) and back.tags == fitted.tags


@pytest.mark.parametrize("name", sorted(FORMATS))
@given(
    junk=st.binary(max_size=300) | st.text(alphabet="{}=~#%:\\->$/\n [AB.)ANSWER:htmlpin]<>&;", max_size=200)
)
def test_junk_is_refused_in_words_and_never_breaks(name: str, junk: Any) -> None:
    data = junk if isinstance(junk, bytes) else junk.encode()
    try:
        found = list(FORMATS[name].parse(data))
    except InvalidInput as refusal:
        assert refusal.message and refusal.field == "file"
        return
    assert all(each.reason and each.where for each in found if isinstance(each, Refused))


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_a_kind_that_a_format_lacks_is_refused(name: str) -> None:
    form = FORMATS[name]
    for kind in KINDS.keys() - form.kinds:
        found = form.fit(replace(ParsedQuestion("T", "S", kind, {}), where="question 1"))
        assert isinstance(found, Refused) and form.label in found.reason
