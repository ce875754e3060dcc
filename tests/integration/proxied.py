"""The roles as processes of their own behind the shipped nginx.conf, with a certificate made for the hour."""

import json
import os
import shutil
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from tests.contracts.project_files import ROOT
from tests.e2e.server import Server, free_port
from tests.integration import servers
from tests.integration.certificates import make_certificate
from tests.quick_database import migrated_tables, migrated_template

HOST = "exams.example.org"
ROLES = ("web", "capture", "worker")
_READY_S = 180


class Role(Server):
    """One role, with data, Redis and database that all roles share. `settings`: more for its environment."""

    def __init__(self, folder: Path, role: str, settings: dict[str, str]) -> None:
        super().__init__(folder)
        self.role, self.log = role, folder / f"{role}.log"
        self.environment |= {
            "PROCTOR_BEHIND_PROXY": "yes",
            "PROCTOR_SSL_REDIRECT": "no",
            "PROCTOR_ANALYSIS_WORKERS": "1",
            "PROCTOR_LOG_FORMAT": "json",
            "PROCTOR_ALLOWED_HOSTS": f"localhost,127.0.0.1,{HOST}",
            **settings,
        }

    def begin(self) -> None:
        """Starts the role without waiting."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "manage.py", "serve", "--role", self.role],
                cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def start(self) -> None:
        """Starts the role and waits until it is ready."""
        self.begin()
        self._wait_until_ready(_READY_S)

    def end(self) -> int:
        """SIGTERM as by systemd; its exit code, once it has ended by itself."""
        assert self._process is not None
        self._process.terminate()
        code = self._process.wait(60)
        self._process = None
        return code

    def ask(self, path: str) -> tuple[int, str]:
        """Status and text of its own answer, past the proxy."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def run(self, *words: str, **settings: str) -> "subprocess.CompletedProcess[str]":
        """Python with these words, in the surroundings of this role."""
        environment = {"DJANGO_SETTINGS_MODULE": "proctor_site.settings", **self.environment, **settings}
        return subprocess.run(
            [sys.executable, *words], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300
        )


class Site:
    """nginx before the roles, by name. `kind`: of their database."""

    def __init__(self, folder: Path, kind: str, settings: dict[str, str]) -> None:
        self.kind, self.port, self.plain_port = kind, free_port(), free_port()
        self.address = f"https://{HOST}:{self.port}"
        self.nearby = f"https://localhost:{self.port}"
        """The same for programs that cannot be told where the host is."""
        settings = settings | {"PROCTOR_BASE_URL": self.address}
        self.roles = {role: Role(folder, role, settings) for role in ROLES}
        self.certificate = folder / "fullchain.pem"
        make_certificate(folder, HOST, "localhost")
        self.trust = ssl.create_default_context(cafile=str(self.certificate))
        self.config = folder / "nginx.conf"
        self.config.write_text(self._as_whole(folder), encoding="utf-8")
        self._database = settings.get("DATABASE_URL", "")

    def ask(self, path: str, method: str = "GET", **more: Any) -> httpx.Response:
        """One request of a browser that finds the host at this machine."""
        with self.browser() as client:
            return client.request(method, path, **more)

    def browser(self, **headers: str) -> httpx.Client:
        """One that keeps its cookies and follows no redirect."""
        transport = _Here(httpx.HTTPTransport(verify=self.trust))
        return httpx.Client(transport=transport, base_url=self.address, headers=headers, timeout=30)

    def rows(self, query: str) -> list[dict[str, Any]]:
        """Rows of one query to the database that all roles share."""
        if not self._database:
            return self.roles["web"].rows(query)
        with psycopg.connect(self._database, row_factory=dict_row) as connection:
            return connection.execute(query.encode()).fetchall()

    def _as_whole(self, folder: Path) -> str:
        text = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
        for old, new in (
            ("127.0.0.1:8000", f"127.0.0.1:{self.roles['web'].port}"),
            ("127.0.0.1:8001", f"127.0.0.1:{self.roles['capture'].port}"),
            ("listen 443 ssl", f"listen 127.0.0.1:{self.port} ssl"),
            ("listen 80;", f"listen 127.0.0.1:{self.plain_port};"),
            ("/etc/proctor/tls", str(folder)),
            ("/var/log/nginx/proctor.log", str(folder / "access.log")),
            ("Host $host;", "Host $http_host;"),  # the port is not 443 here
        ):
            assert old in text, old
            text = text.replace(old, new)
        temporary = "".join(
            f"{each}_temp_path {folder}/{each};"
            for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        user = "user root; " if os.getuid() == 0 else ""  # its worker writes into our folder
        head = f"{user}pid {folder}/nginx.pid; daemon off; error_log {folder}/error.log; events {{}}"
        return f"{head} http {{ {temporary}\n{text} }}"

    def wait_until_open(self) -> None:
        """Until nginx answers."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with suppress(httpx.TransportError):
                self.ask("/health/live/")
                return
            time.sleep(0.05)
        raise AssertionError(self.config.with_name("error.log").read_text())


class _Here(httpx.BaseTransport):
    """Sends what is for HOST to the loopback, with its name in TLS and header."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self.inner = inner

    def close(self) -> None:
        self.inner.close()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        # Another request: cookies belong to the host of the one that the client knows.
        sent = httpx.Request(
            request.method, request.url.copy_with(host="127.0.0.1"), headers=request.headers,
            stream=request.stream, extensions=request.extensions | {"sni_hostname": HOST},
        )  # fmt: skip
        return self.inner.handle_request(sent)


@contextmanager
def open_site(folder: Path, redis: str) -> Iterator[Site]:
    """web, capture and nginx at work, the worker not yet; on PostgreSQL where it answers, else on SQLite."""
    settings = {"REDIS_URL": redis, "PROCTOR_SECRET_KEY": "only-for-this-test-" + "y" * 40}
    with ExitStack() as around:
        is_migrated = False
        if not servers.why_no_postgresql():
            settings["DATABASE_URL"], is_migrated = around.enter_context(_database_on_server())
        elif (tables := migrated_tables()) is not None:
            shutil.copyfile(tables, folder / "db.sqlite3")
            is_migrated = True
        site = Site(folder, "postgresql" if "DATABASE_URL" in settings else "sqlite", settings)
        if not is_migrated:  # this file alone, before any other left a copy
            done = site.roles["web"].run("manage.py", "migrate", "--verbosity", "0")
            assert done.returncode == 0, done.stderr
        for role in site.roles.values():
            around.callback(role.stop)
        for role in (site.roles["web"], site.roles["capture"]):
            role.begin()
        for role in (site.roles["web"], site.roles["capture"]):
            role._wait_until_ready(_READY_S)
        proxy = subprocess.Popen(["nginx", "-c", str(site.config)], stderr=subprocess.DEVNULL)
        around.callback(proxy.wait, 10)
        around.callback(proxy.terminate)
        site.wait_until_open()
        yield site


@contextmanager
def _database_on_server() -> Iterator[tuple[str, bool]]:
    """Address of a database of its own, and whether it has today's tables; gone afterwards."""
    address, name = servers.POSTGRESQL.rpartition("/")[0], f"proctor_roles_{os.getpid()}"
    with psycopg.connect(f"{address}/postgres", autocommit=True) as server:
        wanted = migrated_template()
        found = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [wanted]).fetchone()
        words = sql.Identifier(name), sql.Identifier(wanted if found else "template1")
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*words))
        try:
            yield f"{address}/{name}", bool(found)
        finally:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(words[0]))


def code_of(text: str) -> str:
    """The code of a refusal."""
    return str(json.loads(text)["code"])
