"""Which tools are on the exam page, in a preview, and in the words that others read."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Institution, User
from accounts.tenancy import within
from exams import states
from exams.delivery import allowances
from exams.models import Attempt, Exam
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.pages.candidate.addresses import attempt_page

BrowserOf = Callable[..., Client]
BUTTONS = {
    "calculator": 'aria-controls="calculator-panel"',
    "formula_sheet": 'aria-controls="formula-sheet-panel"',
    "scratch_pad": 'aria-controls="scratch-pad-panel"',
    "highlighter": 'id="highlighter"',
    "strike_out": 'id="strike-out"',
}
EVERYTHING: dict[str, Any] = {
    "calculator": "scientific",
    "formula_sheet": r"<p>Area: \(A = \pi r^2\)</p>",
    "scratch_pad": True,
    "highlighter": True,
    "strike_out": True,
}


def attempt_with(
    institution: Institution, user: User, proctor: User, *, state: str = states.IN_PROGRESS, **tools: Any
) -> Attempt:
    exam = make_exam(institution, kinds=("single_choice", "essay"))
    with within(institution):
        Exam.objects.filter(pk=exam.pk).update(**tools)
        exam.refresh_from_db()
    return make_attempt(enrol(make_sitting(exam, proctors=[proctor]), user), state=state)


def shown(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("name", BUTTONS)
def test_a_tool_is_offered_when_the_exam_says_so(
    name: str, institution: Institution, candidate: User, proctor: User, browser_of: BrowserOf
) -> None:
    attempt = attempt_with(institution, candidate, proctor, **{name: EVERYTHING[name]})
    text = shown(browser_of(candidate), attempt_page(attempt, "exam"))
    assert {each for each, button in BUTTONS.items() if button in text} == {name}
    assert 'aria-controls="display-panel"' in text


def test_without_tools_there_are_text_and_colours_alone(
    institution: Institution, candidate: User, proctor: User, browser_of: BrowserOf
) -> None:
    attempt = attempt_with(institution, candidate, proctor)
    text = shown(browser_of(candidate), attempt_page(attempt, "exam"))
    assert not any(button in text for button in BUTTONS.values())
    assert 'aria-controls="display-panel"' in text


@pytest.mark.parametrize("kind", ["basic", "scientific"])
def test_a_basic_calculator_has_no_functions(
    kind: str, institution: Institution, candidate: User, proctor: User, browser_of: BrowserOf
) -> None:
    attempt = attempt_with(institution, candidate, proctor, calculator=kind)
    text = shown(browser_of(candidate), attempt_page(attempt, "exam"))
    assert f'data-kind="{kind}"' in text
    assert ('data-inserts="sin("' in text) is (kind == "scientific")
    assert 'data-inserts="√("' in text


def test_a_formula_sheet_is_read_as_mathml_and_in_the_language_of_the_exam(
    institution: Institution, candidate: User, proctor: User, browser_of: BrowserOf
) -> None:
    attempt = attempt_with(institution, candidate, proctor, language="de", **EVERYTHING)
    text = shown(browser_of(candidate), attempt_page(attempt, "exam"))
    sheet = text[text.index('class="stem formula-sheet"') :]
    assert sheet.startswith('class="stem formula-sheet" lang="de" dir="ltr"><p>Area: <math')
    assert r'alttext="A = \pi r^2"' in sheet


def test_an_allowance_is_on_the_page_and_told_to_the_proctor_without_its_reason(
    institution: Institution, candidate: User, proctor: User, browser_of: BrowserOf
) -> None:
    attempt = attempt_with(institution, candidate, proctor, scratch_pad=True)
    with within(institution):
        terms: dict[str, Any] = {"calculator": "basic", "spell_check": True, "reason": "Dyscalculia"}
        allowances.give(attempt.enrolment, actor=None, **terms)
    text = shown(browser_of(candidate), attempt_page(attempt, "exam"))
    assert BUTTONS["calculator"] in text
    assert text.count('spellcheck="true"') == 2  # the essay, and the scratch pad
    enrolment = attempt.enrolment
    watch = f"/i/{institution.slug}/watch/{enrolment.sitting_id}/candidates/{enrolment.pk}/"
    told = shown(browser_of(proctor), watch)
    assert "<dt>Tools</dt><dd>basic calculator, scratch pad, spell check (on the exam page)</dd>" in told
    assert "Dyscalculia" not in told + text


def test_tools_are_named_before_the_start(
    institution: Institution, candidate: User, proctor: User, browser_of: BrowserOf
) -> None:
    ready = attempt_with(institution, candidate, proctor, state=states.READY, calculator="basic")
    text = shown(browser_of(candidate), attempt_page(ready, "waiting"))
    assert "On the exam page: basic calculator, and for everybody text size, colours and spacing." in text


def test_a_preview_has_the_tools_and_keeps_nothing(
    institution: Institution, candidate: User, proctor: User, author: User, browser_of: BrowserOf
) -> None:
    exam = attempt_with(institution, candidate, proctor, **EVERYTHING).enrolment.sitting.exam
    text = shown(browser_of(author), reverse("admin:exams_exam_preview", args=[exam.pk]))
    assert all(button in text for button in BUTTONS.values())
    assert 'id="tool-bar" role="group" aria-label="Tools" data-attempt=""' in text
    assert "In this preview nothing is kept." in text
    printed = shown(browser_of(author), reverse("admin:exams_exam_print", args=[exam.pk]))
    assert '<h2 lang="en">Formula sheet</h2><p>Area: <math' in printed


def test_what_tools_have_kept_is_deleted_after_the_end(
    institution: Institution, candidate: User, proctor: User, browser_of: BrowserOf
) -> None:
    over = attempt_with(institution, candidate, proctor, state=states.SUBMITTED, **EVERYTHING)
    assert "js/tools/forget_tools" in shown(browser_of(candidate), attempt_page(over, "done"))
