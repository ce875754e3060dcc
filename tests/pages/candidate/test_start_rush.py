"""What everybody asks for in the same second costs few queries, for a long paper as for a short one."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Institution, User
from accounts.roles import Role
from accounts.tenancy import within
from exams import states
from exams.models import Attempt
from tests.factories.accounts import make_member
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.pages.candidate.addresses import attempt_page

pytestmark = pytest.mark.django_db
LONG = ["single_choice", "essay", "cloze", "matching"] * 5


@pytest.fixture(params=[1, len(LONG)], ids=["short", "long"])
def attempt(request: Any, institution: Institution, candidate: User) -> Attempt:
    """Ready to start, in a hall of six."""
    sitting = make_sitting(make_exam(institution, kinds=LONG[-request.param :]))
    for _ in range(5):
        make_attempt(enrol(sitting, make_member(institution, Role.CANDIDATE)), state=states.READY)
    return make_attempt(enrol(sitting, candidate), state=states.READY)


@pytest.fixture
def browser(browser_of: Callable[[User], Client], candidate: User) -> Client:
    browser: Client = browser_of(candidate)
    browser.get("/")  # the session is in the cache from here on
    return browser


def count(call: Any) -> int:
    with CaptureQueriesContext(connection) as captured:
        answer = call()
    assert answer.status_code == 200, answer.content[:300]
    return sum(not each["sql"].startswith(("SAVEPOINT", "RELEASE")) for each in captured)


def post(browser: Client, attempt: Attempt, name: str, body: dict[str, Any]) -> int:
    address = f"/api/v1/attempts/{attempt.pk}/{name}/"
    return count(
        lambda: browser.post(address, json.dumps({"device": "tab", **body}), content_type="application/json")
    )


def test_queries_of_the_start_rush(attempt: Attempt, browser: Client) -> None:
    enrolment = f"/i/{attempt.institution.slug}/enrolments/{attempt.enrolment_id}/"
    # Everywhere person and institutions; then enrolment, attempt, allowances.
    assert count(lambda: browser.get(enrolment)) == 5
    # Attempt, allowances, number of questions, parts, announcements.
    assert count(lambda: browser.get(attempt_page(attempt, "waiting"))) == 7
    # Attempt, attempt under its lock, allowances, move, audit (newest entry, new one), events, webhooks.
    assert post(browser, attempt, "start", {}) == 10
    # A repeat stops after the lock, and reads the allowances for the answer.
    assert post(browser, attempt, "start", {}) == 5
    page = attempt_page(attempt, "exam")
    browser.get(page)  # the first candidate's page also reads the wordings
    # Attempt, allowances, monitoring session, paper, announcements, warnings, policy.
    assert count(lambda: browser.get(page)) == 10
    assert count(lambda: browser.get(f"/api/v1/attempts/{attempt.pk}/")) == 4
    assert count(lambda: browser.get(f"/api/v1/attempts/{attempt.pk}/paper/")) == 5
    with within(attempt.institution):
        items = list(attempt.paper.filter(version__question__kind__in=["essay", "matching"]))
    changes = [
        {
            "client_sequence": number,
            "item": item.pk,
            "value": None,
            "client_at": "2026-11-23T10:00:00Z",
        }
        for number, item in enumerate(items, start=1)
    ]
    # Attempt, attempt under its lock, items, former changes, entries, head of the journal, answers.
    assert post(browser, attempt, "answers", {"changes": changes}) == 9
    with within(attempt.institution):
        assert Attempt.objects.get(pk=attempt.pk).journal_length == len(items)


def test_what_the_exam_page_loads_is_there_before_the_start(attempt: Attempt, browser: Client) -> None:
    text = browser.get(attempt_page(attempt, "waiting")).content.decode()
    for name in ("candidate/exam_page", "candidate/exam_room", "candidate/widgets", "tools/tools_page"):
        assert text.count(f'<link rel="modulepreload" href="/static/js/{name}.js">') == 1
    assert '<link rel="stylesheet" href="/static/css/candidate.css">' in text


def test_who_is_signed_out_elsewhere_is_signed_out_here(attempt: Attempt, browser: Client) -> None:
    """Sessions are read from the cache: ending one ends it there too."""
    second = Client(headers={"host": "localhost"})
    second.cookies["sessionid"] = browser.cookies["sessionid"].value
    page = attempt_page(attempt, "waiting")
    assert second.get(page).status_code == 200
    browser.logout()
    assert second.get(page).status_code == 302
