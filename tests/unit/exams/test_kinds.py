"""Question kinds: content is checked, the key stays hidden, marks are right."""

import json
from fractions import Fraction
from itertools import chain
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.kinds.file_upload.types import TYPES
from exams.kinds.multiple_choice.kind import SCORING
from exams.kinds.registry import KINDS, choices, kind_named
from proctor_site.kernel.errors import InvalidInput
from tests.factories.exams import CONTENT, RIGHT, WRONG

text = st.text(min_size=1, max_size=20, alphabet=st.characters(codec="utf-8", exclude_characters="\x00")).map(
    lambda s: "x" + s
)
texts = st.lists(text, min_size=2, max_size=8, unique_by=str.strip)
shares = st.fractions(0, 1, max_denominator=40).map(str) | st.integers(0, 100).map(lambda each: each / 100)
numbers = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=4)


@st.composite
def options(draw: st.DrawFn, *, one: bool) -> dict[str, Any]:
    written = draw(texts)
    right = {draw(st.integers(0, len(written) - 1))}
    if not one:
        right |= draw(st.sets(st.integers(0, len(written) - 1)))
    rows = [{"text": each, "correct": place in right} for place, each in enumerate(written)]
    extra = {"penalty": draw(shares)} if one else {"scoring": draw(st.sampled_from(sorted(SCORING)))}
    if extra.get("scoring", "").startswith("per_option"):
        _give_shares(draw, rows)
    return {"options": rows, **extra}


def _give_shares(draw: st.DrawFn, rows: list[dict[str, Any]]) -> None:
    """Own shares: above 0 and at least 1 together for the right options, 0 or less for the others."""
    count = sum(row["correct"] for row in rows)
    has_one_for_all = draw(st.booleans())
    for row in rows:
        if row["correct"]:
            row["share"] = "1" if has_one_for_all else str(Fraction(1, count))
            has_one_for_all = has_one_for_all and draw(st.booleans())
        else:
            row["share"] = str(-Fraction(draw(st.integers(0, 100)), 100))


