"""Chromium processes with a fake camera, and a watch over each page's console."""

import shutil
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


def open_page(browser: Browser, console: Console, **options: Any) -> tuple[BrowserContext, Page]:
    """A fresh person: own cookies, desktop width, console watched."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, **options)
    context.set_default_timeout(20_000)
    page = context.new_page()
    console.watch(page)
    return context, page
