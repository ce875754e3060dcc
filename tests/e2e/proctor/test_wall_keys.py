"""The wall by keyboard alone: pages, who needs attention elsewhere, letters, and their switch."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Institution, User
from accounts.roles import Role
from exams.models import Sitting
from proctoring.live import presence
from proctoring.models import Incident
from proctoring.observations import Severity
from tests.e2e.proctor.test_wall import tell, wall_of
from tests.factories.accounts import make_member
from tests.factories.proctoring import make_incident, make_session
from tests.watched_sitting import more_attempts


def test_the_wall_is_watched_by_keyboard_alone(
    open_as: Any,
    sitting: Sitting,
    proctor: User,
    institution: Institution,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(presence, "STALE_AFTER_S", 600)  # nobody is lost while a slow machine goes on
    people = [make_member(institution, Role.CANDIDATE, name=f"Person {n:02}") for n in range(1, 19)]
    attempts = more_attempts(sitting, people)
    for each in attempts:
        presence.update(each.pk, connected=True)
    _, page = open_as(proctor, wall_of(sitting))
    expect(page.locator("#page-state")).to_have_text("Live")
    focused = page.locator("[data-tile] a:focus")
    expect(page.locator("[data-tile]")).to_have_count(16)
    page.locator("[data-tile] a").first.focus()
    for key, name in (("ArrowRight", "02"), ("ArrowLeft", "01"), ("End", "16"), ("PageDown", "17")):
        page.keyboard.press(key)
        expect(focused).to_have_text(f"Person {name}")
    expect(page.locator("#page-place")).to_have_text("Page 2 of 2: candidates 17 to 18 of 18")
    expect(page.locator("[data-tile] a:not([tabindex='-1'])")).to_have_count(1)

    found = make_incident(make_session(attempts[4]), severity=Severity.HIGH)
    tell(found)
    expect(page.locator("#sort-state")).to_have_text("1 candidate moved up.")
    expect(page.locator("#elsewhere")).to_contain_text("Go to Person 05 on page 1")
    page.keyboard.press("n")
    expect(focused).to_have_text("Person 05")
    expect(page.locator("#page-place")).to_contain_text("Page 1 of 2")
    page.keyboard.press("s")
    page.locator("[data-tile] a").first.focus()
    spoken = re.compile(
        r"^Person 05: in progress; \d+ minutes left; 1 incident waits, the worst of severity high;"
    )
    expect(focused).to_have_accessible_name(spoken)
    page.keyboard.press("a")
    expect(page.locator("#announcements")).to_contain_text("Acknowledged: no face, Person 05.")
    assert Incident._base_manager.get(pk=found.pk).review_state == "acknowledged"
    dialogs_by_key(page)

    page.keyboard.press("?")
    page.get_by_label("Use these letters").uncheck()
    page.keyboard.press("Escape")
    page.locator("[data-tile] a").first.focus()
    page.keyboard.press("w")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#warn-dialog")).to_be_hidden()
    page.get_by_label("Find a candidate by name or number").fill("person 1")
    page.get_by_role("button", name="Working").click()
    page.reload()
    expect(page.get_by_role("button", name="Working")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#shown")).to_have_text("9 of 18 candidates, those in need first")


def dialogs_by_key(page: Page) -> None:
    """A warning begun and left, the panel opened, and the next candidate in it."""
    focused = page.locator("[data-tile] a:focus")
    page.keyboard.press("w")
    expect(page.locator("#warn-dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(focused).to_have_text("Person 05")
    page.keyboard.press("Enter")
    panel = page.locator("#details-dialog")
    expect(panel).to_contain_text("So far")
    page.keyboard.press("j")
    expect(panel.locator("#details-title")).not_to_have_text("Person 05")
    page.keyboard.press("Escape")
