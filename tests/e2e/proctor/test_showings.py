"""Acts on several candidates and a scan of the desk, with both sides in real browsers."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from accounts.models import Institution, User
from accounts.roles import Role
from exams.models import Attempt, Sitting
from proctoring.models import CandidateWarning, MonitoringSession, Policy, ReadyText, Showing
from tests import media
from tests.capture import RED, frame, give_consent, scripted  # noqa: F401
from tests.e2e.browsers import Console, open_page
from tests.e2e.proctor.test_acts import state_of
from tests.e2e.proctor.test_wall import wall_of
from tests.factories.accounts import make_member
from tests.factories.proctoring import make_session
from tests.watched_sitting import more_attempts

LONG_MS = 15_000


@pytest.fixture
def session(institution: Institution, attempt: Attempt) -> MonitoringSession:
    """Of an attempt whose policy and notice allow what is asked."""
    Institution.objects.filter(pk=institution.pk).update(country="AT")
    Policy._base_manager.create(institution=institution, name="Ours", is_default=True, room_scan=True)
    made = make_session(attempt)
    give_consent(made, room_scan=True, photo_again=True)
    return made


@pytest.fixture
def enter(
    asgi_server: str,
    browser: Callable[..., Browser],
    browser_of: Callable[[User], Client],
    console: Console,
    tmp_path: Path,
) -> Callable[[User, str], Page]:
    """Opens an address as somebody with a painted camera."""
    camera = media.write_mjpeg(tmp_path / "desk.mjpeg", [frame(RED)] * 4)
    fake = f"--use-file-for-fake-video-capture={camera}"
    started = browser(
        arguments=["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", fake]
    )

    def open_it(user: User, path: str) -> Page:
        context, page = open_page(started, console)
        cookie = browser_of(user).cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": asgi_server}])
        page.add_init_script("sessionStorage.setItem('proctor-device', 'device-1')")
        page.goto(asgi_server + path)
        return page

    return open_it


@pytest.mark.usefixtures("scripted")
def test_several_are_paused_and_undone_and_one_shows_the_desk(
    enter: Callable[[User, str], Page],
    sitting: Sitting,
    session: MonitoringSession,
    attempt: Attempt,
    institution: Institution,
    proctor: User,
    candidate: User,
) -> None:
    people = [make_member(institution, Role.CANDIDATE, name=name) for name in ("Ann", "Ben", "Cem")]
    three = more_attempts(sitting, people)
    page = enter(candidate, f"/i/{institution.slug}/attempts/{attempt.pk}/exam/")
    wall = enter(proctor, wall_of(sitting))
    expect(wall.locator("#page-state")).to_have_text("Live")
    pause_three_and_undo(wall, three)
    warn_with_a_ready_text(wall, institution)
    expect(page.locator("#warning-dialog")).to_contain_text(CandidateWarning._base_manager.get().text)
    page.locator("#warning-dialog").get_by_role("button").click()

    ask_for_the_desk(wall, "Carla Candidate")
    dialog = page.locator("#showing-dialog")
    expect(dialog).to_contain_text("This is a check that everybody may be asked for.", timeout=LONG_MS)
    assert state_of(attempt) == "paused"
    dialog.get_by_role("button", name="Show it now").click()
    for _ in range(2):
        dialog.get_by_role("button", name="Take the picture").click()
        dialog.get_by_role("button", name="Send this picture").click()
    expect(dialog).to_be_hidden(timeout=LONG_MS)
    showing = Showing._base_manager.get()
    assert (showing.state, state_of(attempt)) == ("done", "in_progress")

    wall.locator("[data-tile]").get_by_role("link", name="Carla Candidate").click()
    shown = wall.locator("#details-dialog .shown-pictures img")
    expect(shown).to_have_count(2)
    assert shown.evaluate_all("all => all.map(each => each.alt)") == [
        "On the desk, shown by Carla Candidate",
        "Under the desk, shown by Carla Candidate",
    ]
    wall.wait_for_function(
        "() => [...document.querySelectorAll('.shown-pictures img')].every(each => each.naturalWidth > 300)"
    )


def pause_three_and_undo(wall: Page, three: list[Attempt]) -> None:
    wall.get_by_role("button", name="Choose several").click()
    for name in ("Ann", "Ben", "Cem"):
        wall.get_by_label(f"Choose {name}", exact=True).check()
    expect(wall.get_by_text("3 chosen")).to_be_visible()
    wall.locator("#selection").get_by_role("button", name="Pause").click()
    dialog = wall.locator("#reason-dialog")
    expect(dialog.get_by_role("listitem")).to_have_text(["Ann", "Ben", "Cem"])
    dialog.get_by_label("Reason").select_option("disturbance")
    dialog.get_by_role("button", name="Pause: 3 candidates").click()
    undo = wall.locator("#undo-bar")
    expect(undo).to_contain_text("3 paused.")
    assert {state_of(each) for each in three} == {"paused"}
    undo.get_by_role("button", name="Undo").click()
    expect(undo).to_contain_text("3 resumed.")
    assert {state_of(each) for each in three} == {"in_progress"}
    undo.get_by_role("button", name="Close").click()
    wall.get_by_role("button", name="Choose several").click()
    expect(wall.get_by_label("Choose Ann", exact=True)).to_have_count(0)


def warn_with_a_ready_text(wall: Page, institution: Institution) -> None:
    wall.get_by_role("button", name="Warn: Carla Candidate").click()
    dialog = wall.locator("#warn-dialog")
    dialog.get_by_role("button", name="Please stop talking.").click()
    dialog.get_by_role("button", name="Send the warning").click()
    expect(dialog).to_be_hidden()
    ready = ReadyText._base_manager.filter(institution=institution, texts__en="Please stop talking.")
    assert ready.count() == 1


def ask_for_the_desk(wall: Page, name: str) -> None:
    wall.get_by_label(f"More for {name}").press("Enter")
    wall.get_by_role("button", name=f"Ask to show: {name}").click()
    dialog = wall.locator("#ask-dialog")
    dialog.get_by_label("The desk").check()
    dialog.get_by_label("Reason").select_option("routine")
    dialog.get_by_role("button", name="Ask", exact=True).click()
    expect(dialog).to_be_hidden()
