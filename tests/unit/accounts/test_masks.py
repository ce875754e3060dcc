"""The name taken out of what people wrote, for readers who are not to know it."""

import pytest

from accounts.masks import hiding

HIDE = hiding("Ana de Souza", "ana@school.example", "Candidate K738")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ana de Souza left.", "Candidate K738 left."),
        ("hello ANA, sit down", "hello Candidate K738, sit down"),
        ("Souza's desk", "Candidate K738's desk"),
        ("Write to ana@school.example", "Write to Candidate K738"),
        ("Banana, analysis and Anastasia", "Banana, analysis and Anastasia"),
        ("a de facto rule", "a de facto rule"),
        ("", ""),
    ],
)
def test_whole_words_of_the_name_are_replaced(text: str, shown: str) -> None:
    assert HIDE(text) == shown


def test_signs_in_a_name_are_taken_as_they_are() -> None:
    assert hiding("Jo (Al+)", "", "X")("it was (Al+)!") == "it was X!"
    assert hiding(r"A\g<0>b", "", "X")("ok") == "ok"


def test_without_a_name_nothing_is_replaced() -> None:
    assert hiding("", "", "X")("as it is") == "as it is"


def test_the_number_goes_too_unless_it_is_too_short_to_tell_anybody() -> None:
    assert hiding("", "", "X", "S-1204")("s-1204 or S-12045?") == "X or S-12045?"
    assert hiding("", "", "X", "12")("12 minutes") == "12 minutes"
