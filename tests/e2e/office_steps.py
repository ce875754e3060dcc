"""What the exam office does in the browser: register, invite, write an exam, schedule it, enrol."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from tests.e2e import candidate_steps
from tests.e2e.server import Server

ZONE = "Europe/Vienna"


def register_institution(
    page: Page, server: Server, *, name: str, slug: str, email: str, password: str
) -> None:
    """Registers, opens the link of the e-mail, confirms and signs in as the first admin."""
    page.goto(f"{server.url}/register/")
    page.get_by_label("Name of the institution").fill(name)
    page.get_by_label("Short name").fill(slug)
    page.get_by_label("Country").select_option(label="Austria")
    page.get_by_label("Time zone").select_option(ZONE)
    page.get_by_label("Your full name").fill("Olga Owner")
    page.get_by_label("Your e-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Open the link in your e-mail")
    page.goto(server.mail_link(email, pattern="/register/confirm/"))
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_load_state()
    if urlsplit(page.url).path.startswith("/account/login"):
        candidate_steps.sign_in(page, server, email, password)


def invite(page: Page, server: Server, slug: str, *, email: str, name: str, role: str) -> str:
    """Invites somebody on the members page; returns the link of the e-mail."""
    page.goto(f"{server.url}/i/{slug}/members/")
    page.get_by_label("E-mail address", exact=True).fill(email)
    page.get_by_label("Full name").fill(name)
    page.get_by_label(role, exact=True).check()
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_role("status")).to_contain_text(email)
    return server.mail_link(email, pattern="/invitation/")


def accept_invitation(page: Page, link: str, *, name: str, password: str) -> None:
    """A new person opens the link and chooses a password."""
    page.goto(link)
    page.get_by_label("Your full name").fill(name)
    page.get_by_label("Choose a password").fill(password)
    page.get_by_role("button", name="Create my account and accept").click()
    page.wait_for_load_state()


def add_questions(page: Page, server: Server) -> list[str]:
    """One single-choice and one numeric question; returns their titles."""
    page.goto(f"{server.url}/admin/exams/question/add/?kind=single_choice")
    page.get_by_label("Title:").fill("Largest planet")
    page.get_by_label("Question text:").fill("Which planet is the largest?")
    page.get_by_label("Option 1:").fill("Mars")
    page.get_by_label("Option 2:").fill("Jupiter")
    page.locator("[name=option_2_correct]").check()
    _save(page)
    page.goto(f"{server.url}/admin/exams/question/add/?kind=numeric")
    page.get_by_label("Title:").fill("Moons of Mars")
    page.get_by_label("Question text:").fill("How many moons has Mars?")
    page.get_by_label("Right answer:").fill("2")
    _save(page)
    return ["Largest planet", "Moons of Mars"]


def write_exam(page: Page, server: Server, title: str, questions: list[str]) -> None:
    """An exam of one section with the given questions of the bank."""
    page.goto(f"{server.url}/admin/exams/exam/add/")
    page.get_by_label("Title:").first.fill(title)
    page.locator("[name=sections-0-title]").fill("Planets")
    page.locator("[name=sections-0-position]").fill("1")
    page.locator("[name=_continue]").click()
    page.get_by_role("link", name="0 questions: change").click()
    page.get_by_role("button", name="Search").click()
    for question in questions:
        page.get_by_label(question).check()
    page.get_by_role("button", name="Add the ticked questions").click()
    expect(page.get_by_text(f"{len(questions)} questions added")).to_be_visible()


def schedule(page: Page, server: Server, exam: str, title: str, *, proctor: str) -> None:
    """A sitting that is open now, watched by `proctor`."""
    now = datetime.now(ZoneInfo(ZONE))
    page.goto(f"{server.url}/admin/exams/sitting/add/")
    page.get_by_label("Exam:").select_option(label=exam)
    page.get_by_label("Title:").fill(title)
    page.get_by_label("Time zone:").select_option(ZONE)
    page.get_by_label("Opens:").fill((now - timedelta(minutes=2)).strftime("%Y-%m-%dT%H:%M"))
    page.get_by_label("Closes:").fill((now + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M"))
    page.get_by_label("Working time in minutes:").fill("30")
    _choose(page, "proctors-0-user", proctor)
    _save(page)


def enrol(page: Page, server: Server, sitting: str, email: str) -> None:
    """Enrols by pasted address; somebody without an account is invited."""
    page.goto(f"{server.url}/admin/exams/sitting/")
    page.get_by_role("link", name=sitting).click()
    page.get_by_role("link", name="enrolled: enrol").or_(
        page.get_by_role("link", name="Candidates")
    ).first.click()
    page.get_by_role("textbox").first.fill(email)
    page.get_by_role("button", name="Enrol").click()
    expect(page.get_by_role("status").filter(has_text=email)).to_be_visible()


def _choose(page: Page, name: str, text: str) -> None:
    """Picks an entry of a select, or types it into one that searches."""
    search = page.locator(f"#select2-id_{name}-container")
    if search.count() == 0:
        page.locator(f"[name={name}]").select_option(label=text)
        return
    page.locator(f"[aria-labelledby='select2-id_{name}-container']").click()
    page.locator(".select2-search__field").fill(text)
    page.get_by_role("option", name=text).click()


def _save(page: Page) -> None:
    page.locator("[name=_save]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
