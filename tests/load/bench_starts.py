"""The start rush: N candidates start within 5 s over real HTTP against PostgreSQL, then save every 10 s.

Prints the largest N whose first question is there within 2 s (p95) and whose saves take less than 300 ms
(p95), and how both grow from N/4 to N.
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
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit

import httpx
import psycopg

from tests.e2e.server import ROOT, free_port
from tests.integration.servers import POSTGRESQL, why_no_postgresql

WITHIN_S = 5.0
SAVE_EVERY_S = 10.0
FIRST_QUESTION_S, SAVE_S = 2.0, 0.3
SIZES = (10, 20, 40, 80, 160, 320)
_SEED = """
import django, json
django.setup()
from tests.load.seed_starts import seed
print(json.dumps(seed({counts})))
"""


@dataclass(frozen=True)
class Figures:
    """One size: 95th percentiles in seconds, and what failed."""

    candidates: int
    first_question_s: float
    save_s: float
    failed: int

    @property
    def is_good(self) -> bool:
        return not self.failed and self.first_question_s < FIRST_QUESTION_S and self.save_s < SAVE_S

    def __str__(self) -> str:
        return (
            f"{self.candidates:5d} candidates: first question p95 {self.first_question_s * 1000:6.0f} ms, "
            f"save p95 {self.save_s * 1000:6.0f} ms, {self.failed} failed"
        )


def main(seconds: float = 12.0, sizes: tuple[int, ...] = SIZES) -> None:
    """Doubles the hall until it no longer holds. `seconds`: how long each hall saves."""
    missing = why_no_postgresql()
    if missing:
        print(f"left out: {missing}")
        return
    found: list[Figures] = []
    with _database() as url, tempfile.TemporaryDirectory(prefix="proctor-starts-") as folder:
        environment = _environment(Path(folder), url)
        _manage(environment, "migrate", "--verbosity", "0")
        made = _seed(environment, list(sizes))
        with _server(environment) as address:
            for hall in made["halls"]:
                found.append(asyncio.run(_rush(address, made["slug"], hall, seconds)))
                print(found[-1], flush=True)
                if not found[-1].is_good:
                    break
    _sum_up(found)


def _sum_up(found: list[Figures]) -> None:
    good = [each for each in found if each.is_good]
    if not good:
        print(f"not even {found[0].candidates} candidates can start at once within the limits")
        return
    most = good[-1]
    print(f"largest hall within the limits: {most.candidates} candidates starting within {WITHIN_S:g} s")
    quarter = next((each for each in good if each.candidates * 4 == most.candidates), None)
    if quarter is not None:
        first, save = most.first_question_s / quarter.first_question_s, most.save_s / quarter.save_s
        print(
            f"from {quarter.candidates} to {most.candidates}: first question x{first:.1f}, save x{save:.1f}"
        )


async def _rush(address: str, slug: str, hall: list[dict[str, Any]], seconds: float) -> Figures:
    source = random.Random(len(hall))
    firsts: list[float] = []
    saves: list[float] = []
    failed: list[str] = []

    async def candidate(who: dict[str, Any], wait: float) -> None:
        async with _client(address, who) as client:
            await asyncio.sleep(wait)
            began = time.perf_counter()
            api = f"/api/v1/attempts/{who['attempt']}/"
            started = await client.post(api + "start/", json={"device": "tab"})
            page = await client.get(f"/i/{slug}/attempts/{who['attempt']}/exam/")
            if started.status_code != 200 or page.status_code != 200 or 'data-item="' not in page.text:
                failed.append(f"start: {started.status_code}, page: {page.status_code}")
                return
            firsts.append(time.perf_counter() - began)
            await asyncio.sleep(source.random() * SAVE_EVERY_S)
            for number in range(1, 1 + max(1, round(seconds / SAVE_EVERY_S))):
                began = time.perf_counter()
                change = {"client_sequence": number, "item": who["item"], "value": f"answer {number} " * 20}
                change["client_at"] = datetime.now(UTC).isoformat()
                answer = await client.post(api + "answers/", json={"device": "tab", "changes": [change]})
                if answer.status_code != 200 or answer.json()["accepted"] != [number]:
                    failed.append(f"save: {answer.status_code}")
                    continue
                saves.append(time.perf_counter() - began)
                await asyncio.sleep(max(0.0, began + SAVE_EVERY_S - time.perf_counter()))

    await asyncio.gather(*(candidate(who, source.random() * WITHIN_S) for who in hall))
    for problem in sorted(set(failed)):
        print(f"  {problem}")
    return Figures(len(hall), _p95(firsts), _p95(saves), len(failed))


def _client(address: str, who: dict[str, Any]) -> httpx.AsyncClient:
    csrf = "x" * 32
    return httpx.AsyncClient(
        base_url=address,
        cookies={"sessionid": who["cookie"], "csrftoken": csrf},
        headers={"X-CSRFToken": csrf, "Referer": address, "Origin": address},
        timeout=60,
    )


def _p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)] if values else float("inf")


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


def _seed(environment: dict[str, str], counts: list[int]) -> dict[str, Any]:
    command = [sys.executable, "-c", _SEED.format(counts=counts)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the halls could not be seeded:\n{done.stderr[-3000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


@contextmanager
def _server(environment: dict[str, str]) -> Iterator[str]:
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
        yield address
    finally:
        process.terminate()
        process.wait(20)
