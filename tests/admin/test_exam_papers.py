"""Previewed and printed papers, copies and templates in the admin."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.bank.questions import new_version
from exams.kinds.registry import KINDS
from exams.models import Exam, Question, SectionPool
from tests.admin.exams_forms import url
from tests.factories.exams import CONTENT, enrol, make_attempt, make_exam, make_sitting

Browser = Callable[..., Client]


@pytest.fixture
def exam(institution: Institution) -> Exam:
    return make_exam(institution, kinds=tuple(CONTENT), shuffle_questions=True, shuffle_options=True)


def text(client: Client, page: str, exam: Exam, **query: object) -> str:
    answer = client.get(url(f"exam_{page}", exam.pk), query)
    assert answer.status_code == 200
    return answer.content.decode()


def stems(page: str) -> list[str]:
    return re.findall(r"What is the answer to question \w+\?", page)


@pytest.mark.parametrize("page", ["preview", "print"])
def test_a_number_gives_the_same_paper_and_another_one_another(
    exam: Exam, author: User, browser_of: Browser, page: str
) -> None:
    client = browser_of(author)
    first = stems(text(client, page, exam, seed=1))
    assert len(first) == len(CONTENT)
    assert stems(text(client, page, exam, seed=1)) == first
    assert any(stems(text(client, page, exam, seed=seed)) != first for seed in range(2, 6))


@pytest.mark.parametrize("page", ["preview", "print"])
def test_right_answers_are_shown_only_when_asked_for(
    exam: Exam, reviewer: User, browser_of: Browser, page: str
) -> None:
    client = browser_of(reviewer)
    without, with_key = text(client, page, exam, seed=1), text(client, page, exam, seed=1, key=1)
    assert "Wien" not in without
    assert "<strong>Right answer:</strong>" not in without
    assert with_key.count("<strong>Right answer:</strong>") == len(CONTENT)
    assert "Wien" in with_key


def test_every_kind_can_be_printed(exam: Exam, author: User, browser_of: Browser) -> None:
    page = text(browser_of(author), "print", exam, large=1)
    assert page.count('<article class="print-question">') == len(CONTENT)
    assert 'class="print-large"' in page
    assert "<input" not in page
    assert "<select" not in page
    assert set(CONTENT) <= set(KINDS)


def test_the_paper_of_an_attempt_is_rebuilt_after_the_bank_has_changed(
    institution: Institution, exam: Exam, candidate: User, officer: User, browser_of: Browser
) -> None:
    attempt = make_attempt(enrol(make_sitting(exam), candidate))
    client = browser_of(officer)
    before = stems(text(client, "print", exam, attempt=attempt.pk))
    with within(institution):
        # The picture of the hotspot question is none that the store has.
        for question in Question.objects.exclude(kind="hotspot"):
            version = question.versions.get()
            new_version(
                question,
                stem="Quite another thing.",
                content=version.content,
                text_format="plain",
                actor=None,
            )
        exam.sections.get().questions.all().delete()
    assert stems(text(client, "print", exam, attempt=attempt.pk)) == before
    assert candidate.name in text(client, "print", exam, attempt=attempt.pk)
    assert "This exam has no questions yet" in text(client, "preview", exam)


def test_papers_of_attempts_are_for_those_who_may_see_attempts(
    institution: Institution, exam: Exam, candidate: User, author: User, officer: User, browser_of: Browser
) -> None:
    attempt = make_attempt(enrol(make_sitting(exam), candidate))
    other = make_exam(institution)
    address = url("exam_print", exam.pk)
    assert browser_of(author).get(address, {"attempt": attempt.pk}).status_code == 403
    for key in (0, 10**30, "x", "-1"):
        assert browser_of(officer).get(address, {"attempt": key}).status_code == 404
    assert browser_of(officer).get(url("exam_print", other.pk), {"attempt": attempt.pk}).status_code == 404


@pytest.mark.parametrize("seed", ["", "x", "-1", "9" * 19, "9" * 400, "1.5", "١٢"])
def test_numbers_that_are_none_draw_some_paper(
    exam: Exam, author: User, browser_of: Browser, seed: str
) -> None:
    assert len(stems(text(browser_of(author), "preview", exam, seed=seed))) == len(CONTENT)


def test_a_short_pool_is_said_on_the_paper(
    institution: Institution, exam: Exam, author: User, browser_of: Browser
) -> None:
    with within(institution):
        SectionPool.objects.create(institution=institution, section=exam.sections.get(), count=9, position=9)
    assert "has 0 of the 9 questions it needs" in text(browser_of(author), "print", exam)


def test_copy_and_template(exam: Exam, author: User, browser_of: Browser) -> None:
    client = browser_of(author)
    assert f'value="Copy of {exam}"' in text(client, "copy", exam)
    body = {"title": "Spring template", "as_template": "on"}
    page = client.post(url("exam_copy", exam.pk), body, follow=True).content.decode()
    assert "is a new template" in page
    assert "Spring template" in client.get(url("exam_templates")).content.decode()
    with within(exam.institution):
        template = Exam.objects.get(is_template=True)
    assert 'value="Copy of' not in text(client, "copy", template)
    assert "This field is required." in client.post(url("exam_copy", template.pk), {}).content.decode()
    client.post(url("exam_copy", template.pk), {"title": "Spring exam"})
    with within(exam.institution):
        assert Exam.objects.get(title="Spring exam").sections.get().questions.count() == len(CONTENT)


def test_copies_are_for_those_who_write(
    exam: Exam, reviewer: User, browser_of: Browser, other_institution: Institution, officer: User
) -> None:
    assert browser_of(reviewer).post(url("exam_copy", exam.pk), {"title": "Mine"}).status_code == 403
    assert browser_of(reviewer).get(url("exam_templates")).status_code == 403
    foreign = make_exam(other_institution)
    assert browser_of(officer).post(url("exam_copy", foreign.pk), {"title": "Mine"}).status_code == 404
