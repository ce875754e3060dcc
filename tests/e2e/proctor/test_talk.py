"""Messages and a raised hand in two browsers: written, seen, answered, read; kept without a line."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from exams.models import Attempt

OpenAs = Callable[[User, str], tuple[BrowserContext, Page]]


def test_a_candidate_asks_and_a_proctor_answers(
    open_as: OpenAs, open_exam: Callable[[Attempt], Page], attempt: Attempt, proctor: User
) -> None:
    sitting: Any = attempt.enrolment.sitting
    page = open_exam(attempt)
    _, wall = open_as(proctor, f"/i/north-college/watch/{sitting.pk}/")
    expect(wall.locator("#page-state")).to_have_text("Live")
    tile = wall.locator("[data-tile]").first

    dock = page.locator("#talk")
    page.get_by_role("button", name="Ask a proctor").click()
    box = dock.get_by_label("Your message")
    expect(box).to_be_focused()
    dock.get_by_role("button", name="Ask about the question").click()
    expect(dock.get_by_role("button", name="About question 1")).to_have_attribute("aria-pressed", "true")
    box.fill("May I use paper?")
    dock.get_by_role("button", name="Send").click()
    expect(dock.locator("[data-message-mark]")).to_have_text("sent")
    page.context.set_offline(True)
    box.fill("And a ruler?")
    box.press("Control+Enter")
    dock.get_by_role("button", name="Raise hand").click()
    expect(dock.locator("[data-message-mark]").last).to_have_text("not sent yet")
    expect(dock).to_contain_text("as soon as there is a connection")
    expect(tile).to_contain_text("1")
    page.context.set_offline(False)
    expect(dock.locator("[data-message-mark]").last).to_have_text("sent")
    expect(tile).to_contain_text("hand")

    tile.locator("a").first.click()
    panel = wall.locator("[data-talk-panel]")
    expect(panel.locator(".talk-message")).to_have_count(2)
    expect(panel.locator(".talk-message").first).to_contain_text("About question 1")
    expect(dock.locator("[data-message-mark]").last).to_have_text("read")
    panel.get_by_label("Write to Carla Candidate").fill("Yes, both.")
    panel.get_by_role("button", name="Send").click()
    expect(dock.locator(".talk-message").last).to_contain_text("Yes, both.")
    expect(page.locator("[data-talk-speech]")).to_have_text("Message from your proctor: Yes, both.")
    expect(panel.locator("[data-message-mark]").last).to_have_text("read")

    page.reload()
    page.get_by_role("button", name="Ask a proctor").click()
    expect(dock.locator(".talk-message")).to_have_count(3)
    expect(dock.get_by_role("button", name="Raise hand")).to_have_attribute("aria-pressed", "true")
    panel.get_by_role("button", name="Lower it").click()
    expect(dock.get_by_role("button", name="Raise hand")).to_have_attribute("aria-pressed", "false")
