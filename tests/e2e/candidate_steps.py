"""What a candidate does in the browser, by the words on the page."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.server import Server


def sign_in(page: Page, server: Server, email: str, password: str) -> None:
    """Signs in by e-mail address and password and ends on the start page."""
    page.goto(f"{server.url}/account/login/")
    page.get_by_label(re.compile("^e-?mail", re.IGNORECASE)).fill(email)
    page.get_by_label("Password", exact=False).fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hello")


def open_check_in(page: Page, exam: str) -> None:
    """From the start page into the check-in of an exam."""
    card = page.get_by_role("article").filter(has_text=exam)
    card.get_by_role("button", name="Check in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Check-in")


def agree_to_everything(page: Page) -> None:
    """Reads the notice, agrees to camera, comparison and, where the exam listens, microphone."""
    page.get_by_label("I agree that my camera is used").check()
    page.get_by_label("My face may be compared").check()
    for microphone in page.get_by_label("I agree that my microphone is used").all():
        microphone.check()
    page.get_by_role("button", name="Continue").click()


def check_device(page: Page) -> None:
    """Waits until browser, connection and camera are fine, and goes on."""
    go_on = page.locator("#device-done")
    expect(go_on).to_be_enabled()
    go_on.click()


def take_photo(page: Page, tries: int = 8) -> None:
    """Takes photos until one is good enough (a looping clip is not always in its quiet part), and uses it."""
    finish = page.get_by_role("button", name="Use this photo")
    for _ in range(tries):
        page.get_by_role("button", name="Take the photo").click()
        again = page.get_by_role("button", name="Take another photo")
        expect(again).to_be_visible()  # the server has judged the photo
        verdict = page.locator("[data-photo-feedback]").inner_text()
        if finish.is_enabled():
            finish.click()
            page.get_by_role("button", name="Finish check-in").click()
            expect(page.get_by_role("heading", level=1)).not_to_contain_text("Check-in")
            return
        again.click()
        page.wait_for_timeout(1_500)
    raise AssertionError(f"no photo was good enough; the last answer was: {verdict}")


def check_in(page: Page, exam: str) -> None:
    """The whole check-in, up to the waiting page."""
    open_check_in(page, exam)
    agree_to_everything(page)
    check_device(page)
    take_photo(page)


def start_exam(page: Page) -> None:
    """From the waiting page to the first question."""
    page.get_by_role("button", name="Start the exam").click()
    expect(page.get_by_role("heading", name="Question 1 of")).to_be_visible()


def expect_saved(page: Page) -> None:
    """Everything typed so far has reached the server."""
    expect(page.locator("#save-state")).to_have_attribute("data-status", "saved")


def submit_exam(page: Page) -> None:
    """Final check, confirmation, and the page after the end."""
    page.get_by_role("button", name="Final check and submit").click()
    page.get_by_role("button", name="Hand in my exam").click()
    page.get_by_role("button", name="Yes, hand in now").click()
    expect(page.get_by_role("heading", name="Your exam is handed in")).to_be_visible()
