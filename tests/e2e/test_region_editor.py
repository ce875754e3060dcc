"""The right places of a picture are drawn by pointer and by keys; the text field says the same."""

from collections.abc import Iterator

import pytest
from django.test import Client
from playwright.sync_api import Browser, Locator, Page, Playwright, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.bank import media
from exams.models import Question
from tests.e2e.browsers import Console, launch
from tests.services.exams.test_media import picture


@pytest.fixture
def page(
    playwright: Playwright,
    live_server: LiveServer,
    institution: Institution,
    author: User,
    console: Console,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Page]:
    # Sync Playwright keeps an event loop in this thread, which only waits while a test reads the database.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with within(institution):
        media.store(institution, name="map.png", data=picture(), description="A map", actor=author)
    client = Client()
    client.force_login(author)
    browser: Browser = launch(playwright)
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    session = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    opened = context.new_page()
    console.watch(opened)
    opened.goto(live_server.url + "/admin/exams/question/add/?kind=hotspot")
    yield opened
    browser.close()


def _drag(page: Page, drawing: Locator, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Both as parts of the width and the height."""
    drawing.scroll_into_view_if_needed()
    box = drawing.bounding_box()
    assert box is not None
    for place, act in ((start, page.mouse.down), (end, page.mouse.up)):
        page.mouse.move(box["x"] + box["width"] * place[0], box["y"] + box["height"] * place[1])
        act()


def test_places_are_drawn_by_pointer_and_by_keys(page: Page, institution: Institution) -> None:
    page.get_by_label("Title").fill("Rivers")
    page.get_by_label("Question text").fill("Mark the source.")
    expect(page.get_by_text("There is no picture yet.")).to_be_visible()
    page.get_by_role("button", name="Choose the picture").click()
    page.get_by_role("dialog").get_by_role("button", name="A map").click()
    expect(page.locator("#id_width")).not_to_have_value("")
    page.locator("#id_width").fill("400")
    page.locator("#id_height").fill("400")
    page.locator("#id_height").blur()
    drawing, text = page.get_by_role("application", name="A map"), page.locator("#id_regions")
    _drag(page, drawing, (0.25, 0.25), (0.5, 0.75))
    expect(text).to_have_value("rect 100 100 100 200")
    page.get_by_role("button", name="Circle").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Put one in the middle").focus()
    page.keyboard.press("Enter")
    expect(drawing).to_be_focused()
    for key in ("ArrowLeft", "ArrowLeft", "Alt+ArrowUp", "Shift+ArrowRight"):
        page.keyboard.press(key)
    expect(text).to_have_value("rect 100 100 100 200\ncircle 192 199 54")
    expect(page.get_by_role("status").filter(has_text="circle")).to_have_text(
        "circle, middle 192, 199, radius 54"
    )
    page.keyboard.press("Control+z")
    expect(text).to_have_value("rect 100 100 100 200\ncircle 192 199 50")
    page.keyboard.press("Delete")
    expect(text).to_have_value("rect 100 100 100 200")
    text.fill("rect 100 100 100 200\npolygon 0,0 40,0 40,40\nno place")
    places = page.get_by_role("list", name="Places drawn").get_by_role("button")
    expect(places.nth(1)).to_have_text("Place 2: polygon of 3 corners, the first at 0, 0")
    expect(places.nth(2)).to_contain_text("cannot be read")
    places.nth(2).click()
    page.keyboard.press("Delete")
    page.get_by_role("button", name="Save and continue editing").click()
    with within(institution):
        content = Question.objects.get().versions.get().content
    assert [region["shape"] for region in content["regions"]] == ["rect", "polygon"]
    assert content["description"] == "A map" and content["width"] == 400
