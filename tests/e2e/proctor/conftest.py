"""Fixtures of the browser tests of the proctor's page and of the review."""

from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page

from accounts.models import User
from tests.conftest import BACKEND
from tests.e2e.browsers import Console, open_page
from tests.watched_sitting import attempt, incident, session, sitting  # noqa: F401

StartBrowser = Callable[..., Browser]


@pytest.fixture
def open_as(
    asgi_server: str, browser: StartBrowser, console: Console
) -> Callable[[User, str], tuple[BrowserContext, Page]]:
    """Opens an address of the product as a signed-in person."""
    started = browser()

    def make(user: User, path: str) -> tuple[BrowserContext, Page]:
        client = Client()
        client.force_login(user, backend=BACKEND)
        context, page = open_page(started, console)
        cookie = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": asgi_server}])
        page.goto(asgi_server + path)
        return context, page

    return make
