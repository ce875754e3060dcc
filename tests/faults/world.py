"""A deployment of its own processes (PostgreSQL, Redis, web, jobs), each of which can be killed."""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TypeVar
from urllib.error import URLError
from urllib.parse import urlsplit

import psutil
import psycopg
import redis

from tests.e2e.server import ROOT, free_port
from tests.integration.servers import POSTGRESQL
from tests.kept_static import keep_static_files, lend_static_files
from tests.quick_database import migrated_template

READY_WITHIN_S = 480.0
"""Making the tables takes 45 s of CPU (2026-11), and the machine may have other things to do."""


Kind = TypeVar("Kind", bound="World")


def postgresql_programs() -> Path | None:
    """The folder with `initdb` and `postgres`, newest version first; None where there is none."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    found = shutil.which("postgres")
    return Path(found).resolve().parent if found else None


def why_not() -> str:
    """Empty when everything is there, else what is missing."""
    if postgresql_programs() is None:
        return "initdb and postgres were not found"
    if os.geteuid() == 0 and "postgres" not in {each.pw_name for each in pwd.getpwall()}:
        return "PostgreSQL does not run as root, and there is no user postgres"
    missing = [each for each in ("redis-server", "pg_dump", "psql") if shutil.which(each) is None]
    return f"{missing[0]} was not found" if missing else ""


class Part:
    """One process. `make`: its command; `ready`: raises until it answers."""

    def __init__(
        self, name: str, command: list[str], ready: Callable[[], object], log: Path, env: dict[str, str]
    ) -> None:
        self.name, self.command, self.ready, self.log, self.env = name, command, ready, log, env
        self.running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it, again if need be, and waits until it answers."""
        over = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < over:
            if self.running is None or self.running.poll() is not None:
                with self.log.open("ab") as log:
                    self.running = subprocess.Popen(
                        self.command, cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True
                    )
            with suppress(OSError, URLError, redis.RedisError, psycopg.Error):
                self.ready()
                return
            time.sleep(0.2)
        raise AssertionError(f"{self.name} was not ready in time:\n{self.log.read_text()[-2000:]}")

    def process(self) -> psutil.Process:
        assert self.running is not None
        return psutil.Process(self.running.pid)

    def kill(self) -> None:
        """SIGKILL to all of it, as when the power fails."""
        if self.running is None:
            return
        with suppress(psutil.NoSuchProcess):
            for each in (self.process(), *self.process().children(recursive=True)):
                with suppress(psutil.NoSuchProcess):
                    each.kill()
        self.running.wait(10)
        self.running = None

    def stand_still(self, seconds: float) -> None:
        """All of it is stopped for some seconds, as by a disk that does not answer."""
        everything = [self.process(), *self.process().children(recursive=True)]
        for signalled in (signal.SIGSTOP, signal.SIGCONT):
            for each in everything:
                with suppress(psutil.NoSuchProcess):
                    each.send_signal(signalled)
            if signalled == signal.SIGSTOP:
                time.sleep(seconds)


