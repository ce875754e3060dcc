"""Exams in the admin: grade scale, sections, what is said before scheduling."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.bank.grades import PRESETS
from exams.bank.outline import entries_of
from exams.models import Exam, SectionPool
from tests.admin.exams_forms import errors_of, formset, url
from tests.factories.exams import make_exam, make_question

Browser = Callable[..., Client]
LETTERS = PRESETS["letters"][1]


def body(**fields: Any) -> dict[str, Any]:
    return {
        "title": "Geography",
        "instructions": "",
        "pass_percentage": 60,
        "calculator": "none",
        "formula_sheet": "",
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
        ({"language": "xx"}, "language"),
        ({"calculator": "graphic"}, "calculator"),
        ({"formula_sheet": "x" * 50_001}, "formula_sheet"),
        (
            {"formula_sheet": '<img src="media:0000abcd-0000-4000-8000-0000000000ab" alt="a">'},
            "formula_sheet",
        ),
    ],
)
def test_what_is_no_scale_is_named_and_nothing_is_saved(
    scoped: Institution, officer: User, browser_of: Browser, fields: dict[str, Any], name: str
) -> None:
    exam = make_exam(scoped)
    assert name in errors_of(posted(browser_of(officer), exam, **fields))
    exam.refresh_from_db()
    assert (exam.title == "Geography", exam.grade_steps) == (False, [])


def test_language_and_spell_check_are_set_on_the_exam(
    scoped: Institution, author: User, browser_of: Browser
) -> None:
    exam = make_exam(scoped)
    page = browser_of(author).get(url("exam_change", exam.pk)).content.decode()
    assert '<option value="ar">Arabic (العربيّة)</option>' in page
    assert posted(browser_of(author), exam, language="ar", spell_check="on").status_code == 302
    exam.refresh_from_db()
    assert (exam.language, exam.spell_check) == ("ar", True)


def test_tools_are_set_on_the_exam_and_told_to_readers(
    scoped: Institution, author: User, reviewer: User, browser_of: Browser
) -> None:
    exam = make_exam(scoped)
    sheet = r"<p onclick='x()'>Area \(r^2\)<script>alert(1)</script></p>"
    given = {"calculator": "scientific", "strike_out": "on", "formula_sheet": sheet}
    assert posted(browser_of(author), exam, **given).status_code == 302
    exam.refresh_from_db()
    assert (exam.calculator, exam.strike_out, exam.highlighter) == ("scientific", True, False)
    assert exam.formula_sheet == r"<p>Area \(r^2\)</p>"
    page = browser_of(reviewer).get(url("exam_change", exam.pk)).content.decode()
    assert "scientific calculator, formula sheet, strike-out of options" in page


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


# the page on which an exam is put together


def acted(client: Client, exam: Exam, do: str, **fields: Any) -> Any:
    return client.post(url("exam_content", exam.pk), {"do": do, **fields}, follow=True)


def order(exam: Exam) -> list[str]:
    return [str(entry.placement.question if entry.placement else entry.pool) for entry in entries_of(exam)]


def test_an_exam_is_put_together_on_one_page(scoped: Institution, author: User, browser_of: Browser) -> None:
    client = browser_of(author)
    exam = Exam.objects.create(institution=scoped, title="Geography")
    assert "This exam has no questions yet." in client.get(url("exam_content", exam.pk)).content.decode()
    acted(client, exam, "add-section", title="Europe")
    section = exam.sections.get()
    capitals = [make_question(scoped, title=f"Capital {number}") for number in range(3)]
    make_question(scoped, title="River")
    found = client.get(url("exam_content", exam.pk), {"q": "capital", "category": ""}).content.decode()
    assert [f"Capital {number}" in found for number in range(3)] == [True] * 3
    assert "River" not in found
    ids = [each.pk for each in capitals[:2]]
    page = acted(client, exam, "add-questions", question=ids, section=section.pk, points="2,5")
    assert "2 questions added to “Europe”." in page.content.decode()
    acted(client, exam, "save-pool:", section=section.pk, count=1, points="1", with_children="on")
    assert order(exam) == ["Capital 0", "Capital 1", "1 from the whole bank"]
    last = SectionPool.objects.get()
    page = acted(client, exam, f"up:pool-{last.pk}").content.decode()
    assert order(exam) == ["Capital 0", "1 from the whole bank", "Capital 1"]
    assert re.search(r'aria-label="Move number 2 up" autofocus', page)
    first = section.questions.order_by("position").first()
    assert first is not None
    names = {f"points-question-{first.pk}": "4", f"points-pool-{last.pk}": "0.5"}
    assert "3 questions, 7.00 points" in acted(client, exam, "points", **names).content.decode()
    acted(client, exam, f"remove:question-{first.pk}")
    assert order(exam) == ["1 from the whole bank", "Capital 1"]


def test_a_short_pool_is_shown_where_it_stands(
    scoped: Institution, officer: User, browser_of: Browser
) -> None:
    exam = make_exam(scoped, kinds=("essay",))
    for _ in range(3):
        make_question(scoped)
    section = exam.sections.get()
    client = browser_of(officer)
    page = acted(client, exam, "save-pool:", section=section.pk, count=5, points="1").content.decode()
    assert "this pool has 3 of the 5 needed" in page
    assert "Must be mended:" in page
    pool = SectionPool.objects.get()
    assert (
        f"Change the pool: {pool}"
        in client.get(url("exam_content", exam.pk), {"pool": pool.pk}).content.decode()
    )
    page = acted(
        client, exam, f"save-pool:{pool.pk}", section=section.pk, count=3, points="1"
    ).content.decode()
    assert "needed" not in page


@pytest.mark.parametrize(
    "fields",
    [
        {"do": ""},
        {"do": "explode"},
        {"do": "up:question-999999"},
        {"do": "up:question-" + "9" * 40},
        {"do": "remove:sitting-1"},
        {"do": "remove:pool--1"},
        {"do": "section-up:x"},
        {"do": "add-questions", "question": "9" * 30, "section": "1", "points": "1"},
        {"do": "add-questions", "question": ["x", "1"], "section": "", "points": "1"},
        {"do": "points", "points-question-0": "1"},
        {"do": "save-pool:99", "count": "1"},
        {"do": "save-pool:", "count": "-1", "section": "1"},
        {"do": "save-pool:", "count": "x", "category": "999", "tags": ["a"], "least_difficulty": "9"},
        {"do": "add-section", "title": ""},
        {"do": "add-section", "title": "x" * 201},
    ],
)
def test_nonsense_changes_nothing(
    scoped: Institution, officer: User, browser_of: Browser, fields: dict[str, Any]
) -> None:
    exam = make_exam(scoped)
    before = order(exam), exam.sections.count(), SectionPool.objects.count()
    answer = browser_of(officer).post(url("exam_content", exam.pk), fields, follow=True)
    assert answer.status_code == 200
    assert (order(exam), exam.sections.count(), SectionPool.objects.count()) == before


@pytest.mark.parametrize("points", ["-1", "NaN", "", "1e9", "1.001", "x"])
def test_points_that_are_none(scoped: Institution, officer: User, browser_of: Browser, points: str) -> None:
    exam = make_exam(scoped)
    [row, _] = entries_of(exam)
    assert row.placement is not None
    page = acted(browser_of(officer), exam, "points", **{f"points-question-{row.placement.pk}": points})
    assert "Nothing was changed: Points" in page.content.decode()
    assert entries_of(exam)[0].points == 1


def test_rows_of_other_exams_and_institutions_are_not_touched(
    scoped: Institution, other_institution: Institution, officer: User, browser_of: Browser
) -> None:
    exam, other = make_exam(scoped), make_exam(scoped)
    foreign = make_exam(other_institution)
    with within(other_institution):
        strange = foreign.sections.get().questions.first()
        question = make_question(other_institution)
    near = other.sections.get().questions.first()
    assert strange is not None
    assert near is not None
    for place in (strange, near):
        page = acted(browser_of(officer), exam, f"remove:question-{place.pk}").content.decode()
        assert "is not in this exam any more" in page
    section = exam.sections.get()
    acted(browser_of(officer), exam, "add-questions", question=question.pk, section=section.pk, points="1")
    assert section.questions.count() == 2
    assert browser_of(officer).get(url("exam_content", foreign.pk)).status_code == 404


def test_reviewers_read_the_page_and_proctors_do_not(
    institution: Institution, reviewer: User, proctor: User, browser_of: Browser
) -> None:
    exam = make_exam(institution)
    page = browser_of(reviewer).get(url("exam_content", exam.pk), {"q": ""})
    assert page.status_code == 200
    assert 'name="do"' not in page.content.decode()
    assert browser_of(reviewer).post(url("exam_content", exam.pk), {"do": "points"}).status_code == 403
    assert browser_of(proctor).get(url("exam_content", exam.pk)).status_code == 403


def test_the_page_costs_the_same_for_any_number_of_questions(
    scoped: Institution, officer: User, browser_of: Browser
) -> None:
    def count(kinds: list[str]) -> int:
        client, exam = browser_of(officer), make_exam(scoped, kinds=kinds)
        client.get(url("exam_content", exam.pk))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url("exam_content", exam.pk)).status_code == 200
        return len(captured)

    assert count(["essay"]) == count(["essay"] * 30)


def test_certainty_says_what_per_cent_mean(scoped: Institution, author: User, browser_of: Browser) -> None:
    exam, client = make_exam(scoped), browser_of(author)
    address = url("exam_change", exam.pk)
    page = client.post(address, body(asks_certainty="on"), follow=True).content.decode()
    assert "Everything right is 33.33 % if not very sure" in page and "pass mark of 60 % is meant so" in page
    exam.refresh_from_db()
    assert exam.asks_certainty
    page = client.post(address, body(asks_certainty="on", title="Maps"), follow=True).content.decode()
    assert "33.33 % if not" not in page
    page = client.post(address, body(), follow=True).content.decode()
    assert "33.33 % if not" not in page
    exam.refresh_from_db()
    assert not exam.asks_certainty
