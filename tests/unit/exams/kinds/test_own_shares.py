"""Multiple choice with a share for each option: checked, marked, guessed, shown, entered."""

from fractions import Fraction
from itertools import chain, combinations
from typing import Any

import pytest

from exams.kinds import certainty
from exams.kinds.multiple_choice.form import MultipleChoiceForm
from exams.kinds.multiple_choice.kind import without_shares
from exams.kinds.registry import KINDS
from proctor_site.kernel.errors import InvalidInput

F = Fraction
KIND = KINDS["multiple_choice"]


def content(*shares: Any, scoring: str = "per_option") -> dict[str, Any]:
    options = [
        {"id": f"o{place}", "text": f"Option {place}", "share": each} for place, each in enumerate(shares)
    ]
    return KIND.validate_content({"options": options, "scoring": scoring})


def test_content_is_exact_and_the_key_follows_from_the_shares() -> None:
    made = content("0.5", 0.33333, "1/6", "-0.25", 0)
    assert [option["share"] for option in made["options"]] == ["1/2", "1/3", "1/6", "-1/4", "0"]
    assert [option["correct"] for option in made["options"]] == [True, True, True, False, False]
    assert KIND.validate_content(made) == made
    assert KIND.right_value(made) == ["o0", "o1", "o2"]
    assert KIND.describe_key(made) == (
        "Option 0 (50 %); Option 1 (33.3333 %); Option 2 (16.6667 %); Option 3 (-25 %)"
    )
    public = KIND.public_content(made, [4, 3, 2, 1, 0])
    assert {name for option in public["options"] for name in option} == {"id", "text"}


@pytest.mark.parametrize(
    ("chosen", "bounded", "below"),
    [
        ([0, 1], 1, 1),
        ([0], F(1, 2), F(1, 2)),
        ([0, 2], F(1, 4), F(1, 4)),
        ([0, 1, 2], F(3, 4), F(3, 4)),
        ([2], 0, F(-1, 4)),
        ([2, 3], 0, -1),
        ([], 0, 0),
    ],
    ids=str,
)
def test_shares_are_added_up_within_bounds(chosen: list[int], bounded: Any, below: Any) -> None:
    value = [f"o{place}" for place in chosen]
    assert KIND.mark(content("1/2", "1/2", "-1/4", "-1"), value) == bounded
    assert KIND.mark(content("1/2", "1/2", "-1/4", "-1", scoring="per_option_negative"), value) == below


def test_more_than_a_whole_earns_no_more_than_all() -> None:
    any_two = content("1/2", "1/2", "1/2", "-1/2")
    assert KIND.mark(any_two, ["o0", "o2"]) == KIND.mark(any_two, ["o0", "o1", "o2"]) == 1
    assert KIND.mark(any_two, ["o0", "o1", "o3"]) == F(1, 2)


def test_shares_that_were_written_rounded_are_a_whole() -> None:
    rounded = content("0.3330", "0.3330", "0.3334", "-0.9")
    assert KIND.mark(rounded, KIND.right_value(rounded)) == 1
    assert KIND.mark(rounded, ["o0"]) == F(333, 1000) / F(9994, 10000)


def test_even_shares_are_kept_as_the_scoring_that_they_are() -> None:
    even = content("1/2", "0.5", "-1/3", "-0.33333", "-1/3")
    assert (even["scoring"], "share" in even["options"][0]) == ("partial", False)
    assert content("1/2", "1/2", "-1", scoring="per_option_negative")["scoring"] == "negative"
    uneven = content("1/2", "1/2", "-1/3", "-1/3", "0")
    assert without_shares(uneven)["options"] == even["options"]


