"""The server dies in mid-exam, as when the power fails: nothing acknowledged is lost and the exam goes on."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e import candidate_steps
from tests.e2e.browsers import Console, open_page
from tests.e2e.server import Server
from tests.quick_database import migrated_tables

EMAIL = "candidate1@demo.example"
JOURNAL = "SELECT value FROM exams_journalentry ORDER BY sequence"
ATTEMPT = """
    SELECT state, deadline_at, (
        SELECT coalesce(sum(credited_seconds), 0) FROM exams_losttime
        WHERE cause = 'outage' AND attempt_id = exams_attempt.id
    ) AS credited
    FROM exams_attempt ORDER BY id DESC LIMIT 1
"""
"""In one look: between two, the outage may be credited."""


def _moment(row: dict[str, object]) -> datetime:
    return datetime.fromisoformat(str(row["deadline_at"]))


@pytest.fixture
def mortal_server(tmp_path: Path) -> Iterator[Server]:
    """A server of this test's own, to be killed."""
    running = Server(tmp_path, migrated_tables())
    running.start()
    yield running
    running.stop()


def test_a_killed_server_loses_nothing_and_the_exam_goes_on(
    mortal_server: Server, browser: Callable[..., Browser], camera: Callable[[str], Path], console: Console
) -> None:
    server = mortal_server
    console.allow("ERR_CONNECTION_REFUSED")
    console.allow("WebSocket connection to")
    console.allow("/clips/")  # the first page's last piece of sound may come when the exam is handed in
    context, page = open_page(browser(camera=camera("quiet")), console)
    candidate_steps.sign_in(page, server, EMAIL, server.demo_accounts()[EMAIL])
    candidate_steps.check_in(page, "General knowledge")
    candidate_steps.start_exam(page)
    page.get_by_role("radio", name="Vienna", exact=True).check()
    candidate_steps.expect_saved(page)
    acknowledged = server.rows(JOURNAL)
    before = server.rows(ATTEMPT)[0]
    assert len(acknowledged) == 1

    server.kill()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("checkbox", name="23", exact=True).check()
    page.get_by_role("checkbox", name="29", exact=True).check()
    expect(page.locator("#save-state")).to_have_attribute("data-status", "offline")
    expect(page.locator("#save-state")).to_contain_text("Saved on this computer")
    server.start()

    expect(page.locator("#save-state")).to_have_attribute("data-status", "saved", timeout=40_000)
    [now] = server.rows(ATTEMPT)
    assert now["state"] == before["state"]
    moved = _moment(now) - _moment(before)
    assert moved.total_seconds() == now["credited"], "the deadline moves by the outage alone"
    assert server.rows(JOURNAL)[:1] == acknowledged
    expect(page.locator("[data-picture-state]")).to_contain_text("looked at", timeout=40_000)

    # Another browser, nothing but the sign-in in common: everything is there.
    page.close()
    _, elsewhere = open_page(browser(camera=camera("quiet")), console)
    candidate_steps.sign_in(elsewhere, server, EMAIL, server.demo_accounts()[EMAIL])
    elsewhere.get_by_role("link", name="Continue").click()
    elsewhere.get_by_role("button", name="Continue here").click()
    expect(elsewhere.get_by_role("radio", name="Vienna", exact=True)).to_be_checked()
    elsewhere.get_by_role("button", name="Next").click()
    expect(elsewhere.get_by_role("checkbox", name="23", exact=True)).to_be_checked()
    expect(elsewhere.get_by_role("checkbox", name="29", exact=True)).to_be_checked()
    candidate_steps.submit_exam(elsewhere)
    context.close()
