"""A real server process for the browser tests: own data folder, mail read from its log, kill, restart."""

import os
import re
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import URLError

from tests.kept_static import keep_static_files, lend_static_files

ROOT = Path(__file__).resolve().parents[2]


class Server:
    """The product as `./run` starts it, on a free port, in a folder of its own.

    `tables`: a database with the tables of today's migrations to begin with, so that they are not made anew.
    """

    def __init__(self, data_dir: Path, tables: Path | None = None) -> None:
        self.data_dir = data_dir
        if tables is not None:
            shutil.copyfile(tables, data_dir / "db.sqlite3")
        lend_static_files(data_dir)
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.log = data_dir / "server.log"
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PROCTOR_", "DJANGO_")) and name not in ("DATABASE_URL", "REDIS_URL")
        } | {
            "PROCTOR_SECRET_KEY": secrets.token_urlsafe(40),
            "PROCTOR_DATA_DIR": str(data_dir),
            "PROCTOR_PORT": str(self.port),
            "PROCTOR_BASE_URL": self.url,
            "PYTHONUNBUFFERED": "1",
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts the process and waits until it is ready."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "manage.py", "demo"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            self._wait_until_ready()
        except BaseException:
            self.kill()  # nobody else would: the fixture has nothing to stop yet
            raise

    def kill(self) -> None:
        """SIGKILL to the process and its workers: no goodbye, as when the power fails."""
        assert self._process is not None
        with suppress(ProcessLookupError):  # it may have ended by itself
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(10)
        self._process = None

    def stop(self) -> None:
        """A clean stop."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None
        keep_static_files(self.data_dir)

    def demo_accounts(self) -> dict[str, str]:
        """Passwords of the demo accounts by e-mail address, as the server printed and kept them."""
        lines = (self.data_dir / "demo_accounts.txt").read_text(encoding="utf-8").splitlines()
        return {line.split()[-2]: line.split()[-1] for line in lines}

    def mail_link(self, recipient: str, *, pattern: str, timeout_s: float = 10) -> str:
        """The newest link that console mail sent to `recipient` and that matches `pattern`."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            found = self._links(recipient, pattern)
            if found:
                return found[-1]
            time.sleep(0.1)
        raise AssertionError(f"no mail to {recipient} with a link like {pattern} in {self.log}")

    def _links(self, recipient: str, pattern: str) -> list[str]:
        text = self.log.read_text(encoding="utf-8", errors="replace")
        mails = re.split(r"(?m)^-{70,}$", text)
        return [
            link
            for mail in mails
            if f"To: {recipient}" in mail
            for link in re.findall(r"https?://\S+", mail)
            if re.search(pattern, link)
        ]

    @contextmanager
    def database(self) -> Iterator[sqlite3.Connection]:
        """The server's database, opened for reading beside it."""
        connection = sqlite3.connect(f"file:{self.data_dir / 'db.sqlite3'}?mode=ro", uri=True, timeout=20)
        connection.row_factory = sqlite3.Row
        try:
            yield connection
        finally:
            connection.close()

    def rows(self, query: str, *values: object) -> list[dict[str, object]]:
        """Rows of one query, as dictionaries."""
        with self.database() as connection:
            return [dict(row) for row in connection.execute(query, values)]

    def _wait_until_ready(self, timeout_s: float = 180) -> None:
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            assert self._process is not None
            if self._process.poll() is not None:
                raise AssertionError("the server ended at start:\n" + self.log.read_text()[-3000:])
            try:
                with urllib.request.urlopen(f"{self.url}/health/ready/", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except (URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
        raise AssertionError("the server was not ready in time:\n" + self.log.read_text()[-3000:])


def free_port() -> int:
    """A port of the loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