class World:
    """`database`, `cache`, `web`, `jobs`: parts; `environment`: the settings of web, jobs and rehearsal.

    `around`: what has to be cleared away after it.
    """

    def __init__(self, folder: Path, settings: dict[str, str], around: ExitStack | None = None) -> None:
        self.around, self.folder, port = around or ExitStack(), folder, free_port()
        self.direct = self.address = f"http://localhost:{port}"
        data, base = folder / "data", folder / "postgresql"
        data.mkdir(mode=0o700, exist_ok=True)
        database_port, redis_port = free_port(), free_port()
        self.database_url = f"postgresql://postgres@127.0.0.1:{database_port}/postgres"
        self.redis_url = f"redis://127.0.0.1:{redis_port}/0"
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PROCTOR_", "DJANGO_")) and name not in ("DATABASE_URL", "REDIS_URL")
        }
        self.environment = kept | {
            "DJANGO_SETTINGS_MODULE": "proctor_site.settings",
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "PROCTOR_SECRET_KEY": secrets.token_urlsafe(40),
            "PROCTOR_DATA_DIR": str(data),
            "PROCTOR_PORT": str(port),
            "PROCTOR_BASE_URL": self.address,
            "PROCTOR_LOG_LEVEL": "WARNING",
            "PROCTOR_JOBS_IN_PROCESS": "no",
            "PROCTOR_ANALYSIS_WORKERS": "1",
            **settings,
        }
        programs = postgresql_programs()
        assert programs is not None
        as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        self._make_cluster(programs, as_user, base)
        postgres = [*as_user, str(programs / "postgres"), "-D", str(base), "-p", str(database_port)]
        postgres += ["-k", str(base), "-c", "listen_addresses=127.0.0.1"]
        server = ["redis-server", "--port", str(redis_port), "--bind", "127.0.0.1", "--save", "", "--dir"]
        manage = [sys.executable, "manage.py"]
        self.database = self._part("database", postgres, self._ask_database)
        self.cache = self._part("cache", [*server, str(folder)], self._ask_cache)
        self.web = self._part("web", [*manage, "serve"], self._ask_web)
        self.jobs = self._part("jobs", [*manage, "run_jobs"], lambda: None)

    def start(self) -> None:
        """All parts, in the order in which they need each other."""
        self.database.start()
        self._fill()
        lend_static_files(self.folder / "data")
        for part in (self.cache, self.web, self.jobs):
            part.start()

    def stop(self) -> None:
        """Ends every process of its own."""
        keep_static_files(self.folder / "data")
        for part in (self.jobs, self.web, self.cache, self.database):
            part.kill()

    def slow_commits(self, ms: int) -> None:
        """PostgreSQL sleeps so long where it would wait for its disk, as on a slow one (at most 100)."""
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET commit_siblings = 0")
            connection.execute(f"ALTER SYSTEM SET commit_delay = {1000 * ms}")
            connection.execute("SELECT pg_reload_conf()")

    def analysers(self) -> list[psutil.Process]:
        """The processes that look at pictures and listen: children of the web process."""
        children = self.web.process().children(recursive=True)
        return [each for each in children if "spawn_main" in " ".join(each.cmdline())]

    def log_of(self, part: str) -> str:
        return (self.folder / f"{part}.log").read_text(encoding="utf-8", errors="replace")

    def _part(self, name: str, command: list[str], ready: Callable[[], object]) -> Part:
        return Part(name, command, ready, self.folder / f"{name}.log", self.environment)

    def _make_cluster(self, programs: Path, as_user: list[str], base: Path) -> None:
        base.mkdir(exist_ok=True)
        if as_user:
            shutil.chown(base, "postgres")
        command = [*as_user, str(programs / "initdb"), "-D", str(base), "-U", "postgres", "-A", "trust"]
        subprocess.run([*command, "--encoding", "UTF8", "--locale", "C"], check=True, capture_output=True)

    def _fill(self) -> None:
        """Today's tables from the copy that the suite has made; without one the web process makes them."""
        template = urlsplit(POSTGRESQL)._replace(path=f"/{migrated_template()}").geturl()
        dump = subprocess.run(["pg_dump", "--no-owner", template], capture_output=True, check=False)
        if dump.returncode == 0:
            command = ["psql", "--quiet", "--set", "ON_ERROR_STOP=1", self.database_url]
            subprocess.run(command, input=dump.stdout, check=True, stdout=subprocess.DEVNULL)

    def _ask_database(self) -> None:
        psycopg.connect(self.database_url, connect_timeout=2).close()

    def _ask_cache(self) -> None:
        with redis.Redis.from_url(self.redis_url, socket_connect_timeout=2) as client:
            client.ping()

    def _ask_web(self) -> None:
        urllib.request.urlopen(f"{self.direct}/health/ready/", timeout=5).close()


@contextmanager
def open_world(kind: type[Kind] = World, **settings: str) -> Iterator[Kind]:  # type: ignore[assignment]
    """A running world in a folder of its own, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="proctor-faults-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)  # the user of PostgreSQL must reach its cluster in it
        with ExitStack() as around:
            world = kind(folder, settings, around)
            around.callback(world.stop)
            world.start()
            yield world
