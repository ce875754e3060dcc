"""axe-core finds nothing on any page of the product: wide and narrow, light and dark, full and empty."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, Playwright, Response

from accounts import links
from accounts.models import Invitation, User
from accounts.tenancy import within
from exams.models import Attempt, SelfEnrolment
from proctor_site.kernel import clock
from proctoring import states
from proctoring.law import versions
from tests.contracts.permission_table import ROWS
from tests.contracts.permission_world import World
from tests.e2e import axe
from tests.e2e.browsers import launch
from tests.e2e.page_walk import BEHIND_SETTINGS, NO_PAGES, NOT_WALKED, Visit, is_no_page, visits
from tests.factories.cases import make_case

pytestmark = pytest.mark.slow
_GROUPS = {"admin/accounts/": 1, "admin/exams/": 3, "admin/proctoring/": 3, "i/": 2, "others": 1}
"""Beginnings of addresses, and into how many tests each is shared out for processes to take."""
_SHARES = [(group, share) for group, shares in _GROUPS.items() for share in range(shares)]


@pytest.fixture
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = launch(playwright)
    yield browser
    browser.close()


@pytest.fixture
def page_for(
    asgi_server: str, chromium: Browser, browser_of: Callable[[User | None], Client]
) -> Callable[[User | None], Page]:
    """The one page of a person, signed in; into it axe may be put, past the product's own policy."""
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
        return pages[key]

    return of


def test_no_page_is_forgotten() -> None:
    walked = {each.row.pattern for each in visits()} | BEHIND_SETTINGS | set(NOT_WALKED)
    assert [str(row) for row in ROWS if not is_no_page(row) and row.pattern not in walked] == [], (
        "no test looks at these pages: add them to tests/e2e/page_walk.py, or say there why they are none"
    )


def test_what_is_left_out_still_exists() -> None:
    known = {row.pattern for row in ROWS}
    assert sorted((BEHIND_SETTINGS | set(NOT_WALKED) | set(NO_PAGES)) - known) == []


@pytest.mark.parametrize(("group", "share"), _SHARES)
def test_every_page(group: str, share: int, page_for: Callable[[User | None], Page]) -> None:
    wanted = [each for each in visits() if _group_of(each) == group][share :: _GROUPS[group]]
    worlds = {state: World(state) for state in {each.row.state for each in wanted}}
    found = {}
    framed: set[Page] = set()
    for visit in wanted:
        world = worlds[visit.row.state]
        page = page_for(world.people[visit.person])
        problem = _problem_of(page.goto(visit.address(world)))
        without = axe.ADMIN_FRAME if page in framed else ()
        seen = [problem] if problem else axe.everything(page, is_plain=visit.is_plain, without=without)
        framed.add(page)
        if seen:
            found[str(visit)] = seen
    assert found == {}, _in_words(found)


def test_pages_behind_links_of_mails_and_after_decisions(page_for: Callable[[User | None], Page]) -> None:
    world = World()
    found = {}
    for person, address, status in _pages_of_few(world):
        page = page_for(world.people[person])
        problem = _problem_of(page.goto(address), status)
        seen = [problem] if problem else axe.everything(page)
        if seen:
            found[f"{address} as {person}"] = seen
    assert found == {}, _in_words(found)


def _group_of(visit: Visit) -> str:
    return next((each for each in _GROUPS if visit.row.pattern.startswith(each)), "others")


def _problem_of(answer: Response | None, status: int = 200) -> str:
    if answer is None:
        return "no answer"
    kind = answer.headers.get("content-type", "")
    return "" if answer.status == status and "html" in kind else f"answers {answer.status} {kind}"


def _in_words(found: dict[str, list[str]]) -> str:
    return "\n" + "\n".join(f"{name}\n    " + "\n    ".join(lines) for name, lines in found.items())


def _pages_of_few(world: World) -> Iterator[tuple[str, str, int]]:
    """Who sees which address with which status, after its setting was made."""
    here = f"/i/{world.institution.slug}/"
    with within(world.institution):
        Invitation.objects.update(token_hash=links.hash_of("invited"))
        door = SelfEnrolment.objects.get()
        versions.refresh(world.institution)
        world.institution.privacy_published_at = clock.now()
        world.institution.save()
        other: Any = Attempt.objects.exclude(pk=world.attempt.pk).get(
            enrolment__candidate=world.people["other_candidate"]
        )
        make_case(other, state=states.CASE_DECIDED)
    yield "nobody", "/invitation/invited/", 200
    yield "nobody", f"/enrol/{door.token}/", 200
    yield "nobody", f"/privacy/{world.institution.slug}/", 200
    yield "admin", f"{here}law/notice/1/", 200
    yield "other_candidate", f"{here}my-record/{other.pk}/", 200
    yield "other_candidate", f"{here}my-record/{other.pk}/appeal/", 200
    for name in ("login", "password/reset", "password/reset/done", "signup", "inactive"):
        yield "nobody", f"/account/{name}/", 200
    for name in ("email", "password/change", "logout", "2fa", "person", "reauthenticate"):
        yield "owner", f"/account/{name}/", 200
    yield "nobody", "/nothing-here/", 404
    yield "owner", f"{here}members/", 403
    yield "nobody", "/invitation/unknown/", 404
