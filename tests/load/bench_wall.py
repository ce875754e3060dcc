"""The proctor's page with 200 candidates: what browser and server pay for it, and how late alerts are."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import CDPSession, Page, sync_playwright

from tests.e2e.browsers import CHROMIUM, Console, launch, open_page
from tests.e2e.server import ROOT, Server
from tests.integration.servers import redis_database, why_no_redis

CANDIDATES = 200
Work = Callable[[Page, float], None]
_PYTHON = "import django, json\ndjango.setup()\nfrom tests.load.seed_wall import seed, feed\n"
_WATCH = """
() => {
  const seen = { frames: [], long: [], alerts: [], bytes: 0, messages: 0 };
  window.benchSeen = seen;
  let last = performance.now();
  const step = (now) => { seen.frames.push(now - last); last = now; requestAnimationFrame(step); };
  requestAnimationFrame(step);
  new PerformanceObserver((list) => {
    for (const each of list.getEntries()) seen.long.push(each.duration);
  }).observe({ type: "longtask" });
  const told = new Map();
  document.addEventListener("bench:told", ({ detail }) => told.set(detail.incident, detail.at));
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) for (const node of addedNodes) {
      const at = told.get(Number(node.dataset?.entry));
      if (at) seen.alerts.push(Date.now() - at);
    }
  }).observe(document.getElementById("feed"), { childList: true });
}
"""
_HOOK = """
(() => {
  const Real = WebSocket;
  window.WebSocket = class extends Real {
    constructor(...args) {
      super(...args);
      this.addEventListener("message", ({ data }) => {
        const seen = window.benchSeen;
        if (!seen || typeof data !== "string") return;
        seen.bytes += data.length;
        seen.messages += 1;
        const message = data.slice(0, 20).includes("events") ? JSON.parse(data) : null;
        for (const { kind, payload } of message?.events ?? []) {
          if (kind !== "incident.opened" || !payload.told_at_ms) continue;
          const detail = { incident: payload.incident, at: payload.told_at_ms };
          document.dispatchEvent(new CustomEvent("bench:told", { detail }));
        }
      });
    }
  };
})();
"""


@dataclass(frozen=True)
class Wall:
    """A server with the sitting, and how a proctor gets in."""

    server: Server
    slug: str
    sitting: int
    proctor: str

    @property
    def url(self) -> str:
        return f"{self.server.url}/i/{self.slug}/watch/{self.sitting}/"


def main(seconds: float = 20.0, candidates: int = CANDIDATES) -> None:
    """Prints the figures of a page that is watched, searched and turned for `seconds` each."""
    if CHROMIUM is None:
        print("  left out: chromium is not installed")
        return
    with redis_database() as redis:
        if not redis:
            print(f"  left out: {why_no_redis(redis)}")
            return
        with (
            open_wall(candidates, redis) as wall,
            feeding(wall, redis, 3 * seconds + 60),
            sync_playwright() as playwright,
        ):
            browser = launch(playwright)
            try:
                _measure(wall, browser, seconds)
            finally:
                browser.close()


@contextmanager
def open_wall(candidates: int, redis: str) -> Iterator[Wall]:
    """A server as `./run` starts it, on Redis, so that another process can play the candidates' pages."""
    with tempfile.TemporaryDirectory(prefix="proctor-wall-") as folder:
        server = Server(Path(folder))
        server.environment |= {"PROCTOR_LOG_LEVEL": "WARNING", "REDIS_URL": redis}
        server.start()
        try:
            started = time.perf_counter()
            command = [sys.executable, "-c", _PYTHON + f"print(json.dumps(seed({candidates})))"]
            done = subprocess.run(
                command, cwd=ROOT, env=_environment(server), capture_output=True, text=True, check=False
            )
            if done.returncode:
                raise RuntimeError(f"the sitting could not be seeded:\n{done.stderr[-3000:]}")
            print(f"  {candidates} candidates seeded in {time.perf_counter() - started:.0f} s", flush=True)
            yield Wall(server, **json.loads(done.stdout.splitlines()[-1]))
        finally:
            server.stop()


