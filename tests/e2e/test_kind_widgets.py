"""Widgets of question kinds in a real browser: answered by keyboard alone, saved, and there after a reload."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, Playwright, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.models import Answer, Attempt
from tests.e2e.browsers import launch
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.pages.candidate.addresses import attempt_page

KINDS = ("matching", "ordering", "cloze", "code")


@pytest.fixture(autouse=True)
def _orm_beside_playwright(monkeypatch: pytest.MonkeyPatch) -> None:
    # Sync Playwright keeps an event loop in this thread, which only waits while a test reads the database.
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    started = launch(playwright)
    yield started
    started.close()


@pytest.fixture
def attempt(transactional_db: None, institution: Institution, candidate: User) -> Attempt:
    exam = make_exam(institution, kinds=KINDS, points=2)
    return make_attempt(enrol(make_sitting(exam), candidate))


@pytest.fixture
def page(browser: Browser, live_server: LiveServer, attempt: Attempt, candidate: User) -> Iterator[Page]:
    client = Client()
    client.force_login(candidate)
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    session = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    opened = context.new_page()
    opened.goto(live_server.url + attempt_page(attempt, "exam"))
    yield opened
    context.close()


def test_look(page: Page, attempt: Attempt) -> None:
    page.on("console", lambda m: print("CONSOLE", m.type, m.text))
    page.wait_for_timeout(1500)
    page.screenshot(path="/tmp/kinds/first.png")
    print(page.url)
