"""The statistics pages: who may see them, what they show, empty and unfinished sittings, hostile titles."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Institution, Job, User
from accounts.tenancy import within
from exams.kinds.registry import KINDS
from exams.models import Mark, Question, SectionQuestion, Sitting
from exams.reports import services
from tests.factories.exams import CONTENT, RIGHT, make_exam, make_sitting
from tests.factories.results import make_results

pytestmark = pytest.mark.django_db
BASE = "/i/north-college/reports/"
BrowserOf = Callable[..., Client]


@pytest.fixture
def sitting(institution: Institution) -> Sitting:
    return make_results(institution, attempts=30)


def place_of(sitting: Sitting, position: int) -> SectionQuestion:
    with within(sitting.institution):
        return SectionQuestion.objects.select_related("question").get(
            section__exam=sitting.exam, position=position
        )


def question_url(sitting: Sitting, position: int) -> str:
    place = place_of(sitting, position)
    return f"{BASE}sittings/{sitting.pk}/sections/{place.section_id}/questions/{place.question_id}/"


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode().replace("\xa0", " ")))


def test_the_list_shows_sittings_with_results_only(
    browser_of: BrowserOf, author: User, sitting: Sitting, institution: Institution
) -> None:
    waiting = make_sitting(make_exam(institution), title="Not taken yet")
    page = browser_of(author).get(BASE)
    assert sitting.title in text_of(page)
    assert waiting.title not in text_of(page)
    assert f"{BASE}sittings/{sitting.pk}/" in page.content.decode()


def test_an_institution_without_results(browser_of: BrowserOf, officer: User) -> None:
    assert "No results yet" in text_of(browser_of(officer).get(BASE))


def test_the_menu_leads_there_for_authors_and_not_for_proctors(
    browser_of: BrowserOf, author: User, proctor: User
) -> None:
    assert BASE in browser_of(author).get("/").content.decode()
    assert BASE not in browser_of(proctor).get("/").content.decode()


def test_statistics_of_a_sitting(browser_of: BrowserOf, author: User, sitting: Sitting) -> None:
    page = browser_of(author).get(f"{BASE}sittings/{sitting.pk}/")
    text = text_of(page)
    assert "From 30 first attempts that were handed in" in text
    assert "Internal consistency" in text and "Discrimination" in text
    for line in page.context["report"].lines:
        assert f"{line.figures.facility.value:.1f} %" in text
    assert page.content.decode().count('class="plot-bar"') == 10
    assert page.content.decode().count('class="plot-dot"') == 5
    assert "style=" not in page.content.decode()


def test_names_of_candidates_are_not_shown(browser_of: BrowserOf, author: User, sitting: Sitting) -> None:
    for address in (f"{BASE}sittings/{sitting.pk}/", question_url(sitting, 1)):
        assert "sat" not in [word.lower() for word in text_of(browser_of(author).get(address)).split()]


def test_statistics_of_all_sittings_of_an_exam(browser_of: BrowserOf, author: User, sitting: Sitting) -> None:
    make_results(sitting.institution, sitting=make_sitting(sitting.exam), attempts=10, seed=3)
    text = text_of(browser_of(author).get(f"{BASE}exams/{sitting.exam_id}/"))
    assert "From 40 first attempts" in text
    place = place_of(sitting, 1)
    address = f"{BASE}exams/{sitting.exam_id}/sections/{place.section_id}/questions/{place.question_id}/"
    assert browser_of(author).get(address).status_code == 200


def test_the_order_of_questions_can_be_chosen(browser_of: BrowserOf, author: User, sitting: Sitting) -> None:
    browser = browser_of(author)

    def facilities(sort: str) -> list[float]:
        page = browser.get(f"{BASE}sittings/{sitting.pk}/", {"sort": sort})
        return [row.line.figures.facility.value for row in page.context["rows"]]

    assert facilities("facility") == sorted(facilities("number"))
    assert facilities("no such order") == facilities("number")


def test_few_attempts_and_missing_marks_are_said(
    browser_of: BrowserOf, author: User, institution: Institution
) -> None:
    sitting = make_results(institution, attempts=5, kinds=["single_choice", "true_false", "essay"])
    text = text_of(browser_of(author).get(f"{BASE}sittings/{sitting.pk}/"))
    assert "With fewer than 30 attempts" in text
    assert "Question 3 is left out of every figure" in text
    detail = text_of(browser_of(author).get(question_url(sitting, 3)))
    assert "answers are not marked yet" in detail
    assert "marked by people" in detail


def test_a_sitting_nobody_has_handed_in(
    browser_of: BrowserOf, author: User, institution: Institution
) -> None:
    empty = make_sitting(make_exam(institution))
    page = browser_of(author).get(f"{BASE}sittings/{empty.pk}/")
    assert page.status_code == 200
    assert "Nothing to count yet" in text_of(page)
    assert browser_of(author).get(question_url(empty, 1)).status_code == 404


def test_a_question_in_detail(browser_of: BrowserOf, author: User, sitting: Sitting) -> None:
    text = text_of(browser_of(author).get(question_url(sitting, 1)))
    assert "Vienna right" in text and "Berlin" in text and "No answer" in text
    assert "weakest fifth" in text
    numbers = text_of(browser_of(author).get(question_url(sitting, 4)))
    assert "3.14 right" in numbers and "2.71" in numbers


def test_counts_of_answers_add_up(browser_of: BrowserOf, author: User, sitting: Sitting) -> None:
    [(version, answers)] = browser_of(author).get(question_url(sitting, 1)).context["versions"]
    assert sum(each.figures.count for each, _ in answers) + version.blank.count == version.asked == 30
    right = next(each for each, _ in answers if each.is_right)
    assert right.figures.earned.value == 100
    [(_, judged)] = browser_of(author).get(question_url(sitting, 3)).context["versions"]
    assert [each.text for each, _ in judged] == ["True", "False"]


def test_a_wrong_key_is_pointed_at(browser_of: BrowserOf, author: User, sitting: Sitting) -> None:
    with within(sitting.institution):
        for mark in Mark.objects.filter(item__position=5):
            Mark.objects.filter(pk=mark.pk).update(points=1 - (mark.points or 0))
    page = browser_of(author).get(f"{BASE}sittings/{sitting.pk}/")
    assert 5 in [row.line.number for row in page.context["doubtful"]]
    assert "weak candidates do better: check the key" in text_of(page)


def test_hostile_titles_are_shown_as_text(browser_of: BrowserOf, author: User, sitting: Sitting) -> None:
    hostile = "<script>alert(1)</script>"
    Question._base_manager.update(title=hostile)
    for address in (f"{BASE}sittings/{sitting.pk}/", question_url(sitting, 1)):
        page = browser_of(author).get(address).content.decode()
        assert hostile not in page and "&lt;script&gt;" in page


def test_a_page_that_waits_for_a_job_says_so(
    browser_of: BrowserOf, author: User, sitting: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "AT_ONCE", 10)
    monkeypatch.setattr("accounts.jobs.services.put_into_queue", lambda *args, **kwargs: None)
    page = browser_of(author).get(f"{BASE}sittings/{sitting.pk}/")
    assert "Being computed: the figures of 150 answers" in text_of(page)
    assert 'http-equiv="refresh"' in page.content.decode()
    assert browser_of(author).get(question_url(sitting, 1)).status_code == 404
    Job._base_manager.update(state="failed", reason="The disk was full.")
    failed = browser_of(author).get(f"{BASE}sittings/{sitting.pk}/")
    assert "could not be computed. The disk was full." in text_of(failed)
    assert 'http-equiv="refresh"' not in failed.content.decode()


def test_others_are_refused(
    browser_of: BrowserOf, proctor: User, candidate: User, foreign_officer: User, sitting: Sitting
) -> None:
    address = f"{BASE}sittings/{sitting.pk}/"
    assert browser_of(proctor).get(address).status_code == 403
    assert browser_of(candidate).get(address).status_code == 403
    assert browser_of(foreign_officer).get(address).status_code == 404
    foreign = f"/i/south-school/reports/sittings/{sitting.pk}/"
    assert browser_of(foreign_officer).get(foreign).status_code == 404
    assert browser_of(foreign_officer).get(foreign + "sections/1/questions/1/").status_code == 404


def test_pages_take_few_queries(
    browser_of: BrowserOf, author: User, sitting: Sitting, django_assert_max_num_queries: Any
) -> None:
    browser = browser_of(author)
    browser.get(f"{BASE}sittings/{sitting.pk}/")
    with django_assert_max_num_queries(18):
        browser.get(f"{BASE}sittings/{sitting.pk}/")
    with django_assert_max_num_queries(18):
        browser.get(question_url(sitting, 1))


def test_every_kind_of_question_has_its_page(
    browser_of: BrowserOf, author: User, institution: Institution
) -> None:
    kinds = [kind for kind in KINDS if kind in RIGHT and kind in CONTENT]
    assert {"single_choice", "matching", "ordering", "cloze", "essay"} <= set(kinds)
    sitting = make_results(institution, attempts=12, kinds=kinds)
    page = browser_of(author).get(f"{BASE}sittings/{sitting.pk}/")
    assert len(page.context["rows"]) == len(kinds)
    for row in page.context["rows"]:
        detail = browser_of(author).get(row.url)
        assert detail.status_code == 200, row.kind
        [(version, answers)] = detail.context["versions"]
        assert version.asked == 12
        assert version.is_free or answers, row.kind
