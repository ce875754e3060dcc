"""Thirty cases are read at the desk by keys alone, by two readers, without one click of a mouse."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, Playwright, expect

from accounts.models import Institution, User
from accounts.roles import Role
from accounts.tenancy import within
from proctoring import states
from proctoring.models import Case, Incident, Reading
from proctoring.observations import ObservationKind, Severity
from tests.e2e import axe
from tests.e2e.browsers import Console, launch
from tests.factories.accounts import make_member
from tests.factories.cases import ended_attempt, make_case, make_ended_session
from tests.factories.exams import enrol, make_exam, make_sitting
from tests.factories.proctoring import make_incident
from tests.watched_sitting import keep_pictures, keep_sound

CASES, ADVERSE_EACH = 30, 5
_NOTE = "A second person answers."
_HOW_FAR_TAB_GOES = 25

pytestmark = pytest.mark.slow


@dataclass
class Reader:
    """A person who has a keyboard only; counts what is pressed."""

    page: Page
    pressed: int = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1

    def write(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.pressed += len(text)

    def tab_to(self, selector: str) -> None:
        for _ in range(_HOW_FAR_TAB_GOES):
            if self.page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
                return
            self.press("Tab")
        raise AssertionError(f"the Tab key does not lead to {selector}")


@pytest.fixture
def cases(transactional_db: None, institution: Institution, reviewer: User) -> list[Case]:
    """One or two incidents each with pictures, every third with a recording; every fifth is adverse."""
    sitting = make_sitting(make_exam(institution, title="Biology"), title="Autumn")
    made = []
    for number in range(CASES):
        session = make_ended_session(ended_attempt(enrol(sitting, make_member(institution, Role.CANDIDATE))))
        for each in range(1 + number % 2):
            begun = session.started_at + timedelta(minutes=1 + 5 * each)
            found = make_incident(
                session,
                kind=_kind_of(number, each),
                severity=Severity.HIGH,
                started_at=begun,
                last_seen_at=begun + timedelta(seconds=8),
                ended_at=begun + timedelta(seconds=8),
            )
            keep_pictures(found, 2)
        if number % 3 == 0:
            keep_sound(found)
        made.append(make_case(session))
    return made


def _kind_of(number: int, each: int) -> ObservationKind:
    is_adverse = number % ADVERSE_EACH == 0 and each == 0
    return ObservationKind.SEVERAL_FACES if is_adverse else ObservationKind.NO_FACE


@pytest.fixture
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = launch(playwright)
    yield browser
    browser.close()


@pytest.fixture
def sit_down(
    asgi_server: str, chromium: Browser, console: Console, browser_of: Callable[[User], Client]
) -> Callable[[User], Reader]:
    """Signs somebody in and opens the queue of cases."""

    def sit(user: User) -> Reader:
        name = settings.SESSION_COOKIE_NAME
        context = chromium.new_context(
            viewport={"width": 1280, "height": 900}, bypass_csp=True, reduced_motion="reduce"
        )
        value = browser_of(user).cookies[name].value
        context.add_cookies([{"name": name, "value": value, "url": asgi_server}])
        page = context.new_page()
        console.watch(page)
        page.goto(f"{asgi_server}/admin/proctoring/case/")
        return Reader(page)

    return sit


def test_a_queue_is_read_by_keys_alone(
    cases: list[Case],
    institution: Institution,
    reviewer: User,
    sit_down: Callable[[User], Reader],
    console: Console,
) -> None:
    second = make_member(institution, Role.REVIEWER, name="Rolf Reviewer")
    adverse = len(range(0, CASES, ADVERSE_EACH))

    console.allow("400 (Bad Request)")  # a verdict is refused on purpose
    begun = time.monotonic()
    first_reader = sit_down(reviewer)
    assert axe.everything(first_reader.page) == []
    take_the_first(first_reader)
    look_at_the_states_of_the_desk(first_reader)
    assert read_all(first_reader) == CASES
    expect(first_reader.page.get_by_text("No case waits for you to read it.")).to_be_visible()
    assert axe.everything(first_reader.page, without=axe.ADMIN_FRAME) == []
    report("first", first_reader, CASES, time.monotonic() - begun)

    begun = time.monotonic()
    second_reader = sit_down(second)
    take_the_first(second_reader)
    assert read_all(second_reader) == adverse
    report("second", second_reader, adverse, time.monotonic() - begun)

    with within(institution):
        by_state = {state: Case.objects.filter(state=state).count() for state in states.CASE.states}
        assert by_state[states.CASE_DECIDED] == CASES - adverse
        assert by_state[states.CASE_SECOND_READ] == adverse
        assert not Incident.objects.filter(review_state="unreviewed").exists()
        kinds = Incident.objects.filter(review_state="upheld").values_list("kind", flat=True)
        assert [*kinds] == [ObservationKind.SEVERAL_FACES] * adverse
        given = Reading.objects.filter(verdict="breach").values_list("part", "reader", "note")
        assert sorted(given) == sorted(
            [("first", reviewer.pk, _NOTE), ("second", second.pk, _NOTE)] * adverse
        )


def take_the_first(reader: Reader) -> None:
    reader.tab_to(".skip-to-content-link")
    reader.press("Enter")
    reader.tab_to("form[action$='/next/'] button")
    reader.press("Enter")
    expect(reader.page.locator("#desk")).to_be_visible()


def read_all(reader: Reader) -> int:
    """Reads case after case until the desk leads back to the queue; the number read."""
    read = 0
    while reader.page.locator("#desk").count():
        here = reader.page.url
        expect(reader.page.locator("#desk-keys")).to_be_visible()  # its script listens for keys
        is_adverse = decide_incidents(reader)
        reader.press("v", "2" if is_adverse else "1")
        if is_adverse:
            reader.tab_to("#reading-note")
            reader.write(_NOTE)
            reader.press("Control+Enter")
        else:
            reader.press("Enter")
        reader.page.wait_for_url(lambda url, here=here: url != here)
        read += 1
    return read


def decide_incidents(reader: Reader) -> bool:
    """Goes through the incidents, plays what was kept, decides what nobody has; whether one is adverse."""
    page = reader.page
    cards = page.locator(".desk-incident")
    is_adverse = False
    for number in range(cards.count()):
        card = cards.nth(number)
        if "is-current" not in (card.get_attribute("class") or ""):
            reader.press("n")
        expect(card).to_contain_class("is-current")
        play = page.locator("[data-slot=play]")
        reader.press("Space")
        expect(play).to_have_text("Stop")
        reader.press("Space")
        expect(play).to_have_text("Play")
        grave = "several" in card.locator("h3").inner_text().lower()
        is_adverse |= grave
        if card.get_attribute("data-state") == "unreviewed":
            reader.press("1" if grave else "2")
            expect(card).to_have_attribute("data-state", "upheld" if grave else "dismissed")
    return is_adverse


def look_at_the_states_of_the_desk(reader: Reader) -> None:
    """The desk as it opens, at an incident, with everything unfolded, and with a verdict refused."""
    page = reader.page
    assert axe.everything(page, without=axe.ADMIN_FRAME) == []
    reader.press("n", "Space", "Space", "l")
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    assert axe.everything(page, without=axe.ADMIN_FRAME) == []
    reader.press("l", "Space", "v", "2", "Enter")  # neither a reason nor a note
    expect(page.get_by_text("Say why")).to_be_visible()
    assert axe.everything(page, without=axe.ADMIN_FRAME) == []
    reader.press("v", "1")


def report(who: str, reader: Reader, cases: int, seconds: float) -> None:
    print(
        f"{who} reader: {cases} cases, {reader.pressed / cases:.1f} keys "
        f"and {seconds / cases:.1f} s for each (with the checks of this test)"
    )
