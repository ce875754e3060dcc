"""The exam page notes what the browser tells: the tab left, pasting from elsewhere, full screen; calmly."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.models import Attempt
from proctoring.browser.events import BrowserKind
from proctoring.models import BrowserEvent, Incident, Policy
from tests.capture import give_consent
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.proctoring import make_session

HIDE = """(isHidden) => {
  // Playwright's pages believe themselves in view always.
  Object.defineProperty(document, "hidden", { configurable: true, get: () => isHidden });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
PASTE = """(text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  return document.querySelector(".question textarea").dispatchEvent(event);
}"""
NAMED = [kind.value for kind in BrowserKind]


@pytest.fixture
def attempt(institution: Institution, candidate: User) -> Attempt:
    """An exam without camera, whose policy prevents pasting and asks for full screen."""
    made = make_attempt(enrol(make_sitting(make_exam(institution, kinds=("essay",))), candidate))
    with within(institution):
        rules = {"paste": {"do": "incident", "times": 1, "blocks": True}, "tab_hidden": {"times": 2}}
        Policy.objects.create(
            institution=institution, name="Noted", is_default=True, full_screen=True, browser=rules
        )
    give_consent(make_session(made), camera=False, face_comparison=False, looked_for=NAMED)
    return made


def test_leaving_and_pasting_are_noted_told_and_counted(
    open_exam: Callable[[Attempt], Page], attempt: Attempt
) -> None:
    page = open_exam(attempt)
    told, counts = page.locator("[data-noted-last]"), page.locator("[data-noted-list]")
    expect(page.locator("[data-noted-none]")).to_be_visible()
    page.get_by_role("button", name="Enter full screen").click()
    expect(page.locator("[data-full-screen-words]")).to_contain_text("Full screen is on.")
    page.wait_for_timeout(5_200)  # while the page opens, the browser may ask for devices
    for _ in range(2):
        page.evaluate(HIDE, True)
        page.wait_for_timeout(1_300)
        page.evaluate(HIDE, False)
    # At least a second; a machine that stands still for a moment makes it more.
    expect(told).to_have_text(
        re.compile(r"^You left the exam's tab for [1-9]\d* s\. This is noted\. \(2 times so far\)$")
    )

    page.locator(".question textarea").fill("My own words")
    page.locator(".question textarea").select_text()
    page.keyboard.press("ControlOrMeta+c")
    assert page.evaluate(PASTE, "My own words"), "own text may be moved"
    assert not page.evaluate(PASTE, "Words of somebody else")
    expect(counts).to_contain_text("Text pasted from elsewhere: once")
    page.evaluate("document.exitFullscreen()")
    expect(counts).to_contain_text("Full screen left: once")

    page.reload()
    expect(counts).to_contain_text("Exam's tab left or hidden: 2 times")
    with within(attempt.institution):
        kinds = BrowserEvent.objects.values_list("kind", flat=True)
        assert sorted(kinds) == ["full_screen_left", "paste", "tab_hidden", "tab_hidden"]
        found = {each.kind: each.explanation for each in Incident.objects.all()}
    assert found["paste"] == "Pasted text from elsewhere once, 22 characters"
    assert found["tab_hidden"].startswith("Left the exam's tab 2 times for ")
