"""What a proctor does to an attempt, in a real browser: warn, pause, resume, terminate, reinstate."""

from typing import Any

from playwright.sync_api import expect

from accounts.models import User
from accounts.tenancy import within
from exams import states
from exams.models import Attempt, Sitting
from proctoring import supervision
from proctoring.models import CandidateWarning, MonitoringSession
from tests.e2e.browsers import Console
from tests.e2e.proctor.test_wall import wall_of


def state_of(attempt: Attempt) -> str:
    return Attempt._base_manager.get(pk=attempt.pk).state


def test_a_warning_is_sent_by_keyboard_and_its_confirmation_is_seen(
    open_as: Any, sitting: Sitting, attempt: Attempt, session: MonitoringSession, proctor: User
) -> None:
    _, page = open_as(proctor, wall_of(sitting))
    expect(page.locator("#page-state")).to_have_text("Live")
    warn = page.get_by_role("button", name="Warn: Carla Candidate")
    warn.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("#warn-dialog")
    expect(dialog.get_by_label("Message", exact=True)).to_be_focused()
    dialog.get_by_role("button", name="Send the warning").click()
    expect(dialog.get_by_role("alert")).to_have_text("Write the message, or choose a ready text.")
    page.keyboard.press("Escape")
    expect(warn).to_be_focused()
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Please stop talking.").press("Enter")
    expect(dialog.get_by_label("Message", exact=True)).to_have_value("Please stop talking.")
    dialog.get_by_role("button", name="Send the warning").press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.locator("[data-tile]")).to_contain_text("not read yet")
    warning = CandidateWarning._base_manager.get()
    assert (warning.text, warning.proctor) == ("Please stop talking.", proctor)
    with within(sitting.institution):
        supervision.acknowledge_warning(warning, candidate=attempt.enrolment.candidate)
    expect(page.locator("[data-tile]")).to_contain_text(", read ")


def test_pause_resume_terminate_and_reinstate(
    open_as: Any, sitting: Sitting, attempt: Attempt, session: MonitoringSession, proctor: User
) -> None:
    _, page = open_as(proctor, wall_of(sitting))
    tile, dialog = page.locator("[data-tile]"), page.locator("#reason-dialog")
    tile.get_by_role("button", name="Pause").click()
    dialog.get_by_role("button", name="Pause").click()
    expect(dialog.locator("#reason-error")).to_have_text("Choose a reason, or say why in a few words.")
    assert state_of(attempt) == states.IN_PROGRESS
    dialog.get_by_label("In your own words").fill("Fire alarm")
    dialog.get_by_role("button", name="Pause").click()
    expect(tile).to_contain_text("paused")
    expect(tile.get_by_role("button", name="Pause")).to_be_hidden()
    expect(tile.get_by_role("link", name="Carla Candidate")).to_be_focused()
    expect(tile.get_by_role("button", name="Terminate")).to_be_hidden()
    more = tile.get_by_label("More for Carla Candidate")
    more.press("Enter")
    tile.get_by_role("button", name="Give time").press("Escape")
    expect(more).to_be_focused()
    more.press("Enter")
    tile.get_by_role("button", name="Terminate").click()
    dialog.get_by_label("In your own words").fill("Left the room")
    dialog.get_by_label("To confirm, type").fill("Carla Someone")
    dialog.get_by_role("button", name="Terminate").click()
    expect(dialog.locator("#reason-name-error")).to_contain_text("This is not what is asked for.")
    assert state_of(attempt) == states.PAUSED
    dialog.get_by_label("To confirm, type").fill(" carla  candidate ")
    dialog.get_by_label("To confirm, type").press("Enter")
    expect(tile).to_contain_text("terminated")
    assert state_of(attempt) == states.TERMINATED
    tile.get_by_role("button", name="Reinstate").click()
    dialog.get_by_role("button", name="Reinstate").click()
    expect(tile.get_by_role("button", name="Resume")).to_be_visible()
    tile.get_by_role("button", name="Resume").click()
    dialog.get_by_role("button", name="Resume").click()
    expect(tile).to_contain_text("in progress")
    assert state_of(attempt) == states.IN_PROGRESS


def test_refusals_of_the_server_are_said_in_the_dialog(
    open_as: Any,
    sitting: Sitting,
    attempt: Attempt,
    session: MonitoringSession,
    proctor: User,
    console: Console,
) -> None:
    context, page = open_as(proctor, wall_of(sitting))
    console.allow("409")
    console.allow("ERR_INTERNET_DISCONNECTED")
    page.locator("[data-tile]").get_by_role("button", name="Pause").click()
    Attempt._base_manager.filter(pk=attempt.pk).update(state=states.READY)  # behind the page's back
    dialog = page.locator("#reason-dialog")
    dialog.get_by_label("In your own words").fill("Fire alarm")
    dialog.get_by_role("button", name="Pause").click()
    expect(dialog.locator("#reason-error")).to_contain_text("Cannot pause: this attempt is ready.")
    context.set_offline(True)
    dialog.get_by_role("button", name="Pause").click()
    expect(dialog.locator("#reason-error")).to_contain_text("The server cannot be reached.")
    context.set_offline(False)