@pytest.mark.parametrize("scoring", ["per_option", "per_option_negative"])
@pytest.mark.parametrize(
    "shares",
    [
        ("1/2", "1/2", "-1/4"),
        ("1", "1/3", "-1", "-1/7"),
        ("0.333", "0.333", "0.334", "0", "-0.05"),
        ("1", "0"),
    ],
    ids=str,
)
def test_guessing_is_the_average_over_every_choice(shares: tuple[str, ...], scoring: str) -> None:
    made = content(*shares, scoring=scoring)
    ids = [option["id"] for option in made["options"]]
    every = list(chain.from_iterable(combinations(ids, size) for size in range(1, len(ids) + 1)))
    assert KIND.guess_share(made) == sum((KIND.mark(made, list(each)) or F(0) for each in every), F(0)) / len(
        every
    )


def test_guessing_among_twenty_options_stays_exact() -> None:
    shares = ["1", *(f"-{place}/997" for place in range(1, 20))]
    # Any choice without the right option earns nothing; with it, 1 less the sum of the others, never below 0:
    # 190/997 at most is taken away, so that the mean is that of all 2**19 choices of the others.
    expected = (2**19 - F(190, 997) * 2**18) / (2**20 - 1)
    assert abs((KIND.guess_share(content(*shares)) or 0) - expected) < F(1, 10**5)


def test_certainty_floors_shares_below_nothing() -> None:
    made = content("1/2", "1/2", "-1/4", scoring="per_option_negative")
    assert certainty.mark(KIND, made, ["o2"], 1) == 0
    assert certainty.mark(KIND, made, ["o0"], 3) == F(1, 2)


@pytest.mark.parametrize(
    ("options", "scoring", "field"),
    [
        ([("a", "0.5"), ("b", "0.4"), ("c", "-1")], "per_option", "options"),
        ([("a", "0"), ("b", "0")], "per_option", "options"),
        ([("a", "1"), ("b", "1.01")], "per_option", "options.2.share"),
        ([("a", "1"), ("b", "-1.5")], "per_option", "options.2.share"),
        ([("a", "1"), ("b", "x")], "per_option", "options.2.share"),
        ([("a", "1"), ("b", None)], "per_option", "options.2.share"),
        ([("a", "1"), ("b", "0")], "partial", "options.1"),
    ],
    ids=["too little", "nothing", "too much", "too far below", "no number", "none", "not with this scoring"],
)
def test_what_is_refused(options: Any, scoring: str, field: str) -> None:
    rows = [{"text": text, "correct": share == "1", "share": share} for text, share in options]
    with pytest.raises(InvalidInput) as refusal:
        KIND.validate_content({"options": rows, "scoring": scoring})
    assert refusal.value.field == field


def entered(scoring: str = "per_option", **more: Any) -> dict[str, Any]:
    rows = {f"option_{row}_text": f"Option {row}" for row in (1, 2, 4)}
    return {**rows, "scoring": scoring} | more


def test_the_form_has_a_share_for_each_row_and_gives_it_back() -> None:
    form = MultipleChoiceForm()
    shares = {"option_1_share": "100", "option_2_share": "-33,33", "option_4_share": ""}
    made = KIND.validate_content(form.read(entered(**shares), None))
    assert [option["share"] for option in made["options"]] == ["1", "-1/3", "0"]
    fields = form.fields(made)
    assert [fields[f"option_{row}_share"].initial for row in (1, 2, 3, 4)] == ["100", "-33.3333", "0", ""]
    again = {name: field.initial for name, field in fields.items()}
    assert KIND.validate_content(form.read(again, made)) == made
    assert ("option_2_text", "option_2_correct", "option_2_share") in form.layout(made)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"option_1_share": "100", "option_3_share": "5"}, "option_3_share"),
        ({"option_1_share": "100", "option_2_correct": True}, "option_2_share"),
        ({"option_1_share": "half"}, "option_1_share"),
        ({"option_1_share": "100", "option_4_share": "101"}, "option_4_share"),
        ({"option_1_share": "100", "scoring": "partial"}, "scoring"),
    ],
    ids=["no text", "tick and no share", "no number", "too much", "another scoring"],
)
def test_the_form_names_the_field(more: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        MultipleChoiceForm().read(entered(**more), None)
    assert refusal.value.field == field
    assert MultipleChoiceForm().field_of("options.3.share", entered()) == "option_4_share"
