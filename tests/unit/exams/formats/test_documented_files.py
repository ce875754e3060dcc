"""Files made by hand from the public specifications are read as those specifications say."""

from pathlib import Path
from typing import Any

import pytest

from exams.bank.formats.base import ParsedQuestion, Refused
from exams.bank.formats.registry import FORMATS, recognised
from exams.kinds.registry import KINDS

FILES = Path(__file__).parent / "files"


def parsed(name: str) -> list[Any]:
    data = (FILES / name).read_bytes()
    return list(recognised(data).parse(data))


def content(question: ParsedQuestion) -> Any:
    return KINDS[question.kind].validate_content(question.content)


def options(question: ParsedQuestion) -> list[tuple[str, bool]]:
    return [(option["text"], option["correct"]) for option in question.content["options"]]


@pytest.mark.parametrize(
    ("name", "format_name"),
    [
        ("aiken_documented.txt", "aiken"),
        ("gift_documented.txt", "gift"),
        ("moodle_documented.xml", "moodle_xml"),
        ("qti21_choice.xml", "qti21"),
    ],
)
def test_a_file_tells_its_format(name: str, format_name: str) -> None:
    assert recognised((FILES / name).read_bytes()).name == format_name


def test_aiken() -> None:
    first, second = parsed("aiken_documented.txt")
    assert options(first)[3] == ("Must be this one!", True) and len(options(first)) == 4
    assert (second.stem, second.where) == ("Which LMS has the most quiz import formats?", "line 8")


def test_gift() -> None:
    items = parsed("gift_documented.txt")
    assert not [each for each in items if isinstance(each, Refused)]
    tomb, missing, two, born, pi, match, sun, essay, both, equals = items
    assert tomb.title == "Grants tomb" and options(tomb) == [("Grant", True), ("No one", False)]
    assert tomb.losses and missing.tags == ("History",)
    assert missing.stem == "Grant is _____ in Grant's tomb."
    assert content(two)["accepted"] == ["two", "2"] and two.stem == "Two plus _____ equals four."
    assert content(born)["answers"][1] == {"value": "1822", "tolerance": "2", "share": "1/2"}
    assert content(pi)["answers"] == [{"low": "3.141", "high": "3.142"}]
    assert [prompt["text"] for prompt in match.content["prompts"]] == ["Canada", "Italy", "Japan"]
    assert sun.content == {"correct": True} and essay.kind == "essay" and "ö" in essay.stem
    assert both.kind == "multiple_choice" and both.content["scoring"] == "per_option"
    shares = [each["share"] for each in content(both)["options"]]
    assert (both.losses, shares) == ((), ["-1", "1/2", "1/2", "-1"])
    assert options(equals) == [("= 2 + 2", False), ("= 2 + 3", True)]


def test_moodle_xml() -> None:
    items = parsed("moodle_documented.xml")
    capital, flat, river, gravity, pairs, rain, note, calculated = items
    assert capital.category == ("Geography", "Europe") and capital.tags == ("Capitals",)
    assert capital.text_format == "html" and "<strong>" in capital.stem and capital.losses == ()
    assert content(capital)["penalty"] == "1/3" and options(capital)[0] == ("Vienna", True)
    assert (flat.text_format, flat.stem) == ("plain", "The earth is flat & square.")
    assert flat.content == {"correct": False} and flat.losses == ("feedback is left out",)
    accepted = content(river)
    assert accepted["wildcards"] and accepted["accepted"] == ["*danube*", {"text": "Inn", "share": "1/2"}]
    assert content(gravity)["unit"]["penalty"] == "1/10"
    assert [each["text"] for each in pairs.content["choices"]] == ["Vienna", "Paris", "Rome"]
    assert content(rain) == {"word_limit": 200, "least_words": 50}
    assert rain.losses == ("files cannot be handed in with the answer",)
    assert [each.title for each in (note, calculated)] == ["Note", "Sum"]
    assert "without a question" in note.reason and "calculated" in calculated.reason
    assert note.where == "line 49"


def test_qti_2_1_choice_alone_names_the_missing_picture() -> None:
    [item] = parsed("qti21_choice.xml")
    assert item.title == "Unattended luggage" and item.kind == "single_choice"
    assert options(item)[0] == ("You must stay with your luggage.", True)
    assert options(item)[1][0] == "Do not let someone else look after it."
    assert item.stem.endswith("<p>What does it say?</p>") and "Look at the text" in item.stem
    assert "images/sign.png" in " ".join(item.losses) and "feedback is left out" in item.losses


def test_qti_2_2_text_entry() -> None:
    [item] = parsed("qti22_text.xml")
    assert content(item)["accepted"] == ["York", {"text": "york city", "share": "1/2"}]
    assert content(item)["case_sensitive"] is False and item.losses == ()
    assert item.stem == "<p>Made glorious summer by this sun of _____;</p>"


def test_qti_3_match() -> None:
    [item] = parsed("qti30_match.xml")
    told = {each["id"]: each["text"] for each in item.content["choices"]}
    pairs = [(each["text"], told[each["choice"]]) for each in item.content["prompts"]]
    assert pairs == [("Capulet", "Romeo and Juliet"), ("Prospero", "The Tempest")]
    assert item.content["scoring"] == "partial" and item.stem == "Match the characters to the plays."


@pytest.mark.parametrize("name", ["gift_documented.txt", "aiken_documented.txt"])
@pytest.mark.parametrize("change", ["crlf", "cr", "bom", "utf-16"])
def test_line_ends_and_marks_do_not_matter(name: str, change: str) -> None:
    text = (FILES / name).read_text(encoding="utf-8")
    data = {
        "crlf": text.replace("\n", "\r\n").encode(),
        "cr": text.replace("\n", "\r").encode(),
        "bom": b"\xef\xbb\xbf" + text.encode(),
        "utf-16": text.encode("utf-16"),
    }[change]
    form = FORMATS[name.partition("_")[0]]
    found = [(each.title, each.stem) for each in form.parse(data)]
    assert found == [(each.title, each.stem) for each in form.parse(text.encode())]
