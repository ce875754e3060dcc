"""In which language the words of an exam are, and whether the browser may check their spelling."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.languages import is_right_to_left, language_name, languages
from accounts.models import Institution, User
from accounts.tenancy import within
from exams.models import Attempt, Exam
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.pages.candidate.addresses import attempt_page

BrowserOf = Callable[..., Client]
KINDS = ("single_choice", "matching", "ordering", "cloze", "essay", "short_answer")


def running(institution: Institution, user: User, **exam: Any) -> Attempt:
    made = make_exam(institution, kinds=KINDS, instructions="Ruhig lesen.")
    with within(institution):
        Exam.objects.filter(pk=made.pk).update(**exam)
        made.refresh_from_db()
    return make_attempt(enrol(make_sitting(made), user))


def page_of(attempt: Attempt, browser_of: BrowserOf) -> str:
    return browser_of(attempt.enrolment.candidate).get(attempt_page(attempt, "exam")).content.decode()


@pytest.mark.parametrize(
    "part", ["h1", "h3", "stem", "section-instructions", "gap-text", "textarea", "input"]
)
def test_each_part_that_an_author_wrote_says_its_language(
    part: str, institution: Institution, candidate: User, browser_of: BrowserOf
) -> None:
    text = page_of(running(institution, candidate, language="ar"), browser_of)
    wanted = {
        "h1": r"<h1 [^>]*",
        "h3": r"<h3 class=\"small\"><span",
        "textarea": r"<textarea [^>]*",
        "input": r"<input type=\"text\" id=[^>]*",
    }.get(part, rf'<div class="{part}[^>]*')
    assert re.search(rf'{wanted} lang="ar" dir="rtl"', text)
    assert text.startswith('<!DOCTYPE html>\n<html lang="en">')


def test_options_prompts_and_entries_say_their_language(
    institution: Institution, candidate: User, browser_of: BrowserOf
) -> None:
    text = page_of(running(institution, candidate, language="de"), browser_of)
    assert len(re.findall(r'autocomplete="off"><span lang="de" dir="ltr">', text)) == 3
    assert len(re.findall(r'<label for="match-[^"]*" lang="de"', text)) == 2
    assert len(re.findall(r'data-entry-text lang="de"', text)) == 3


def test_without_a_language_of_its_own_an_exam_has_that_of_the_institution(
    institution: Institution, candidate: User, browser_of: BrowserOf
) -> None:
    institution.language = "fr"
    institution.save(update_fields=["language"])
    text = page_of(running(institution, candidate), browser_of)
    assert len(re.findall(r'<div class="stem" id="[^"]*" lang="fr" dir="ltr">', text)) == len(KINDS)


@pytest.mark.parametrize("allowed", [False, True], ids=["off", "on"])
def test_spelling_is_checked_as_the_exam_says(
    allowed: bool, institution: Institution, candidate: User, browser_of: BrowserOf
) -> None:
    text = page_of(running(institution, candidate, spell_check=allowed), browser_of)
    typed = re.findall(r'<(?:textarea|input type="text")[^>]*>', text)
    free = [each for each in typed if "data-number" not in each]
    assert len(free) == 4  # essay, short answer, a gap for words, and the box for messages
    for control in free:
        assert f'spellcheck="{"true" if allowed else "false"}"' in control
        assert 'autocorrect="off"' in control and 'autocomplete="off"' in control


def test_languages_have_names_and_directions() -> None:
    assert language_name("de") == "German (Deutsch)"
    assert language_name("xx") == "xx"
    assert (is_right_to_left("he"), is_right_to_left("de"), is_right_to_left("xx")) == (True, False, False)
    assert len(languages()) > 80
