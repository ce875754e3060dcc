"""What the pages that people wait for weigh, and when they show something: cold, and from the cache."""

import statistics
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests import media
from tests.e2e import candidate_steps
from tests.e2e.browsers import CHROMIUM, Console, launch, open_page
from tests.e2e.server import Server
from tests.quick_database import migrated_tables

EXAM = "General knowledge"
TRIES = 3
"""Of each page, with an empty cache and with what the first look left there; the median is printed."""
_COLUMNS = [("cold: requests", 16), ("kB", 7), ("paint ms", 10)]
_COLUMNS += [("warm: requests", 17), ("kB", 7), ("paint ms", 10)]
_FIRST_PAINT = """
() => new Promise((answer) => new PerformanceObserver((list) => {
  const found = list.getEntriesByName("first-contentful-paint")[0];
  if (found) answer(found.startTime);
}).observe({ type: "paint", buffered: true }))
"""


@dataclass
class Look:
    """One loading of a page: requests that went to the server, what they weighed on the line, first paint."""

    requests: int = 0
    bytes: int = 0
    paint_ms: float = 0.0
    of: dict[str, bool] = field(default_factory=dict)


def main() -> None:
    """Prints a table of the pages of the demo, on a server as `./run` starts it."""
    if CHROMIUM is None:
        print("  left out: chromium is not installed")
        return
    with tempfile.TemporaryDirectory(prefix="proctor-pages-") as folder:
        server = Server(Path(folder), migrated_tables())
        server.start()
        camera = Path(folder) / "camera.mjpeg"
        clip = media.clip("two_people", quiet_seconds=20, event_seconds=1)
        media.write_mjpeg(camera, clip.frames, clip.fps)
        try:
            with sync_playwright() as playwright:
                calm, watched = launch(playwright), launch(playwright, camera=camera)
                print(f"  {'':24}" + "".join(f"{each:>{width}}" for each, width in _COLUMNS))
                _look_at_all(server, calm, watched)
        finally:
            server.stop()


def _look_at_all(server: Server, calm: Browser, watched: Browser) -> None:
    candidate = _signed_in(watched, server, "candidate1@demo.example")
    _, stranger = open_page(calm, Console())
    _print("sign-in", stranger, f"{server.url}/account/login/")
    _print("candidate's start", candidate, f"{server.url}/")
    candidate_steps.check_in(candidate, EXAM)
    candidate_steps.start_exam(candidate)
    _print("exam", candidate, candidate.url)
    proctor = _signed_in(calm, server, "proctor1@demo.example")
    sitting = server.rows(
        "SELECT sitting_id AS id FROM exams_enrolment JOIN exams_attempt a ON a.enrolment_id = "
        "exams_enrolment.id WHERE a.state = 'in_progress'"
    )[0]["id"]
    _print("wall", proctor, f"{server.url}/i/demo/watch/{sitting}/")
    reviewer = _signed_in(calm, server, "reviewer@demo.example")
    case = server.rows("SELECT min(id) AS id FROM proctoring_case")[0]["id"]
    _print("review desk", reviewer, f"{server.url}/admin/proctoring/case/{case}/change/")
    _print("list of incidents", reviewer, f"{server.url}/admin/proctoring/incident/")
    _print("admin's start", _signed_in(calm, server, "admin@demo.example"), f"{server.url}/admin/")


def _signed_in(browser: Browser, server: Server, email: str) -> Page:
    _, page = open_page(browser, Console())
    candidate_steps.sign_in(page, server, email, server.demo_accounts()[email])
    return page


def _print(name: str, page: Page, address: str) -> None:
    cold = [_look(page, address, is_cold=True) for _ in range(TRIES)]
    warm = [_look(page, address, is_cold=False) for _ in range(TRIES)]
    words = "".join(
        f"{statistics.median(each.requests for each in looks):>{width}.0f}"
        f"{statistics.median(each.bytes for each in looks) / 1000:>7.0f}"
        f"{statistics.median(each.paint_ms for each in looks):>10.0f}"
        for looks, width in ((cold, 16), (warm, 17))
    )
    print(f"  {name:24}{words}", flush=True)


def _look(page: Page, address: str, *, is_cold: bool) -> Look:
    """Loads it once. What sockets send and what came from the browser's cache is not counted."""
    look, protocol = Look(), page.context.new_cdp_session(page)

    def came(event: dict[str, Any]) -> None:
        look.of[event["requestId"]] = bool(event["response"].get("fromDiskCache"))

    def ended(event: dict[str, Any]) -> None:
        if look.of.get(event["requestId"]) is False and event["encodedDataLength"]:
            look.requests += 1
            look.bytes += int(event["encodedDataLength"])

    def cached(event: dict[str, Any]) -> None:
        look.of[event["requestId"]] = True

    protocol.on("Network.responseReceived", came)
    protocol.on("Network.requestServedFromCache", cached)
    protocol.on("Network.loadingFinished", ended)
    protocol.send("Network.enable")
    if is_cold:
        protocol.send("Network.clearBrowserCache")
    page.goto("about:blank")
    page.goto(address, wait_until="load")
    look.paint_ms = page.evaluate(_FIRST_PAINT)
    page.wait_for_timeout(700)  # modules that modules ask for
    protocol.detach()
    return look
