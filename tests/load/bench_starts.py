"""The start rush: N candidates start within 5 s over real HTTP against PostgreSQL, then save every 10 s.

Finds the largest N whose first question is there within 2 s (p95) and whose saves take less than 300 ms
(p95), by which limit more would break it, and how both grow from N/4 to N.
"""

import asyncio
import json
import os
import random
import secrets
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit

import httpx
import psutil
import psycopg

from tests.e2e.server import ROOT, free_port
from tests.integration.servers import POSTGRESQL, redis_database, why_no_postgresql, why_no_redis
from tests.load.ladder import climb
from tests.load.steps import percentile

WITHIN_S = 5.0
SAVE_EVERY_S = 10.0
FIRST_QUESTION_S, SAVE_S = 2.0, 0.3
SIZES = (20, 40, 80, 160, 320, 640, 1_280)
WARM_UP = 8
FIRST, SAVE = "first question", "save"
NAMES = ("start", "exam page", FIRST, SAVE)
_SEED = """
import django, json
django.setup()
from tests.load.seed_starts import seed
print(json.dumps(seed({count})))
"""


@dataclass
class Figures:
    """What one hall measured: seconds of each request by its name, what failed, CPU of server and of load."""

    candidates: int
    taken: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in NAMES})
    failed: list[str] = field(default_factory=list)
    server_cpu_s: float = 0.0
    load_cpu_s: float = 0.0

    @property
    def broken_by(self) -> str:
        """The limit that the hall breaks, in words; empty when it holds."""
        if self.failed:
            return f"{len(self.failed)} failed ({sorted(set(self.failed))[0]})"
        first, save = self.p95(FIRST), self.p95(SAVE)
        if first >= FIRST_QUESTION_S:
            return f"first question p95 {first * 1000:.0f} ms, limit {FIRST_QUESTION_S * 1000:.0f} ms"
        return f"save p95 {save * 1000:.0f} ms, limit {SAVE_S * 1000:.0f} ms" if save >= SAVE_S else ""

    def p95(self, name: str) -> float:
        return percentile(self.taken[name], 0.95)

    def __str__(self) -> str:
        """A table of one hall. CPU of the database server is in neither figure."""
        requests = sum(len(self.taken[name]) for name in NAMES if name != FIRST)
        lines = [f"{self.candidates} candidates: {self.broken_by or 'within the limits'}"]
        for name, values in self.taken.items():
            shown = " ".join(f"p{each} {percentile(values, each / 100) * 1000:6.0f}" for each in (50, 95, 99))
            lines.append(f"    {name:<16} {shown} ms, n {len(values)}")
        lines.append(
            f"    CPU: web {self.server_cpu_s * 1000 / max(1, requests):.1f} ms a request, "
            f"load generator {self.load_cpu_s * 1000 / max(1, requests):.1f} ms a request; "
            f"{len(self.failed)} failed"
        )
        return "\n".join(lines)


def main(seconds: float = 12.0, *, processes: int = 1, sizes: tuple[int, ...] = SIZES) -> None:
    """Doubles the hall until it no longer holds, then closes in. `seconds`: how long each hall saves.

    `processes`: web processes; more than one need Redis (docs/operations.md).
    """
    missing = why_no_postgresql()
    if missing:
        print(f"left out: {missing}")
        return
    with redis_database() if processes > 1 else nullcontext("") as redis:
        if processes > 1 and not redis:
            print(f"left out: {why_no_redis(redis)}")
            return
        _measure(seconds, processes, redis, sizes)


def _measure(seconds: float, processes: int, redis: str, sizes: tuple[int, ...]) -> None:
    found: list[Figures] = []
    with _database() as url, tempfile.TemporaryDirectory(prefix="proctor-starts-") as folder:
        environment = _environment(Path(folder), url)
        environment |= {"PROCTOR_WEB_PROCESSES": str(processes)} | ({"REDIS_URL": redis} if redis else {})
        _manage(environment, "migrate", "--verbosity", "0")
        with _server(environment) as (address, web):
            # Imports, templates, pools: a server that was started this minute is not what an exam meets.
            first = _seed(environment, WARM_UP)
            asyncio.run(_rush(address, web, first, 0.0))
            print(
                f"set-up: {processes} web process{'es' if processes > 1 else ''} (uvicorn), PostgreSQL"
                f"{', Redis' if redis else ''}, {first['questions']} questions; "
                "load generator and database share the cores",
                flush=True,
            )

            def hall(count: int) -> bool:
                found.append(asyncio.run(_rush(address, web, _seed(environment, count), seconds)))
                print(found[-1], flush=True)
                return not found[-1].broken_by

            climb(sizes, hall)
    _sum_up(found)


