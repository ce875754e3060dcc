"""From nothing to a decision: register, sit an exam on camera, see the incident live, decide it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e import candidate_steps, office_steps
from tests.e2e.browsers import Console, open_page
from tests.e2e.server import Server

PASSWORD = "moss lantern orbit 47"
EXAM, SITTING = "Planets", "Planets on Saturday"
INCIDENT_WITHIN_MS = 45_000


def _width(image: Locator) -> int:
    """Width in pixels once the picture has been loaded and decoded; fails when it cannot be."""
    return int(image.evaluate("image => image.decode().then(() => image.naturalWidth)"))


@dataclass
class People:
    """The pages of the three people, each signed in."""

    office: Page
    proctor: Page
    candidate: Page


def test_register_write_sit_watch_and_decide(
    server: Server, browser: Callable[..., Browser], camera: Callable[[str], Path], console: Console
) -> None:
    office_browser = browser()
    _, office = open_page(office_browser, console)
    _, proctor = open_page(office_browser, console)
    _, candidate = open_page(browser(camera=camera("two_people")), console)
    people = People(office, proctor, candidate)
    _set_up_institution(people, server)
    candidate_steps.check_in(candidate, EXAM)
    _open_wall(proctor, server)
    candidate_steps.start_exam(candidate)
    _answer(candidate)

    entry = _expect_incident(proctor)
    _warn(people, entry)
    _pause_and_resume(people)
    _decide_in_admin(office, server)
    candidate_steps.submit_exam(candidate)

    marks = server.rows("SELECT points FROM exams_mark ORDER BY item_id DESC LIMIT 2")
    assert [float(str(mark["points"])) for mark in marks] == [1.0, 1.0]


def _set_up_institution(people: People, server: Server) -> None:
    """Institution, proctor by invitation, exam, sitting, candidate invited by enrolment."""
    office = people.office
    office_steps.register_institution(
        office,
        server,
        name="Observatory School",
        slug="observatory",
        email="olga@obs.example",
        password=PASSWORD,
    )
    invited = {"email": "petra@obs.example", "name": "Petra Proctor", "role": "Proctor"}
    link = office_steps.invite(office, server, "observatory", **invited)
    office_steps.accept_invitation(people.proctor, link, name="Petra Proctor", password=PASSWORD)
    _signed_in(people.proctor, server, "petra@obs.example")

    questions = office_steps.add_questions(office, server)
    office_steps.write_exam(office, server, EXAM, questions)
    office_steps.schedule(office, server, EXAM, SITTING, proctor="Petra Proctor")
    office_steps.enrol(office, server, SITTING, "carl@obs.example")

    invitation = server.mail_link("carl@obs.example", pattern="/invitation/")
    office_steps.accept_invitation(people.candidate, invitation, name="Carl Candidate", password=PASSWORD)
    _signed_in(people.candidate, server, "carl@obs.example")


def _signed_in(page: Page, server: Server, email: str) -> None:
    page.goto(server.url)
    if page.get_by_role("heading", name="Hello").count() == 0:
        candidate_steps.sign_in(page, server, email, PASSWORD)


def _open_wall(proctor: Page, server: Server) -> None:
    proctor.goto(f"{server.url}/i/observatory/watch/")
    proctor.get_by_role("link", name=SITTING).click()
    expect(proctor.locator("#page-state")).to_have_text("Live")
    expect(proctor.get_by_text("No incident so far")).to_be_visible()


def _answer(candidate: Page) -> None:
    candidate.get_by_label("Jupiter").check()
    candidate.get_by_role("button", name="Next").click()
    candidate.get_by_role("textbox").first.fill("2")
    candidate_steps.expect_saved(candidate)


def _expect_incident(proctor: Page) -> Locator:
    """It appears without a reload, with a picture and an explanation in words and numbers."""
    entry = proctor.locator("#feed li").filter(has_text="Carl Candidate").first
    expect(entry).to_be_visible(timeout=INCIDENT_WITHIN_MS)
    expect(entry).to_contain_text("2 faces in")
    picture = entry.locator("img").first
    expect(picture).to_be_visible(timeout=INCIDENT_WITHIN_MS)
    assert _width(picture) > 0
    return entry


def _warn(people: People, entry: Locator) -> None:
    """A warning reaches the exam page, is acknowledged there, and the proctor sees that."""
    entry.get_by_role("button", name="Warn").click()
    people.proctor.get_by_label("Message", exact=True).fill("Please sit alone in the room.")
    people.proctor.get_by_role("button", name="Send the warning").click()
    warning = people.candidate.get_by_role("dialog", name="Message from your proctor")
    expect(warning).to_contain_text("Please sit alone in the room.")
    warning.get_by_role("button", name="I have read this").click()
    expect(_tile(people.proctor)).to_contain_text(re.compile(r"read \d"))


def _pause_and_resume(people: People) -> None:
    """Pause stops the exam and says why; resume goes on."""
    proctor = people.proctor
    _tile(proctor).get_by_role("button", name="Pause").click()
    proctor.get_by_role("dialog").get_by_label("In your own words").fill("A person came in")
    proctor.get_by_role("dialog").get_by_role("button", name="Pause").click()
    paused = people.candidate.get_by_role("dialog", name="Your exam is paused")
    expect(paused).to_contain_text("A person came in")
    _tile(proctor).get_by_role("button", name="Resume").click()
    resume = proctor.get_by_role("dialog").get_by_role("button", name="Resume")
    if resume.count():
        resume.click()
    expect(paused).to_be_hidden()


def _decide_in_admin(office: Page, server: Server) -> None:
    """Evidence opens in the admin, is dismissed there, and the views are on record."""
    office.goto(f"{server.url}/admin/proctoring/incident/")
    office.get_by_role("rowheader").get_by_role("link", name="Carl Candidate").first.click()
    expect(office.get_by_text("2 faces in").first).to_be_visible()
    evidence = office.locator("img[src*='/evidence/']").first
    expect(evidence).to_be_visible()
    assert _width(evidence) > 0
    office.get_by_label("Note").fill("A relative brought water and left.")
    office.get_by_role("button", name="Dismiss").click()
    expect(office.get_by_role("status").or_(office.locator(".messagelist")).first).to_contain_text("ismissed")
    decided = server.rows("SELECT review_note FROM proctoring_incident WHERE review_state = 'dismissed'")
    assert decided == [{"review_note": "A relative brought water and left."}]
    views = server.rows("SELECT count(*) AS n FROM accounts_auditentry WHERE verb = 'evidence.viewed'")
    assert int(str(views[0]["n"])) >= 2


def _tile(proctor: Page) -> Locator:
    return proctor.locator("#tiles li").filter(has_text="Carl Candidate")
