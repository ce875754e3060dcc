"""The stage of a scene: a world, the people's browsers, and what axe-core found; the list of all scenes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, Response

from accounts.models import User
from tests.contracts.permission_world import World
from tests.e2e import axe


@dataclass
class Stage:
    """Where scenes of one group play. `page_for`: the one page of a person, signed in; None: of nobody."""

    world: World
    page_for: Callable[[User | None], Page]
    patch: Any
    """pytest's monkeypatch, undone after each scene: the server is a thread of this process."""
    folder: Path
    """Where files that people take away are put."""
    found: dict[str, list[str]] = field(default_factory=dict)

    @property
    def here(self) -> str:
        """How addresses of the world's institution begin."""
        return f"/i/{self.world.institution.slug}/"

    def person(self, name: str) -> User:
        """The person of that name in the world, who is not nobody."""
        person = self.world.people[name]
        assert person is not None
        return person

    def page(self, name: str) -> Page:
        """The page of a person of the world, wherever it was left."""
        return self.page_for(self.world.people[name])

    def go(self, name: str, address: str, status: int = 200) -> Page:
        """Their page at that address; an answer that is not as expected is a finding."""
        page = self.page(name)
        self._expect(page.goto(address), address, status)
        return page

    def ask(self, page: Page, what: str = "", *, is_plain: bool = False) -> None:
        """Asks axe-core of the page as it stands; `what`: what stands open on it."""
        self.note(page, what, axe.everything(page, is_plain=is_plain, without=axe.ADMIN_FRAME))

    def note(self, page: Page, what: str, seen: list[str]) -> None:
        """Keeps what was seen on a page, under its address and `what`."""
        name = f"{page.url.split('/', 3)[-1]} {what}".strip()
        if seen:
            self.found.setdefault(name, []).extend(seen)

    def look(self, name: str, address: str, status: int = 200) -> Page:
        """Goes there and asks."""
        page = self.go(name, address, status)
        self.ask(page)
        return page

    def press(self, page: Page, button: str | Locator = "main form button[type=submit]") -> None:
        """Presses a button by its words (or the first that fits), and waits for the page that follows.

        What the browser itself would refuse is sent, for the page to say what is wrong.
        """
        if isinstance(button, str):
            is_place = button.startswith(("main", "#", "."))
            button = page.locator(button) if is_place else page.get_by_role("button", name=button)
        button.first.evaluate("button => { if (button.form) button.form.noValidate = true; }")
        with page.expect_navigation():
            button.first.click()

    def _expect(self, answer: Response | None, address: str, status: int) -> None:
        got = answer.status if answer else None
        kind = answer.headers.get("content-type", "") if answer else ""
        if got != status or "html" not in kind:
            self.found.setdefault(address, []).append(f"answers {got} {kind}, not {status}")


Play = Callable[[Stage], None]


@dataclass(frozen=True)
class Scene:
    """One scene, and the templates that it has to show."""

    group: str
    play: Play
    templates: frozenset[str]

    def __str__(self) -> str:
        return self.play.__name__


SCENES: list[Scene] = []


def scene(group: str, *templates: str) -> Callable[[Play], Play]:
    """Puts a function into the list of scenes; the test fails when one of `templates` is not rendered."""

    def keep(play: Play) -> Play:
        SCENES.append(Scene(group, play, frozenset(templates)))
        return play

    return keep