@contextmanager
def feeding(wall: Wall, redis: str, seconds: float) -> Iterator[None]:
    """Candidates' pages, played by a process of its own, whose CPU counts for nobody."""
    command = [sys.executable, "-c", _PYTHON + f"feed({wall.sitting}, {seconds})"]
    process = subprocess.Popen(command, cwd=ROOT, env=_environment(wall.server) | {"REDIS_URL": redis})
    try:
        yield
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)


def _environment(server: Server) -> dict[str, str]:
    return server.environment | {"DJANGO_SETTINGS_MODULE": "proctor_site.settings"}


def _measure(wall: Wall, browser: Any, seconds: float) -> None:
    context, page = open_page(browser, Console())
    context.add_cookies([{"name": "sessionid", "value": wall.proctor, "url": wall.server.url}])
    page.add_init_script(_HOOK)
    started = time.perf_counter()
    page.goto(wall.url)
    page.wait_for_function("() => document.getElementById('page-state').textContent === 'Live'")
    opened = time.perf_counter() - started
    size = len(page.content())
    print(f"  page: live {opened:.1f} s after it was asked for, {size / 1000:.0f} kB of HTML")
    protocol = context.new_cdp_session(page)
    protocol.send("Performance.enable")
    page.evaluate(_WATCH)
    for name, work in (("watched", _rest), ("pages turned and searched", _work)):
        _phase(wall, page, protocol, name, work, seconds)


def _rest(page: Page, until: float) -> None:
    page.wait_for_timeout(max(0.0, until - time.monotonic()) * 1000)


def _work(page: Page, until: float) -> None:
    """As somebody who is busy: through the pages, then a search letter by letter, over and over."""
    while time.monotonic() < until:
        for _ in range(4):
            page.locator("#page-next").click()
            page.wait_for_timeout(400)
        for text in ("a", "an", "", "e", ""):
            page.locator("#search").fill(text)
            page.wait_for_timeout(300)


def _phase(wall: Wall, page: Page, protocol: CDPSession, name: str, work: Work, seconds: float) -> None:
    page.evaluate(
        "() => Object.assign(benchSeen, { frames: [], long: [], alerts: [], bytes: 0, messages: 0 })"
    )
    server, before = _cpu(wall.server), _metrics(protocol)
    begin = time.monotonic()
    work(page, begin + seconds)
    lasted = time.monotonic() - begin
    after, seen = _metrics(protocol), page.evaluate("() => benchSeen")

    def share(*names: str) -> str:
        return f"{sum(after[each] - before[each] for each in names) / lasted:.1%}"

    print(f"\n  {name}, {lasted:.0f} s, load {os.getloadavg()[0]:.1f}")
    _figures("time between frames, ms", seen["frames"], "{:7.1f}")
    long = seen["long"]
    _line("tasks over 50 ms", f"{len(long)}, longest {max(long, default=0):.0f} ms")
    _figures("incident told to shown, ms", seen["alerts"], "{:7.0f}")
    parts = f"scripts {share('ScriptDuration')}, layout {share('LayoutDuration', 'RecalcStyleDuration')}"
    _line("page: CPU of its thread", f"{share('TaskDuration')} of a core ({parts})")
    _line("page: heap, nodes", f"{after['JSHeapUsedSize'] / 1e6:.1f} MB, {after['Nodes']:.0f} nodes")
    rates = f"{seen['bytes'] / lasted / 1000:.0f} kB/s in {seen['messages'] / lasted:.1f} messages/s"
    _line("socket", rates)
    _line("server: CPU", f"{(_cpu(wall.server) - server) / lasted:.1%} of a core")


def _line(label: str, words: str) -> None:
    print(f"    {label:30} {words}", flush=True)


def _figures(label: str, values: list[float], look: str) -> None:
    if not values:
        _line(label, "no sample")
        return
    ordered = sorted(values)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]
    named = (("p50", ordered[len(ordered) // 2]), ("p95", p95), ("worst", ordered[-1]))
    words = "   ".join(f"{name} {look.format(value)}" for name, value in named)
    _line(label, f"{words}   n {len(ordered)}")


def _metrics(protocol: CDPSession) -> dict[str, float]:
    return {each["name"]: each["value"] for each in protocol.send("Performance.getMetrics")["metrics"]}


def _cpu(server: Server) -> float:
    assert server._process is not None
    process = psutil.Process(server._process.pid)
    times = [each.cpu_times() for each in [process, *process.children(recursive=True)]]
    return sum(each.user + each.system for each in times)
