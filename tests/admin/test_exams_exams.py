"""Exams in the admin: grade scale, sections, what is said before scheduling."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.bank.grades import PRESETS
from exams.models import Exam
from tests.admin.exams_forms import errors_of, formset, url
from tests.factories.exams import make_exam

Browser = Callable[..., Client]
LETTERS = PRESETS["letters"][1]


def body(**fields: Any) -> dict[str, Any]:
    return {
        "title": "Geography",
        "instructions": "",
        "pass_percentage": 60,
        "grade_preset": "",
        "grade_text": "",
        **formset("sections"),
        **formset("policyassignment_set"),
        **formset("policy_assignment"),
        **fields,
    }


def posted(client: Client, exam: Exam | None, **fields: Any) -> Any:
    address = url("exam_change", exam.pk) if exam else url("exam_add")
    return client.post(address, body(**fields))


def test_a_scale_is_taken_from_the_offered_ones(
    scoped: Institution, officer: User, browser_of: Browser
) -> None:
    assert posted(browser_of(officer), None, grade_preset="letters", grade_text="x").status_code == 302
    exam = Exam.objects.get(title="Geography")
    assert exam.grade_steps == LETTERS
    page = browser_of(officer).get(url("exam_change", exam.pk)).content.decode()
    assert "90 %: A\n80 %: B" in page


def test_a_scale_of_ones_own_and_none(scoped: Institution, author: User, browser_of: Browser) -> None:
    exam = make_exam(scoped)
    assert posted(browser_of(author), exam, grade_text="62,5 %: Good\n0: Not yet").status_code == 302
    exam.refresh_from_db()
    assert exam.grade_steps == [{"name": "Good", "least": "62.5"}, {"name": "Not yet", "least": "0"}]
    assert posted(browser_of(author), exam).status_code == 302
    exam.refresh_from_db()
    assert exam.grade_steps == []


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"grade_text": "50: A\n60: B\n0: C"}, "grade_text"),
        ({"grade_text": "<b>"}, "grade_text"),
        ({"grade_text": "9" * 5000}, "grade_text"),
        ({"grade_preset": "no such scale"}, "grade_preset"),
        ({"pass_percentage": 101}, "__all__"),
    ],
)
def test_what_is_no_scale_is_named_and_nothing_is_saved(
    scoped: Institution, officer: User, browser_of: Browser, fields: dict[str, Any], name: str
) -> None:
    exam = make_exam(scoped)
    assert name in errors_of(posted(browser_of(officer), exam, **fields))
    exam.refresh_from_db()
    assert (exam.title == "Geography", exam.grade_steps) == (False, [])


def test_a_pass_mark_inside_a_grade_is_pointed_out(
    scoped: Institution, officer: User, browser_of: Browser
) -> None:
    answer = browser_of(officer).post(
        url("exam_add"), body(grade_preset="letters", pass_percentage=65), follow=True
    )
    assert "lies inside the grade “D” (from 60 %)" in answer.content.decode()


def test_readers_see_the_scale_and_cannot_change_it(
    institution: Institution, reviewer: User, browser_of: Browser
) -> None:
    exam = make_exam(institution)
    with within(institution):
        Exam.objects.update(grade_steps=LETTERS)
    page = browser_of(reviewer).get(url("exam_change", exam.pk)).content.decode()
    assert "90 %: A, 80 %: B" in page
    assert "grade_text" not in page
    assert posted(browser_of(reviewer), exam).status_code == 403
