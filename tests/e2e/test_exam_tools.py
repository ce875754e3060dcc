"""Tools of the exam page in a browser: by keyboard, there after a reload, no answers, gone after the end."""

import os
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, Playwright, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.models import Attempt, Exam, JournalEntry
from tests.e2e.browsers import Console, launch, open_page
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.pages.candidate.addresses import attempt_page

_NOTHING_KEPT = """() => new Promise((resolve, reject) => {
  const opened = indexedDB.open("proctor-tools");
  opened.onerror = () => reject(opened.error);
  opened.onsuccess = () => {
    const count = opened.result.transaction("notes").objectStore("notes").count();
    count.onsuccess = () => { opened.result.close(); resolve(count.result === 0); };
  };
})"""
_WIDTHS = "() => [document.documentElement.scrollWidth, innerWidth]"


@pytest.fixture
def attempt(transactional_db: None, institution: Institution, candidate: User) -> Attempt:
    exam = make_exam(institution, kinds=("single_choice",))
    with within(institution):
        Exam.objects.update(
            calculator="scientific",
            scratch_pad=True,
            highlighter=True,
            strike_out=True,
            formula_sheet=r"<p>\(a^2\)</p>",
        )
    return make_attempt(enrol(make_sitting(exam), candidate))


@pytest.fixture
def page(
    playwright: Playwright,
    live_server: LiveServer,
    attempt: Attempt,
    browser_of: Callable[[User], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Page]:
    # Sync Playwright keeps an event loop in this thread, which only waits while a test reads the database.
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    name = settings.SESSION_COOKIE_NAME
    session = browser_of(attempt.enrolment.candidate).cookies[name].value
    console = Console(allowed=["WebSocket", "Failed to load resource"])
    browser = launch(playwright)
    context, opened = open_page(browser, console)
    context.add_cookies([{"name": name, "value": session, "url": live_server.url}])
    opened.add_init_script("sessionStorage.setItem('proctor-device', 'device-1')")
    opened.goto(live_server.url + attempt_page(attempt, "exam"))
    yield opened
    browser.close()
    console.assert_clean()


def tool(page: Page, name: str) -> None:
    page.get_by_role("group", name="Tools").get_by_role("button", name=name).click()


def look_on_small_screens(page: Page) -> None:
    # on a phone a tool leaves the question in sight
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("heading", name="Question 1 of 1").scroll_into_view_if_needed()
    for name in ("Calculator", "Formula sheet"):
        tool(page, name)
        expect(page.get_by_role("region", name=name)).to_be_in_viewport(ratio=0.5)
        expect(page.get_by_role("heading", name="Question 1 of 1")).to_be_in_viewport()
    expect(page.get_by_role("region", name="Calculator")).to_be_hidden()
    page.get_by_role("button", name="Close the formula sheet").click()

    # 400 % zoom of a window 1280 wide, with the spacing that WCAG asks pages to bear
    page.set_viewport_size({"width": 320, "height": 256})
    for name in ("Text and colours", "Formula sheet", "Calculator"):
        tool(page, name)
        if name == "Text and colours":
            page.get_by_label("More space between").check()
        shown, wide = page.evaluate(_WIDTHS)
        assert shown <= wide, f"{name} makes the page wider than the screen"


def test_tools_help_and_are_no_answers(page: Page, attempt: Attempt) -> None:
    tool(page, "Calculator")
    expect(page.get_by_label("Calculation;")).to_be_focused()
    page.keyboard.type("0.1+0.2")
    page.keyboard.press("Enter")
    result = page.locator("[data-result]")
    expect(result).to_have_text("= 0.3")
    page.keyboard.type("*3")  # goes on from the answer
    page.get_by_role("button", name="equals").click()
    expect(result).to_have_text("= 0.9")
    page.get_by_role("button", name="add to the memory").click()
    expect(page.get_by_text("M = 0.9")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Calculator", exact=True)).to_be_focused()

    tool(page, "Scratch pad")
    page.keyboard.type("try b first")

    tool(page, "Highlighter")
    page.get_by_role("application", name="Text of the question").focus()
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowRight", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("#highlighter-news")).to_have_text("is the: highlighted.")

    tool(page, "Strike-out")
    page.get_by_role("button", name="Strike out Vienna").click()
    expect(page.get_by_role("radio", name="Vienna (struck out)")).not_to_be_checked()

    page.reload()
    expect(page.get_by_role("mark")).to_have_text(["is", "the"])
    expect(page.get_by_role("radio", name="Vienna (struck out)")).to_be_visible()
    tool(page, "Strike-out")
    page.get_by_role("button", name="Undo striking out Vienna").click()
    expect(page.get_by_role("radio", name="Vienna", exact=True)).to_be_visible()
    tool(page, "Scratch pad")
    expect(page.get_by_label("Your notes")).to_have_value("try b first")
    with within(attempt.institution):
        assert not JournalEntry.objects.exists()

    look_on_small_screens(page)

    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name="Final check and submit").click()
    page.get_by_role("button", name="Hand in my exam").click()
    page.get_by_role("button", name="Yes, hand in now").click()
    expect(page.get_by_role("heading", name="Your exam is handed in")).to_be_visible()
    page.wait_for_function(_NOTHING_KEPT)