def _sum_up(found: list[Figures]) -> None:
    good = [each for each in found if not each.broken_by]
    if not good:
        print(f"not even {found[0].candidates} candidates can start at once within the limits")
        return
    most = max(good, key=lambda each: each.candidates)
    print(f"largest hall within the limits: {most.candidates} candidates starting within {WITHIN_S:g} s")
    beyond = [each for each in found if each.broken_by and each.candidates > most.candidates]
    if beyond:
        next_one = min(beyond, key=lambda each: each.candidates)
        print(f"limit broken at {next_one.candidates} candidates: {next_one.broken_by}")
    quarter = next((each for each in found if each.candidates == most.candidates // 4), None)
    if quarter is not None:
        growth = ", ".join(f"{name} x{most.p95(name) / quarter.p95(name):.1f}" for name in (FIRST, SAVE))
        print(f"p95 from {quarter.candidates} to {most.candidates} candidates: {growth}")


async def _rush(address: str, web: psutil.Process, made: dict[str, Any], seconds: float) -> Figures:
    hall, slug = made["hall"], made["slug"]
    source = random.Random(len(hall))
    figures = Figures(len(hall))
    every_s = min(SAVE_EVERY_S, seconds)

    async def timed(name: str, asked: Awaitable[httpx.Response]) -> httpx.Response:
        began = time.perf_counter()
        answer = await asked
        figures.taken[name].append(time.perf_counter() - began)
        return answer

    async def candidate(who: dict[str, Any], wait: float) -> None:
        async with _client(address, who) as client:
            await asyncio.sleep(wait)
            began = time.perf_counter()
            api = f"/api/v1/attempts/{who['attempt']}/"
            started = await timed("start", client.post(api + "start/", json={"device": "tab"}))
            page = await timed("exam page", client.get(f"/i/{slug}/attempts/{who['attempt']}/exam/"))
            if started.status_code != 200 or page.status_code != 200 or 'data-item="' not in page.text:
                figures.failed.append(f"start: {started.status_code}, page: {page.status_code}")
                return
            figures.taken[FIRST].append(time.perf_counter() - began)
            await asyncio.sleep(source.random() * every_s)
            for number in range(1, 1 + max(1, round(seconds / SAVE_EVERY_S))):
                began = time.perf_counter()
                change = {"client_sequence": number, "item": who["item"], "value": f"answer {number} " * 20}
                change["client_at"] = datetime.now(UTC).isoformat()
                body = {"device": "tab", "changes": [change]}
                answer = await timed(SAVE, client.post(api + "answers/", json=body))
                if answer.status_code != 200 or answer.json()["accepted"] != [number]:
                    figures.failed.append(f"save: {answer.status_code}")
                await asyncio.sleep(max(0.0, began + every_s - time.perf_counter()))

    server, own = _cpu(web), time.process_time()
    await asyncio.gather(*(candidate(who, source.random() * WITHIN_S) for who in hall))
    figures.server_cpu_s, figures.load_cpu_s = _cpu(web) - server, time.process_time() - own
    return figures


def _cpu(web: psutil.Process) -> float:
    times = [each.cpu_times() for each in (web, *web.children(recursive=True))]
    return float(sum(each.user + each.system for each in times))


def _client(address: str, who: dict[str, Any]) -> httpx.AsyncClient:
    csrf = "x" * 32
    return httpx.AsyncClient(
        base_url=address,
        cookies={"sessionid": who["cookie"], "csrftoken": csrf},
        headers={"X-CSRFToken": csrf, "Referer": address, "Origin": address},
        timeout=60,
    )


@contextmanager
def _database() -> Iterator[str]:
    name = f"proctor_starts_{os.getpid()}"
    server = urlsplit(POSTGRESQL)._replace(path="/postgres").geturl()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield urlsplit(POSTGRESQL)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _environment(folder: Path, database: str) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PROCTOR_", "DJANGO_")) and name != "REDIS_URL"
    }
    return kept | {
        "DJANGO_SETTINGS_MODULE": "proctor_site.settings",
        "DATABASE_URL": database,
        "PROCTOR_SECRET_KEY": secrets.token_urlsafe(40),
        "PROCTOR_DATA_DIR": str(folder),
        "PROCTOR_LOG_LEVEL": "WARNING",
    }


def _manage(environment: dict[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment, check=True)


def _seed(environment: dict[str, str], count: int) -> dict[str, Any]:
    command = [sys.executable, "-c", _SEED.format(count=count)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the hall could not be seeded:\n{done.stderr[-3000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


@contextmanager
def _server(environment: dict[str, str]) -> Iterator[tuple[str, psutil.Process]]:
    """The address of a server, and its process."""
    port = free_port()
    address = f"http://localhost:{port}"
    command = [sys.executable, "manage.py", "serve"]
    own = environment | {"PROCTOR_PORT": str(port), "PROCTOR_BASE_URL": address}
    _manage(own, "collectstatic", "--noinput", "--verbosity", "0")
    process = subprocess.Popen(command, cwd=ROOT, env=own, start_new_session=True, stdout=subprocess.DEVNULL)
    try:
        for _ in range(600):
            if process.poll() is not None:
                raise RuntimeError("the server ended at start")
            try:
                urllib.request.urlopen(f"{address}/health/ready/", timeout=2).close()
                break
            except (URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
        yield address, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(20)
