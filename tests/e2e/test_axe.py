"""axe-core finds nothing on any page of the product: wide and narrow, light and dark, full and empty."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Response

from accounts.models import User
from tests.contracts.permission_table import ROWS
from tests.contracts.permission_world import World
from tests.e2e import axe
from tests.e2e.page_walk import IN_SCENES, NO_PAGES, Visit, is_no_page, visits

pytestmark = pytest.mark.slow
_GROUPS = {"admin/accounts/": 1, "admin/exams/": 3, "admin/proctoring/": 4, "i/": 2, "others": 3}
"""Beginnings of addresses, and into how many tests each is shared out for processes to take."""
_SHARES = [(group, share) for group, shares in _GROUPS.items() for share in range(shares)]


def test_no_page_is_forgotten() -> None:
    walked = {each.row.pattern for each in visits()} | IN_SCENES
    assert [str(row) for row in ROWS if not is_no_page(row) and row.pattern not in walked] == [], (
        "no test looks at these pages: add them to tests/e2e/page_walk.py, or say there why they are none"
    )


def test_what_is_left_out_still_exists() -> None:
    known = {row.pattern for row in ROWS}
    assert sorted((IN_SCENES | set(NO_PAGES)) - known) == []


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


def _group_of(visit: Visit) -> str:
    return next((each for each in _GROUPS if visit.row.pattern.startswith(each)), "others")


def _problem_of(answer: Response | None, status: int = 200) -> str:
    if answer is None:
        return "no answer"
    kind = answer.headers.get("content-type", "")
    return "" if answer.status == status and "html" in kind else f"answers {answer.status} {kind}"


def _in_words(found: dict[str, list[str]]) -> str:
    return "\n" + "\n".join(f"{name}\n    " + "\n    ".join(lines) for name, lines in found.items())
