"""Shares of options in files: kept where they can be, the loss named where they cannot."""

from typing import Any

import pytest

from exams.bank.formats.base import ParsedQuestion
from exams.bank.formats.registry import FORMATS
from exams.bank.formats.weighted import OWN_SHARES
from exams.kinds.registry import KINDS

SHARES = {
    "as in Moodle": ("1/2", "1/2", "-1/4"),
    "any two of three": ("1/2", "1/2", "1/2", "-1"),
    "nothing taken away": ("1/3", "2/3", "0"),
    "rounded": ("333/1000", "333/1000", "333/1000", "-1/20"),
}
HOLDS = ("gift", "moodle_xml", "qti21", "qti22", "qti30")


def question(scoring: str, shares: tuple[str, ...]) -> ParsedQuestion:
    options = [{"text": f"Option {place}", "share": share} for place, share in enumerate(shares)]
    content = KINDS["multiple_choice"].validate_content({"options": options, "scoring": scoring})
    return ParsedQuestion("Title", "Stem?", "multiple_choice", content)


def back(name: str, asked: ParsedQuestion) -> tuple[tuple[str, ...], Any, Any]:
    """Losses on the way out, what came back, and its losses."""
    form = FORMATS[name]
    fitted: Any = form.fit(asked)
    (found,) = form.parse(form.write([fitted]))
    return fitted.losses, KINDS["multiple_choice"].validate_content(found.content), found.losses  # type: ignore[union-attr]


def told(content: Any) -> Any:
    rows = [(each["text"], each["correct"], each.get("share")) for each in content["options"]]
    return content["scoring"], rows


@pytest.mark.parametrize("name", HOLDS)
@pytest.mark.parametrize("shares", SHARES.values(), ids=SHARES)
def test_own_shares_come_back(name: str, shares: tuple[str, ...]) -> None:
    asked = question("per_option", shares)
    lost, content, lost_back = back(name, asked)
    assert (lost, lost_back) == ((), ())
    assert told(content) == told(asked.content)


@pytest.mark.parametrize("name", HOLDS)
def test_below_0_comes_back_where_the_format_has_it(name: str) -> None:
    asked = question("per_option_negative", ("1/2", "1/2", "-1", "-1"))
    lost, content, _ = back(name, asked)
    if name.startswith("qti"):
        assert lost == () and told(content) == told(asked.content)
    else:
        assert lost == ("wrong choices take points away, but never below 0",)
        assert content["scoring"] == "per_option"


def test_right_shares_that_make_less_than_all_are_evened_out_and_said() -> None:
    (found,) = FORMATS["gift"].parse(b"::T::Stem {~%50%a ~%25%b ~%-100%c}")
    assert found.losses == (OWN_SHARES,)  # type: ignore[union-attr]
    assert found.content["scoring"] == "partial"  # type: ignore[union-attr]
