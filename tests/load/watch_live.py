"""Live video on a real server: first pictures of some tiles, what a watch costs the server and the proctor.

`./run bench --only watch`, or `python -m tests.load.watch_live --tiles 1 10 --watches 60`. All browsers run
on this machine and share it with the server, so the times are those of a loaded machine; CPU is that of each
side.
"""

import argparse
import asyncio
import json
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import websockets
from playwright.sync_api import Browser, Page, sync_playwright

from tests import media
from tests.e2e.browsers import launch
from tests.load.hall import Candidate, Hall, open_hall

LOOPBACK = ["--allow-loopback-in-peer-connection", "--disable-features=WebRtcHideLocalIpsWithMdns"]
_WAYS = 8
_WAY = {"candidate": "candidate:1 1 udp 1 10.0.0.1 50000 typ host", "sdpMid": "0", "sdpMLineIndex": 0}
ON_A_PAGE = 16  # tiles of the proctor's page: who watches more has two windows
_SWITCH_ON = """
(count) => {
  const began = performance.now(), seen = new Map();
  document.getElementById("live-switch").click();
  const look = async () => {
    while (seen.size < count && performance.now() - began < 60000) {
      for (const video of document.querySelectorAll("video.tile-live")) {
        const isFirst = video.videoWidth && video.currentTime > 0 && !seen.has(video);
        if (isFirst) seen.set(video, performance.now() - began);
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return [...seen.values()];
  };
  window.firstPictures = look();
}
"""


TILES = (1, 10, 20)
WATCHES = 60
_OBSERVED_S = 8


def main(tiles: Sequence[int] = TILES, watches: int = WATCHES) -> None:
    """Prints all of it."""
    with open_hall(1) as hall:
        asyncio.run(_cost(hall, watches))
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        still = media.clip("quiet", quiet_seconds=2.0, event_seconds=0.2).frames
        film = media.write_mjpeg(Path(folder) / "quiet.mjpeg", still)
        for count in tiles:
            # A sitting of just as many: whoever has not come is in need, and would take the first page.
            with open_hall(count) as hall:
                candidates = launch(playwright, camera=film, arguments=LOOPBACK)
                watching = launch(playwright, arguments=LOOPBACK)
                _first_pictures(hall, candidates, watching)
                candidates.close()
                watching.close()


async def _cost(hall: Hall, watches: int) -> None:
    """CPU of the server for whole watches, from asking to leaving, with what both ends say meanwhile."""
    who = hall.candidates[0]
    wall = f"{hall.socket_url}/ws/i/{hall.slug}/sittings/{hall.sitting}/"
    page = f"{hall.socket_url}/ws/attempts/{who.attempt}/"
    async with _open(hall, page, who.cookie) as below, _open(hall, wall, hall.proctor) as above:
        await asyncio.sleep(1)
        idle = await _cpu(hall, asyncio.sleep(5)) / 5
        began = time.monotonic()
        spent = await _cpu(hall, _watches(above, below, who, watches))
        lasted = time.monotonic() - began
    each = (spent - idle * lasted) / watches * 1000
    print(f"a watch: {each:.1f} ms of the server's CPU ({watches} watches, {2 * _WAYS + 5} messages each)")


def _open(hall: Hall, address: str, cookie: str) -> Any:
    headers = {"Cookie": f"sessionid={cookie}", "Origin": hall.server.url}
    return websockets.connect(address, additional_headers=headers, max_size=None)


async def _cpu(hall: Hall, work: Any) -> float:
    before = hall.cpu_seconds()
    await work
    return hall.cpu_seconds() - before


async def _watches(above: Any, below: Any, who: Candidate, number: int) -> None:
    for _ in range(number):
        await _say(above, "watch", who.attempt, level="thumb")
        connection = (await _hear(below, "watch"))["from"]
        await _say(below, "offer", connection, call="a", sdp="v=0" * 2000, sound=False)
        await _hear(above, "offer")
        await _say(above, "answer", who.attempt, call="a", sdp="v=0" * 2000)
        for _ in range(_WAYS):
            await _say(above, "ice", who.attempt, call="a", candidate=_WAY)
            await _say(below, "ice", connection, call="a", candidate=_WAY)
        await _say(above, "unwatch", who.attempt)
        await _hear(below, "unwatch")
        await asyncio.sleep(1)  # the allowance of a candidate's page fills by ten messages a second


async def _say(socket: Any, kind: str, to: int | str, **more: Any) -> None:
    await socket.send(json.dumps({"type": "live", "t": kind, "to": to, **more}))


async def _hear(socket: Any, kind: str) -> dict[str, Any]:
    while True:
        message: dict[str, Any] = json.loads(await socket.recv())
        if message["type"] == "live" and message["t"] == kind:
            return message


def _first_pictures(hall: Hall, candidates: Browser, watching: Browser) -> None:
    count = len(hall.candidates)
    for who in hall.candidates:
        page = _enter(hall, candidates, who.cookie, f"attempts/{who.attempt}/exam/")
        page.wait_for_selector("#watch-state[data-camera='ok']")
    walls = [_wall(hall, watching, number) for number in range(-(-count // ON_A_PAGE))]
    walls[0].wait_for_timeout(2_000)
    still = _share_of_a_core(watching, walls[0])
    for number, wall in enumerate(walls):
        wall.evaluate(_SWITCH_ON, min(ON_A_PAGE, count - number * ON_A_PAGE))
    times = sorted(each for wall in walls for each in wall.evaluate("window.firstPictures"))
    middle = f"median {times[len(times) // 2]:.0f} ms, slowest {times[-1]:.0f} ms" if times else "none came"
    print(f"first picture of {len(times)} of {count} tiles: {middle}")
    walls[0].wait_for_timeout(3_000)
    print(
        f"the proctor's browser: {still:.0%} of a core with small pictures, "
        f"{_share_of_a_core(watching, walls[0]):.0%} with {len(times)} live"
    )


def _wall(hall: Hall, browser: Browser, number: int) -> Page:
    wall = _enter(hall, browser, hall.proctor, f"watch/{hall.sitting}/")
    wall.wait_for_selector("#page-state.badge-success")
    for _ in range(number):
        wall.click("#page-next")
    return wall


def _share_of_a_core(browser: Browser, page: Page) -> float:
    """CPU of all processes of the browser over `_OBSERVED_S` seconds."""
    session = browser.new_browser_cdp_session()

    def spent() -> float:
        found = session.send("SystemInfo.getProcessInfo")["processInfo"]
        return float(sum(each["cpuTime"] for each in found))

    before, began = spent(), time.monotonic()
    page.wait_for_timeout(_OBSERVED_S * 1000)
    share = (spent() - before) / (time.monotonic() - began)
    session.detach()
    return share


def _enter(hall: Hall, browser: Browser, cookie: str, address: str) -> Page:
    context = browser.new_context(viewport={"width": 1280, "height": 1600})
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": hall.server.url}])
    page = context.new_page()
    page.add_init_script("sessionStorage.setItem('proctor-device', 'load')")
    page.goto(f"{hall.server.url}/i/{hall.slug}/{address}")
    return page


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tiles", type=int, nargs="*", default=list(TILES))
    parser.add_argument("--watches", type=int, default=WATCHES)
    options = parser.parse_args()
    main(options.tiles, options.watches)
