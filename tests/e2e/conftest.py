"""One server for all browser tests, Playwright, and clips for the fake camera."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from accounts.models import User
from accounts.tenancy import within
from exams.models import Attempt
from tests import media
from tests.e2e.browsers import CHROMIUM, Console, launch, open_page
from tests.e2e.server import Server
from tests.quick_database import migrated_tables

QUIET_SECONDS, EVENT_SECONDS = 9.0, 12.0
# What a test says of times it says with a figure of its own; all else may come late on busy cores.
expect.set_options(timeout=20_000)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks every test of this folder, puts it last, and skips it where there is no browser.

    Last, because sync Playwright keeps an event loop in this thread while it runs, and other tests call
    async code from it.
    """
    own = [item for item in items if Path(__file__).parent in item.path.parents]
    for item in own:
        item.add_marker(pytest.mark.e2e)
        if CHROMIUM is None:
            item.add_marker(pytest.mark.skip(reason="chromium is not installed (Debian: chromium)"))
    items.sort(key=lambda item: Path(__file__).parent in item.path.parents)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None) -> Iterator[Server]:
    """The product with its demo institution, as `./run` starts it."""
    running = Server(tmp_path_factory.mktemp("server"), migrated_tables())
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as each:
        yield each


@pytest.fixture(scope="session")
def camera(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """File of a named clip (tests/media.py) for the fake camera: quiet, then its event, over and over."""
    folder = tmp_path_factory.mktemp("cameras")

    def file_of(name: str) -> Path:
        path = folder / f"{name}.mjpeg"
        if not path.exists():
            clip = media.clip(name, quiet_seconds=QUIET_SECONDS, event_seconds=EVENT_SECONDS)
            media.write_mjpeg(path, clip.frames, clip.fps)
        return path

    return file_of


@pytest.fixture
def browser(playwright: Playwright) -> Iterator[Callable[..., Browser]]:
    """Starts browsers; all are closed at the end of the test."""
    opened: list[Browser] = []

    def start(**options: Any) -> Browser:
        opened.append(launch(playwright, **options))
        return opened[-1]

    yield start
    for each in opened:
        each.close()


@pytest.fixture
def console() -> Iterator[Console]:
    """Watches the consoles of the test's pages; an unexpected complaint fails the test at its end."""
    watched = Console()
    yield watched
    watched.assert_clean()


@pytest.fixture
def open_exam(
    asgi_server: str, playwright: Playwright, browser_of: Callable[[User], Client]
) -> Iterator[Callable[[Attempt], Page]]:
    """Opens the exam page of an attempt as its candidate; the console must stay clean."""
    console = Console()
    console.allow("WebSocket")
    console.allow("Failed to load resource")
    browser = launch(playwright)

    def open_it(attempt: Attempt) -> Page:
        with within(attempt.institution):
            client = browser_of(attempt.enrolment.candidate)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        context, page = open_page(browser, console)
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": asgi_server}])
        page.add_init_script("sessionStorage.setItem('proctor-device', 'device-1')")
        page.goto(f"{asgi_server}/i/{attempt.institution.slug}/attempts/{attempt.pk}/exam/")
        return page

    yield open_it
    browser.close()
    console.assert_clean()


@pytest.fixture
def page_for(
    asgi_server: str, playwright: Playwright, browser_of: Callable[[User | None], Client]
) -> Iterator[Callable[[User | None], Page]]:
    """The one page of a person, signed in; into it axe may be put, past the product's own policy."""
    chromium = launch(playwright)
    pages: dict[int | None, Page] = {}

    def of(user: User | None) -> Page:
        key = user.pk if user else None
        if key not in pages:
            context = chromium.new_context(
                base_url=asgi_server,
                viewport={"width": 1280, "height": 900},
                bypass_csp=True,
                reduced_motion="reduce",
            )
            if user is not None:
                name = settings.SESSION_COOKIE_NAME
                value = browser_of(user).cookies[name].value
                context.add_cookies([{"name": name, "value": value, "url": asgi_server}])
            context.add_init_script("sessionStorage.setItem('proctor-device', 'device-1')")
            pages[key] = context.new_page()
        pages[key].set_default_timeout(20_000)
        return pages[key]

    yield of
    chromium.close()
