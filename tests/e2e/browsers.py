"""Chromium processes with a fake camera, and a watch over each page's console."""

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]


def launch(
    playwright: Playwright, *, camera: Path | None = None, arguments: list[str] | None = None
) -> Browser:
    """A browser whose camera plays `camera` (an .mjpeg file, looped at 30 pictures a second).

    One file per process: a candidate in another scene needs another browser.
    """
    flags = [*QUIET_FLAGS, *(arguments or [])]
    if camera is not None:
        flags += ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
        flags += [f"--use-file-for-fake-video-capture={camera}"]
    return playwright.chromium.launch(executable_path=CHROMIUM, args=flags)


@dataclass
class Console:
    """Everything a page complained about; a test ends with `assert_clean`."""

    problems: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))

    def allow(self, part: str) -> None:
        """A complaint that the test provokes on purpose, such as a lost connection."""
        self.allowed.append(part)

    def assert_clean(self) -> None:
        left = [each for each in self.problems if not any(part in each for part in self.allowed)]
        assert left == [], "browser console: " + "\n".join(left)

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(f"{message.type}: {message.text} ({message.location.get('url')})")


_LISTEN = """(selector) => {
  const said = (globalThis.said = []);
  const note = () => {
    const text = document.querySelector(selector)?.textContent;
    if (said.at(-1) !== text) said.push(text);
  };
  note();
  const what = {childList: true, characterData: true, subtree: true};
  new MutationObserver(note).observe(document.body, what);
}"""


class Listener:
    """Keeps all that an element says from now on: between two looks of `expect` a state may come and go."""

    def __init__(self, page: Page, selector: str) -> None:
        self._page = page
        page.evaluate(_LISTEN, selector)

    def wait_for(self, wanted: Callable[[str], bool], timeout_s: float = 40) -> None:
        """Waits until one text that the element has said is as wanted; fails with all of them."""
        until = time.monotonic() + timeout_s
        while not any(wanted(each or "") for each in self.said()):
            assert time.monotonic() < until, f"the element has said {self.said()}"
            self._page.wait_for_timeout(100)

    def said(self) -> list[str | None]:
        """All texts so far, oldest first; None where the element was away."""
        texts: list[str | None] = self._page.evaluate("() => globalThis.said")
        return texts


def open_page(browser: Browser, console: Console, **options: Any) -> tuple[BrowserContext, Page]:
    """A fresh person: own cookies, desktop width, console watched."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, **options)
    context.set_default_timeout(20_000)
    page = context.new_page()
    console.watch(page)
    return context, page
