"""A real server with a hall of candidates, and its CPU time."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.e2e.server import ROOT, Server

_SEED = """
import django, json
django.setup()
from tests.load.seed_hall import seed
print(json.dumps(seed({candidates}, listens={listens})))
"""


@dataclass(frozen=True)
class Candidate:
    """One candidate in the middle of an attempt."""

    attempt: int
    item: int
    session: str
    token: str
    cookie: str


@dataclass(frozen=True)
class Hall:
    """A server, and who may talk to it."""

    server: Server
    slug: str
    sitting: int
    proctor: str
    candidates: list[Candidate]

    @property
    def socket_url(self) -> str:
        return self.server.url.replace("http", "ws", 1)

    def megabytes(self) -> tuple[float, list[float]]:
        """Memory that the server holds now, and each of its other processes, largest first."""
        assert self.server._process is not None
        server = psutil.Process(self.server._process.pid)
        others = [each.memory_info().rss / 2**20 for each in server.children(recursive=True)]
        return server.memory_info().rss / 2**20, sorted(others, reverse=True)

    def cpu_seconds(self) -> float:
        """User and system time of the server and its analysers so far."""
        assert self.server._process is not None
        server = psutil.Process(self.server._process.pid)
        total = 0.0
        for process in [server, *server.children(recursive=True)]:
            times = process.cpu_times()
            total += times.user + times.system
        return total


@contextmanager
def open_hall(candidates: int, *, listens: bool = False) -> Iterator[Hall]:
    """Seeds a scratch folder, starts the server there as `./run` does, and stops it afterwards."""
    with tempfile.TemporaryDirectory(prefix="proctor-bench-") as folder:
        server = Server(Path(folder))
        server.environment["PROCTOR_LOG_LEVEL"] = "WARNING"
        server.start()
        try:
            made = _seed(server, candidates, listens=listens)
            people = [Candidate(**each) for each in made.pop("candidates")]
            yield Hall(server, candidates=people, **made)
        finally:
            server.stop()


def _seed(server: Server, candidates: int, *, listens: bool) -> dict[str, Any]:
    command = [sys.executable, "-c", _SEED.format(candidates=candidates, listens=listens)]
    environment = server.environment | {"DJANGO_SETTINGS_MODULE": "proctor_site.settings"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the hall could not be seeded:\n{done.stderr[-3000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer
