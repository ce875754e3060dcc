"""The exam page: every kind has its widget, saved answers are on it, no key is, and watching is as agreed."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Institution, User
from accounts.tenancy import within
from exams import states
from exams.kinds.registry import KINDS
from exams.models import Answer, Attempt
from proctor_site.kernel import clock
from proctoring import supervision
from proctoring.identity import consent as consents
from proctoring.identity import notice as notices
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.pages.candidate.addresses import attempt_page

BrowserOf = Callable[..., Client]

WIDGET = {
    "single_choice": "one",
    "multiple_choice": "several",
    "true_false": "truth",
    "numeric": "number",
    "short_answer": "text",
    "matching": "matches",
    "ordering": "order",
    "cloze": "gaps",
    "hotspot": "points",
    "essay": "text",
    "code": "text",
    "file_upload": "files",
}


def running(institution: Institution, user: User, proctor: User, **section: Any) -> Attempt:
    exam = make_exam(institution, kinds=WIDGET, **section)
    return make_attempt(enrol(make_sitting(exam, proctors=[proctor]), user), state=states.IN_PROGRESS)


@pytest.fixture
def attempt(institution: Institution, candidate: User, proctor: User) -> Attempt:
    return running(institution, candidate, proctor)


def agree(attempt: Attempt, *, camera: bool, face_comparison: bool) -> None:
    with within(attempt.institution):
        read = notices.for_attempt(attempt).version
        user = attempt.enrolment.candidate
        consents.give(attempt, candidate=user, notice=read, camera=camera, face_comparison=face_comparison)


def script_data(text: str, name: str) -> Any:
    found = re.search(rf'<script id="{name}" type="application/json">(.*?)</script>', text, re.DOTALL)
    assert found, f"no script element {name}"
    return json.loads(found[1])


def test_every_kind_has_a_widget() -> None:
    assert set(WIDGET) == set(KINDS)


def test_each_question_is_on_the_page_with_its_widget(
    attempt: Attempt, candidate: User, browser_of: BrowserOf
) -> None:
    text = browser_of(candidate).get(attempt_page(attempt, "exam")).content.decode()
    assert re.findall(r'data-widget="(\w+)"', text) == list(WIDGET.values())
    assert [int(number) for number in re.findall(rf"Question (\d+) of {len(WIDGET)}", text)] == list(
        range(1, len(WIDGET) + 1)
    )


def test_no_key_reaches_the_page(attempt: Attempt, candidate: User, browser_of: BrowserOf) -> None:
    text = browser_of(candidate).get(attempt_page(attempt, "exam")).content.decode()
    assert "correct" not in text.replace('autocorrect="off"', "")
    assert "Wien" not in text  # an accepted answer of the short question
    assert "3.14<" not in text
    assert "tolerance" not in text


def test_saved_answers_and_flags_are_on_the_page(
    attempt: Attempt, candidate: User, browser_of: BrowserOf
) -> None:
    with within(attempt.institution):
        first, second = attempt.paper.order_by("position")[:2]
        now = clock.now()
        common = {"institution": attempt.institution, "attempt": attempt, "saved_at": now}
        Answer.objects.create(item=first, value="b", flagged=True, **common)
        Answer.objects.create(item=second, value=["a", "c"], **common)
    text = browser_of(candidate).get(attempt_page(attempt, "exam")).content.decode()
    saved = script_data(text, "saved-answers")
    assert len(saved) == len(WIDGET)
    assert saved[str(first.pk)] == {"value": "b", "certainty": None, "flagged": True}
    assert saved[str(second.pk)] == {"value": ["a", "c"], "certainty": None, "flagged": False}


def test_text_of_a_question_is_never_markup(
    institution: Institution, candidate: User, proctor: User, browser_of: BrowserOf
) -> None:
    attempt = running(institution, candidate, proctor, instructions="</p><b>bold</b>")
    text = browser_of(candidate).get(attempt_page(attempt, "exam")).content.decode()
    assert "<b>bold</b>" not in text
    assert "&lt;b&gt;bold&lt;/b&gt;" in text


def test_forward_only_sections_say_so(
    institution: Institution, candidate: User, proctor: User, browser_of: BrowserOf
) -> None:
    attempt = running(institution, candidate, proctor, navigation="forward")
    text = browser_of(candidate).get(attempt_page(attempt, "exam")).content.decode()
    assert text.count('class="question-button" data-goes-to=') == len(WIDGET)
    assert text.count('data-access="ahead"') == len(WIDGET) - 1
    assert text.count('<section class="question card"') == 1
    assert text.count("In this part you can only go forward.") == 1


@pytest.mark.parametrize(
    ("choice", "captures", "compares"),
    [
        (None, False, False),
        ((False, False), False, False),
        ((True, False), True, False),
        ((True, True), True, True),
    ],
)
def test_the_camera_is_used_only_as_agreed(
    choice: tuple[bool, bool] | None,
    captures: bool,
    compares: bool,
    attempt: Attempt,
    candidate: User,
    browser_of: BrowserOf,
) -> None:
    if choice is not None:
        agree(attempt, camera=choice[0], face_comparison=choice[1])
    answer = browser_of(candidate).get(attempt_page(attempt, "exam"))
    assert answer.context["captures_camera"] is captures
    assert answer.context["compares_faces"] is compares
    assert ("data-self-view" in answer.content.decode()) is captures


def test_open_warnings_and_the_reason_of_a_pause_are_on_the_page(
    attempt: Attempt, candidate: User, proctor: User, browser_of: BrowserOf
) -> None:
    with within(attempt.institution):
        read = supervision.warn(attempt, proctor=proctor, text="Please put the phone away.")
        supervision.warn(attempt, proctor=proctor, text="Please look at the screen.")
        supervision.acknowledge_warning(read, candidate=candidate)
        supervision.pause(attempt, proctor=proctor, reason="Fire alarm")
    text = browser_of(candidate).get(attempt_page(attempt, "exam")).content.decode()
    assert [each["text"] for each in script_data(text, "open-warnings")] == ["Please look at the screen."]
    snapshot = script_data(text, "attempt-snapshot")
    assert (snapshot["state"], snapshot["reason"]) == ("paused", "Fire alarm")
    assert snapshot["paused_at"] is not None


def test_queries_do_not_grow_with_questions(
    institution: Institution, candidate: User, second_candidate: User, browser_of: BrowserOf
) -> None:
    def count(user: User, kinds: list[str]) -> int:
        sitting = make_sitting(make_exam(institution, kinds=kinds))
        page = attempt_page(make_attempt(enrol(sitting, user)), "exam")
        client = browser_of(user)
        client.get(page)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(page).status_code == 200
        return len(captured)

    assert count(candidate, list(WIDGET) * 4) == count(second_candidate, ["essay"])


def test_nothing_inline_that_the_content_policy_would_refuse(
    attempt: Attempt, candidate: User, browser_of: BrowserOf
) -> None:
    text = browser_of(candidate).get(attempt_page(attempt, "exam")).content.decode()
    assert re.findall(r"\sstyle=|\son\w+=|javascript:", text) == []
    scripts = re.findall(r"<script([^>]*)>", text)
    assert all("src=" in each or 'type="application/json"' in each for each in scripts)
