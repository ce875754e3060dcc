"""The tools of a question in a real browser: formats keep the meaning, pictures come in, previews match."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, Playwright, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.models import Question
from tests.e2e.browsers import Console, launch
from tests.services.exams.test_media import picture

ADD = "/admin/exams/question/add/?kind=single_choice"


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
def page(
    browser: Browser, live_server: LiveServer, institution: Institution, author: User, console: Console
) -> Iterator[Page]:
    client = Client()
    client.force_login(author)
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    session = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    opened = context.new_page()
    console.watch(opened)
    opened.goto(live_server.url + ADD)
    yield opened
    context.close()


def test_plain_text_keeps_its_meaning_when_the_format_changes(page: Page) -> None:
    page.get_by_label("Question text").fill("Is 2 < 3 & \\(x\\)?\nReally?\n\nSay.")
    page.get_by_label("Option 1", exact=False).first.fill("a < b")
    page.get_by_label("Text format").select_option("html")
    stem = "<p>Is 2 &lt; 3 &amp; \\<wbr>(x\\)?<br>Really?</p>\n\n<p>Say.</p>"
    expect(page.locator("#id_stem")).to_have_value(stem)
    expect(page.locator("#id_option_1_text")).to_have_value("a &lt; b")
    preview = page.get_by_role("region", name="As candidates will see it")
    expect(preview.locator("[data-stem] p").first).to_have_text("Is 2 < 3 & \\(x\\)?Really?")
    expect(preview.get_by_role("listitem")).to_have_text(["a < b"])
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#id_stem")).to_have_value("Is 2 < 3 & \\(x\\)?\nReally?\n\nSay.")
    expect(page.get_by_label("Text format")).to_have_value("plain")
    expect(preview).to_be_hidden()


def test_a_rich_question_is_written_seen_and_tried(
    page: Page, institution: Institution, tmp_path: Path
) -> None:
    page.get_by_label("Title").fill("Rivers")
    page.get_by_label("Text format").select_option("html")
    stem = page.get_by_label("Question text")
    stem.press_sequentially("Which ")
    stem.press("Control+b")
    stem.press_sequentially("river")
    stem.press("Control+End")
    page.get_by_role("button", name="Formula").click()
    page.keyboard.type("x^2")
    stem.press("Control+End")
    page.get_by_role("button", name="Picture or sound").click()
    dialog = page.get_by_role("dialog", name="Picture, sound or file")
    (tmp_path / "map.png").write_bytes(picture())
    dialog.get_by_label("Bring in a file").set_input_files(tmp_path / "map.png")
    dialog.get_by_label("Description").fill("A map")
    dialog.get_by_role("button", name="Bring in and insert").click()
    preview = page.get_by_role("region", name="As candidates will see it")
    expect(preview.get_by_role("img", name="A map")).to_be_visible()
    expect(preview.locator("msup")).to_be_visible()
    page.locator("#id_option_1_text").fill("Danube")
    page.locator("#id_option_1_correct").check()
    page.locator("#id_option_2_text").fill("Inn")
    page.get_by_role("button", name="Save and continue editing").click()
    with within(institution):
        version = Question.objects.get().versions.get()
        [shown] = version.media.all()
    assert version.stem == f'Which <b>river</b>\\(x^2\\)<img src="{shown.reference}" alt="A map">'
    page.get_by_role("link", name="See it as candidates do").click()
    expect(page.get_by_role("img", name="A map")).to_be_visible()
    page.get_by_label("Inn").check()
    page.get_by_role("button", name="Check this answer").click()
    expect(page.locator("#preview-result")).to_contain_text("earns 0 % of the points. Your answer: Inn")
    page.get_by_label("Danube").check()
    page.keyboard.press("Enter")
    expect(page.locator("#preview-result")).to_contain_text("earns 100 %")