def accepted_rows(row: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Rows of which the first earns all points."""
    return st.tuples(row, st.lists(st.tuples(row, shares), max_size=4)).map(
        lambda drawn: [drawn[0], *({**each, "share": share} for each, share in drawn[1])]
    )


about = st.fixed_dictionaries(
    {"value": numbers.map(str), "tolerance": numbers.map(abs).map(str)}, optional={"relative": st.booleans()}
)
between = st.tuples(numbers, numbers).map(
    lambda ends: {"low": str(min(ends)), "high": str(max(ends))},
)
units = st.fixed_dictionaries(
    {
        "needed": st.sampled_from(["required", "optional"]),
        "penalty": shares,
        "accepted": st.just([{"text": "m", "factor": "1"}, {"text": "cm", "factor": "0.01"}]),
    }
)


@st.composite
def matching(draw: st.DrawFn) -> dict[str, Any]:
    choices = [{"id": f"c{place}", "text": each} for place, each in enumerate(draw(texts))]
    chosen = st.sampled_from([choice["id"] for choice in choices])
    prompts = [{"text": each, "choice": draw(chosen)} for each in draw(texts)]
    return {
        "prompts": prompts,
        "choices": choices,
        "scoring": draw(st.sampled_from(["partial", "all_or_nothing"])),
    }


ordering = st.fixed_dictionaries(
    {
        "entries": texts.map(lambda written: [{"text": each} for each in written]),
        "scoring": st.sampled_from(["all_or_nothing", "positions", "pairs"]),
    }
)
GAPS = {
    "single_choice": options(one=True).map(lambda content: {"options": content["options"]}),
    "short_answer": st.fixed_dictionaries({"accepted": st.lists(text, min_size=1, max_size=3)}),
    "numeric": st.fixed_dictionaries({"value": numbers.map(str)}),
}


@st.composite
def cloze(draw: st.DrawFn) -> dict[str, Any]:
    kinds = draw(st.lists(st.sampled_from(sorted(GAPS)), min_size=1, max_size=4))
    gaps = [
        {"id": str(number), "kind": kind, "weight": draw(st.integers(1, 5)), "content": draw(GAPS[kind])}
        for number, kind in enumerate(kinds, start=1)
    ]
    return {"text": " and ".join(f"a [[{gap['id']}]]" for gap in gaps), "gaps": gaps}


code = st.fixed_dictionaries(
    {"language": st.sampled_from(["text", "python", "html"])}, optional={"template": text, "solution": text}
)
uploads = st.fixed_dictionaries(
    {"types": st.lists(st.sampled_from(sorted(TYPES)), min_size=1, max_size=5)},
    optional={"most_files": st.integers(1, 10), "largest_mb": st.integers(1, 50)},
)


@st.composite
def hotspot(draw: st.DrawFn) -> dict[str, Any]:
    side, place = st.integers(1, 300), st.integers(0, 300)
    corners = st.lists(st.tuples(place, place).map(list), min_size=3, max_size=6)
    region = (
        st.fixed_dictionaries({"shape": st.just("circle"), "x": place, "y": place, "r": side})
        | st.fixed_dictionaries(
            {"shape": st.just("rect"), "x": place, "y": place, "width": side, "height": side}
        )
        | st.fixed_dictionaries({"shape": st.just("polygon"), "points": corners})
    )
    regions = draw(st.lists(region, min_size=1, max_size=4))
    return {
        **CONTENT["hotspot"],
        "width": 600,
        "height": 600,
        "regions": regions,
        "needed": draw(st.integers(1, len(regions))),
    }


PUBLIC_NAMES = {"options", "longest", "word_limit", "scoring", "penalty_percent", "unit"}
PUBLIC_NAMES |= {"prompts", "choices", "entries", "text", "gaps", "language", "language_label", "template"}
PUBLIC_NAMES |= {"least_words", "types", "accept", "most_files", "largest_mb"}
PUBLIC_NAMES |= {"media", "description", "width", "height", "needed"}
CONTENTS = {
    "single_choice": options(one=True),
    "multiple_choice": options(one=False),
    "true_false": st.fixed_dictionaries({"correct": st.booleans()}, optional={"penalty": shares}),
    "numeric": st.fixed_dictionaries({"value": numbers.map(str), "tolerance": numbers.map(abs).map(str)})
    | st.fixed_dictionaries({"answers": accepted_rows(about | between)}, optional={"unit": units}),
    "short_answer": st.fixed_dictionaries(
        {
            "accepted": st.lists(text, min_size=1, max_size=5)
            | accepted_rows(st.fixed_dictionaries({"text": text})).map(
                lambda rows: [row if "share" in row else row["text"] for row in rows]
            ),
            "case_sensitive": st.booleans(),
        },
        optional={"ignore_accents": st.booleans(), "wildcards": st.booleans()},
    ),
    "matching": matching(),
    "ordering": ordering,
    "cloze": cloze(),
    "hotspot": hotspot(),
    "code": code,
    "file_upload": uploads,
    "essay": st.fixed_dictionaries(
        {"word_limit": st.none() | st.integers(100, 20_000)},
        optional={"least_words": st.none() | st.integers(1, 100), "template": text},
    ),
}
any_content = st.sampled_from(sorted(KINDS)).flatmap(lambda name: st.tuples(st.just(name), CONTENTS[name]))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)


def test_every_kind_has_content_here() -> None:
    assert sorted(CONTENTS) == sorted(KINDS) == sorted(CONTENT) == sorted(name for name, _ in choices())


@given(any_content)
def test_clean_content_stays_as_it_is(drawn: tuple[str, dict[str, Any]]) -> None:
    kind = KINDS[drawn[0]]
    clean = kind.validate_content(drawn[1])
    assert kind.validate_content(json.loads(json.dumps(clean))) == clean


@given(any_content, st.randoms())
def test_public_content_holds_no_key(drawn: tuple[str, dict[str, Any]], random: Any) -> None:
    kind = KINDS[drawn[0]]
    clean = kind.validate_content(drawn[1])
    order = list(range(kind.option_count(clean)))
    random.shuffle(order)
    public = kind.public_content(clean, order)
    assert set(public) <= PUBLIC_NAMES
    for place, shown in enumerate(public.get("options", [])):
        written = clean["options"][order[place]]
        assert shown == {"id": written["id"], "text": written["text"]}
    for shown in chain(*(public.get(name, []) for name in ("prompts", "choices", "entries"))):
        assert set(shown) == {"id", "text"}
    for gap in public.get("gaps", []):
        assert set(gap) <= {"id", "kind", "options"}
        assert all(set(option) == {"id", "text"} for option in gap.get("options", []))


@given(any_content, json_values)
def test_any_value_is_cleaned_and_marked_or_refused(drawn: tuple[str, dict[str, Any]], value: Any) -> None:
    kind = KINDS[drawn[0]]
    content = kind.validate_content(drawn[1])
    try:
        clean = kind.validate_answer(content, value)
    except InvalidInput as refusal:
        assert refusal.field == "value"
        return
    share = kind.mark(content, clean)
    assert share is None or -1 <= share <= 1
    assert kind.validate_answer(content, clean) == clean
    assert kind.describe_answer(content, clean)
    json.dumps(clean, allow_nan=False).encode()


@given(any_content)
def test_the_right_answer_earns_all_and_guessing_less(drawn: tuple[str, dict[str, Any]]) -> None:
    kind = KINDS[drawn[0]]
    content = kind.validate_content(drawn[1])
    right, guess = kind.right_value(content), kind.guess_share(content)
    assert guess is None or -1 <= guess <= 1
    if right is not None:
        assert kind.validate_answer(content, right) == right
        assert kind.mark(content, right) == 1
        assert kind.describe_answer(content, right)


@given(st.sampled_from(sorted(KINDS)), json_values)
def test_wrong_content_is_refused_with_a_field(name: str, content: Any) -> None:
    try:
        clean = KINDS[name].validate_content(content)
    except InvalidInput as refusal:
        assert refusal.field
    else:
        assert KINDS[name].validate_content(clean) == clean


@pytest.mark.parametrize("name", sorted(KINDS))
def test_marks(name: str) -> None:
    kind, content = KINDS[name], CONTENT[name]
    assert kind.validate_content(content) == content
    right = kind.mark(content, kind.validate_answer(content, RIGHT[name]))
    assert right == (None if KINDS[name].right_value(content) is None else Fraction(1))
    if name in WRONG:
        assert kind.mark(content, kind.validate_answer(content, WRONG[name])) == Fraction(0)
    assert kind.mark(content, None) == Fraction(0)
    assert kind.describe_answer(content, None) == "No answer"
    assert kind.describe_key(content)


@pytest.mark.parametrize(
    ("name", "content", "field"),
    [
        ("single_choice", {"options": [{"text": "a", "correct": True}]}, "options"),
        ("single_choice", {"options": [{"text": "a", "correct": True}, {"text": " "}]}, "options.2.text"),
        (
            "single_choice",
            {"options": [{"text": "a", "correct": True}, {"text": "b", "correct": True}]},
            "options",
        ),
        ("single_choice", {"options": [{"text": "a", "correct": True}, {"text": "a"}]}, "options.2.text"),
        ("single_choice", {"options": [{"text": "a", "correct": 1}, {"text": "b"}]}, "options.1.correct"),
        ("single_choice", {"options": [{"text": "a\x00"}, {"text": "b"}]}, "options.1.text"),
        ("multiple_choice", {"options": [{"text": "a"}, {"text": "b"}]}, "options"),
        (
            "multiple_choice",
            {"options": [{"text": "a", "correct": True}, {"text": "b"}], "scoring": "luck"},
            "scoring",
        ),
        ("true_false", {}, "correct"),
        ("true_false", {"correct": True, "points": 3}, "points"),
        ("numeric", {"value": "three"}, "value"),
        ("numeric", {"value": "3", "tolerance": "-1"}, "tolerance"),
        ("numeric", {"value": True}, "value"),
        ("short_answer", {"accepted": []}, "accepted"),
        ("short_answer", {"accepted": ["x", ""]}, "accepted.2"),
        ("essay", {"word_limit": 0}, "word_limit"),
        ("essay", {"word_limit": 10, "least_words": 11}, "least_words"),
        ("essay", {"least_words": "5"}, "least_words"),
        ("essay", {"template": 5}, "template"),
        ("essay", [], "content"),
    ],
)
def test_content_errors_name_the_field(name: str, content: Any, field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        KINDS[name].validate_content(content)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("typed", "share"),
    [("3,14", 1), ("3.15", 1), ("3.1501", 0), (" +3.13 ", 1), ("314e-2", 1), ("\u22123.14", 0), (3, 0)],
)
def test_numbers_are_read_with_point_or_comma(typed: Any, share: int) -> None:
    kind, content = KINDS["numeric"], CONTENT["numeric"]
    assert kind.mark(content, kind.validate_answer(content, typed)) == Fraction(share)


@pytest.mark.parametrize("typed", ["1.000,5", "3 14", "nan", "inf", "1e999", "٣", "0x10", "9" * 60, [3], {}])
def test_what_is_no_number_is_refused(typed: Any) -> None:
    with pytest.raises(InvalidInput):
        KINDS["numeric"].validate_answer(CONTENT["numeric"], typed)


def test_short_answers_ignore_case_and_spaces_unless_told() -> None:
    kind = KINDS["short_answer"]
    loose = kind.validate_content({"accepted": ["New  York", "Zürich"]})
    assert [kind.mark(loose, typed) for typed in (" new york ", "Zu\u0308rich", "Zurich", "  ")] == [
        1,
        1,
        0,
        0,
    ]
    strict = kind.validate_content({"accepted": ["NaCl"], "case_sensitive": True})
    assert [kind.mark(strict, typed) for typed in ("NaCl", "nacl")] == [1, 0]


def test_essay_over_its_limit_is_kept_and_counted() -> None:
    kind = KINDS["essay"]
    content = kind.validate_content({"word_limit": 2})
    assert kind.validate_answer(content, "one two three") == "one two three"
    assert kind.describe_answer(content, "one two three") == "one two three\n\n(3 words, more than 2)"
    with pytest.raises(InvalidInput) as refusal:
        kind.validate_answer(content, "x" * 100_001)
    assert refusal.value.code == "too_long"


def test_new_options_get_ids_that_say_nothing_of_their_order() -> None:
    written = [{"text": str(number), "correct": number == 0} for number in range(20)]
    ids = [each["id"] for each in KINDS["single_choice"].validate_content({"options": written})["options"]]
    assert len(set(ids)) == 20
    assert ids != sorted(ids)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(InvalidInput) as refusal:
        kind_named("telepathy")
    assert refusal.value.field == "kind"
