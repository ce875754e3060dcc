"""Tools of an exam and of one person: an allowance adds, never takes away; formula sheets are made safe."""

from typing import Any

import pytest

from accounts.models import AuditEntry, Institution, User
from exams.bank.tools import Tools, clean_formula_sheet, with_added
from exams.delivery import allowances
from exams.delivery.tools import tools_of
from exams.models import Allowance, Exam
from proctor_site.kernel.errors import InvalidInput
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting

NOTHING = Tools(
    calculator="none",
    scratch_pad=False,
    highlighter=False,
    strike_out=False,
    spell_check=False,
    formula_sheet="",
)


@pytest.mark.parametrize(
    ("exam", "given", "has"),
    [
        ("none", [], "none"),
        ("none", ["basic"], "basic"),
        ("scientific", ["basic"], "scientific"),
        ("basic", ["none", "scientific", "basic"], "scientific"),
    ],
)
def test_the_better_calculator_counts(exam: str, given: list[str], has: str) -> None:
    offered = Tools(exam, False, False, False, False, "")
    added = with_added(offered, [Allowance(calculator=each) for each in given])
    assert added.calculator == has


def test_tools_in_words() -> None:
    assert NOTHING.in_words == "none"
    everything = Tools("basic", True, True, True, True, "<p>x</p>")
    assert everything.in_words == (
        "basic calculator, formula sheet, scratch pad, highlighter, strike-out of options, spell check"
    )


def test_an_allowance_adds_a_tool_for_one_person(
    scoped: Institution, candidate: User, second_candidate: User, officer: User
) -> None:
    sitting = make_sitting(make_exam(scoped))
    Exam.objects.update(scratch_pad=True)
    one, other = (make_attempt(enrol(sitting, user)) for user in (candidate, second_candidate))
    given = allowances.give(one.enrolment, actor=officer, calculator="basic", spell_check=True)
    for attempt in (one, other):
        attempt.enrolment.sitting.exam.refresh_from_db()
    assert tools_of(one).in_words == "basic calculator, scratch pad, spell check"
    assert tools_of(other).in_words == "scratch pad"
    detail = AuditEntry.objects.get(verb="enrolment.allowance_given").detail
    assert (detail["calculator"], detail["spell_check"]) == ("basic", True)
    allowances.withdraw(given, actor=officer)
    assert tools_of(one).in_words == "scratch pad"


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"calculator": "graphic"}, "calculator"),
        ({"calculator": 1}, "calculator"),
        ({"spell_check": "yes"}, "spell_check"),
    ],
    ids=["unknown", "a number", "no flag"],
)
def test_terms_that_name_no_tool_are_refused(
    scoped: Institution, candidate: User, terms: dict[str, Any], field: str
) -> None:
    enrolment = enrol(make_sitting(make_exam(scoped)), candidate)
    with pytest.raises(InvalidInput) as refused:
        allowances.give(enrolment, actor=None, **terms)
    assert refused.value.field == field
    assert not enrolment.allowances.exists()


def test_a_formula_sheet_is_sanitised_and_may_be_empty() -> None:
    assert clean_formula_sheet(r'<table><tr><td style="x">\(a^2\)</td></tr></table><script>1</script>') == (
        r"<table><tbody><tr><td>\(a^2\)</td></tr></tbody></table>"
    )
    assert clean_formula_sheet("<p> </p>") == ""


@pytest.mark.parametrize(
    "value",
    [None, "a\x00b", "x" * 50_001, '<a href="media:0000abcd-0000-4000-8000-0000000000ab">x</a>'],
    ids=["none", "NUL", "too long", "media"],
)
def test_what_is_no_formula_sheet_is_refused(value: object) -> None:
    with pytest.raises(InvalidInput) as refused:
        clean_formula_sheet(value)
    assert refused.value.field == "formula_sheet"
