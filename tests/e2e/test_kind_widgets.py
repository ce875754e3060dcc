"""Widgets of question kinds in a real browser: answered by keyboard alone, saved, there after a reload."""

import os
import re
from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, Playwright, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.bank import media
from exams.bank.questions import create_question
from exams.kinds.words import count_words
from exams.models import Answer, Attempt, SectionQuestion
from tests.e2e.browsers import launch
from tests.factories.exams import CONTENT, enrol, make_attempt, make_exam, make_sitting
from tests.pages.candidate.addresses import attempt_page

KINDS = ("matching", "ordering", "cloze", "code", "file_upload")


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
    exam = make_exam(institution, kinds=KINDS, points=2, asks_certainty=True)
    with within(institution):
        _, encoded = cv2.imencode(".png", np.full((200, 400, 3), (90, 160, 90), np.uint8))
        picture = media.store(
            institution, name="map.png", data=encoded.tobytes(), description="Map", actor=None
        )
        content = {**CONTENT["hotspot"], "media": str(picture.public_id)}
        question = create_question(
            institution, title="Map", kind="hotspot", stem="Where?", content=content, actor=None
        )
        SectionQuestion.objects.create(
            institution=institution, section=exam.sections.get(), question=question, position=9
        )
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
    opened.get_by_role("dialog").get_by_role("button", name="Continue").click()
    yield opened
    context.close()


def saved(page: Page, attempt: Attempt) -> dict[str, Any]:
    """The answers by kind, once the page says that everything is saved."""
    expect(page.locator("#save-state")).to_have_attribute("data-status", "saved")
    with within(attempt.institution):
        rows = Answer.objects.filter(attempt=attempt).select_related("item__version__question")
        return {row.item.version.question.kind: row.value for row in rows}


def go_to(page: Page, number: int) -> None:
    page.get_by_role("button", name=f"Question {number},").click()


def say_very_sure(page: Page) -> None:
    expect(page.get_by_text("You have not said how sure you are").locator("visible=true")).to_have_count(1)
    page.get_by_role("radio", name="Not very sure").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(
        page.get_by_role("radio", name=re.compile("^Very sure Right: .6, wrong: −12 points"))
    ).to_be_checked()


def test_every_kind_is_answered_by_keyboard_and_stays(page: Page, attempt: Attempt) -> None:
    go_to(page, 1)
    page.get_by_label("Austria", exact=True).focus()
    page.keyboard.type("Vienna")
    page.get_by_label("Italy").select_option(label="Rome")

    go_to(page, 2)
    expect(page.get_by_text("Not answered yet")).to_be_visible()
    first = page.locator("[data-entry]:visible").first
    first.get_by_role("button", name="Move down").focus()
    page.keyboard.press("Enter")
    expect(first.get_by_role("button", name="Move down")).not_to_be_focused()
    expect(page.locator("[data-order-news]:visible, [data-order-news]").first).to_contain_text("place 2 of 3")
    page.keyboard.press("Enter")
    order = page.locator("[data-entry]:visible").evaluate_all("all => all.map((each) => each.dataset.entry)")

    go_to(page, 3)
    page.get_by_label("Gap 1").select_option(label="Vienna")
    page.get_by_label("Gap 2").fill("Danube")
    page.get_by_label("Gap 3, a number").fill("15o")
    page.get_by_label("Gap 2").focus()
    expect(page.get_by_text("This is not a number yet")).to_be_visible()
    say_very_sure(page)

    go_to(page, 4)
    field = page.get_by_label("Your code, in Python")
    field.focus()
    page.keyboard.press("Control+End")
    page.keyboard.type("return 3")
    page.keyboard.press("Tab")
    expect(field).not_to_be_focused()
    expected = {
        "matching": {"at": "v", "it": "r"},
        "ordering": order,
        "cloze": {"1": "v", "2": "Danube"},
        "code": "def area(r):\n    return 3",
    }
    assert saved(page, attempt) == expected
    with within(attempt.institution):
        assert Answer.objects.get(attempt=attempt, item__position=3).certainty == 3
    page.get_by_role("button", name="Final check and submit").click()
    unsure = page.locator("[data-check-unsure] li")
    assert [each.inner_text() for each in unsure.all()] == ["Question 1", "Question 2"]

    page.reload()
    go_to(page, 3)
    expect(page.get_by_role("radio", name=re.compile("^Very sure Right"))).to_be_checked()
    expect(page.get_by_label("Gap 2")).to_have_value("Danube")
    go_to(page, 2)
    expect(page.get_by_text("This order is your answer.").first).to_be_visible()
    shown = page.locator("[data-entry]:visible").evaluate_all("all => all.map((each) => each.dataset.entry)")
    assert shown == order
    page.get_by_role("button", name="Start again").click()
    expect(page.get_by_text("Not answered yet")).to_be_visible()
    go_to(page, 4)
    expect(page.get_by_label("Your code, in Python")).to_have_value("def area(r):\n    return 3")
    assert saved(page, attempt) == {**expected, "ordering": None}


def test_browser_and_server_count_words_alike(page: Page) -> None:
    texts = [
        "",
        " one - two ",
        "a\u00a0b\u3000c\ufeffd",
        "x\x1cy\x85z",
        "3,14 °C … ½",
        "日本 語",
        "don't e-mail",
    ]
    count = "async (texts) => texts.map((await import('/static/js/candidate/words.js')).countWords)"
    assert page.evaluate(count, texts) == [count_words(each) for each in texts] == [0, 2, 4, 1, 3, 2, 2]


def test_files_are_handed_in_and_taken_out(page: Page, attempt: Attempt) -> None:
    go_to(page, 5)
    field = page.get_by_label("Choose a file")
    field.set_input_files({"name": "work.pdf", "mimeType": "application/pdf", "buffer": b"MZ not a PDF"})
    expect(page.get_by_text("but is something else inside")).to_be_visible()
    field.set_input_files({"name": "work.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 first"})
    expect(page.get_by_text("work.pdf is handed in.")).to_be_visible()
    field.set_input_files({"name": "notes.txt", "mimeType": "text/plain", "buffer": b"second"})
    expect(page.get_by_role("link", name="notes.txt")).to_be_visible()
    expect(field).to_be_hidden()  # two files are the most here
    page.get_by_role("button", name="Take out work.pdf").click()
    expect(field).to_be_focused()
    assert [each["name"] for each in saved(page, attempt)["file_upload"]] == ["notes.txt"]
    page.reload()
    go_to(page, 5)
    expect(page.get_by_role("link", name="notes.txt")).to_be_visible()


def test_a_place_is_marked_by_keys_and_by_pointer(page: Page, attempt: Attempt) -> None:
    go_to(page, 6)
    picture = page.get_by_role("application", name="Map of Austria")
    assert (
        picture.locator("image").evaluate("(each) => fetch(each.href.baseVal).then((got) => got.status)")
        == 200
    )
    picture.focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowUp")
    expect(page.locator("[data-place-news]")).to_have_text("60 % from the left, 48 % from the top")
    page.keyboard.press("Enter")
    assert saved(page, attempt)["hotspot"] == [[480, 192]]
    box = picture.bounding_box()
    assert box is not None
    picture.click(position={"x": box["width"] * 0.25, "y": box["height"] * 0.5})
    expect(page.get_by_text("Place 1: 25 % from the left, 50 % from the top")).to_be_visible()
    page.get_by_role("button", name="Remove place 1").click()
    expect(picture).to_be_focused()
    assert saved(page, attempt)["hotspot"] is None
