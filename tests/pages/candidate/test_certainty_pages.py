"""Certainty-based marking on pages: explained, asked, shown with the result, in tables, and to the office."""

import json
import re
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Institution, User
from accounts.tenancy import within
from exams import states
from exams.bank import wording
from exams.bank.copies import copy_exam
from exams.bank.paper import draw_paper
from exams.marking import releases
from exams.models import Answer, Attempt, Exam
from tests.factories.exams import CONTENT, enrol, make_attempt, make_exam, make_question, make_sitting
from tests.factories.marking import hand_in, item_of
from tests.pages.candidate.addresses import attempt_page

BrowserOf = Callable[..., Client]
KINDS = ("single_choice", "true_false", "essay")


@pytest.fixture
def exam(scoped: Institution) -> Exam:
    return make_exam(scoped, kinds=KINDS, points=2, asks_certainty=True)


@pytest.fixture
def attempt(exam: Exam, candidate: User) -> Attempt:
    sure = {"single_choice": 2}
    return hand_in(make_sitting(exam), candidate, sure=sure, single_choice="a", true_false=False)


def test_it_is_explained_before_the_start(exam: Exam, candidate: User, browser_of: BrowserOf) -> None:
    attempt = make_attempt(enrol(make_sitting(exam), candidate), state=states.READY)
    draw_paper(attempt)
    address = attempt_page(attempt, "waiting")
    assert "With the answers to 2 of 3 questions" in browser_of(candidate).get(address).content.decode()
    attempt.paper.update(asks_certainty=False)
    assert "How sure" not in browser_of(candidate).get(address).content.decode()


def test_the_exam_page_asks_where_a_rule_marks(exam: Exam, candidate: User, browser_of: BrowserOf) -> None:
    content = CONTENT["single_choice"] | {"penalty": "1/2"}
    with within(exam.institution):
        placement = exam.sections.get().questions.get(position=1)
        placement.question = make_question(exam.institution, content=content)
        placement.save()
    attempt = make_attempt(enrol(make_sitting(exam), candidate))
    item = item_of(attempt, "single_choice")
    Answer.objects.create(
        institution=exam.institution,
        attempt=attempt,
        item=item,
        value="a",
        certainty=3,
        saved_at=attempt.started_at,
    )
    page = browser_of(candidate).get(attempt_page(attempt, "exam")).content.decode()
    assert page.count("How sure are you?") == page.count(" data-asks-certainty ") == 2
    assert page.count("at most 6 points") == 2
    words = re.sub(r"<[^>]*>", "", page)
    assert "Very sure Right: +6, wrong: −12 points. Best if more than 80 % sure." in words
    assert "takes 50 % of the points away" not in page
    assert "costs 50 %" in wording.key_in_words(item.version)
    assert "costs 50 %" not in wording.key_in_words(item.version, asks_certainty=True)
    saved = re.search(r'id="saved-answers"[^>]*>(.*?)</script>', page)
    assert saved is not None
    assert json.loads(saved[1])[str(item.pk)] == {"value": "a", "certainty": 3, "flagged": False}


def test_the_candidate_reads_it_with_the_result(
    attempt: Attempt, candidate: User, officer: User, browser_of: BrowserOf
) -> None:
    sitting = attempt.enrolment.sitting
    releases.set_policy(
        sitting.exam, actor=officer, not_before=None, shows_total=True, shows_marks=True, shows_answers=False
    )
    releases.release(sitting, actor=officer)
    address = attempt_page(attempt, "result")
    client = browser_of(candidate)
    page = client.get(address).content.decode()
    assert "<strong>4.00</strong> of 6.00" in page and "C=2" not in page
    releases.set_policy(
        sitting.exam, actor=officer, not_before=None, shows_total=True, shows_marks=True, shows_answers=True
    )
    page = client.get(address).content.decode()
    assert "How sure you were: C=2, fairly sure" in page
    assert "How sure you were: not stated: counts as C=1, not very sure" in page
    assert "C=2, fairly sure" in client.get(attempt_page(attempt, "transcript")).content.decode()


def test_the_office_sees_it_beside_each_answer(
    attempt: Attempt, officer: User, browser_of: BrowserOf
) -> None:
    client = browser_of(officer)
    here = "/i/north-college"
    sitting = attempt.enrolment.sitting
    for address in (
        f"{here}/results/attempts/{attempt.pk}/",
        f"{here}/reports/attempts/{attempt.pk}/transcript/",
        f"/admin/exams/attempt/{attempt.pk}/change/",
    ):
        assert "C=2, fairly sure" in client.get(address).content.decode(), address
    address = f"{here}/reports/sittings/{sitting.pk}/export/?what=answers&as=json"
    rows = json.loads(b"".join(client.get(address).streaming_content))
    assert [row["Certainty"] for row in rows] == [2, None, None]
    assert [row["Points"] for row in rows][:2] == [4, 0]


def test_authors_are_told_what_it_does_to_points_and_pass_mark(
    exam: Exam, officer: User, browser_of: BrowserOf
) -> None:
    client = browser_of(officer)
    page = client.get(f"/admin/exams/exam/{exam.pk}/content/").content.decode()
    assert "gives at most <strong>14.00 points</strong>" in page
    for name in ("preview", "print"):
        page = client.get(f"/admin/exams/exam/{exam.pk}/{name}/?seed=1").content.decode()
        assert page.count("How sure are you?") == 2 and "With the answers to 2 of 3 questions" in page
    copy = copy_exam(exam, title="Copy", as_template=False, actor=officer)
    assert copy.asks_certainty


def test_statistics_say_that_certainty_counts(attempt: Attempt, author: User, browser_of: BrowserOf) -> None:
    address = f"/i/north-college/reports/sittings/{attempt.enrolment.sitting_id}/"
    assert "Certainty counts in these figures" in browser_of(author).get(address).content.decode()
    attempt.paper.update(asks_certainty=False)
    assert "Certainty counts" not in browser_of(author).get(address).content.decode()
