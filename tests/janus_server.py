"""A real Janus on the loopback, started with the project's own files of deploy/janus, on ports of its own."""

import http.client
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.project_files import ROOT

JANUS = shutil.which("janus")
READY_WITHIN_S = 60.0
SECRETS = {
    "PROCTOR_JANUS_API_SECRET": "an api secret",
    "PROCTOR_JANUS_TOKEN_SECRET": "a token secret",
    "PROCTOR_JANUS_ADMIN_KEY": "an admin key",
    "PROCTOR_JANUS_EVENTS_SECRET": "an events secret",
}


class JanusServer:
    """One Janus; it forgets its rooms when it is stopped."""

    def __init__(self, folder: Path, *, events_to: str = "") -> None:
        self.http_port, self.ws_port = _free_port(), _free_port()
        self.folder = folder
        self.recordings = folder / "recordings"
        self.recordings.mkdir(exist_ok=True)
        self.running: subprocess.Popen[bytes] | None = None
        for file in (ROOT / "deploy" / "janus").glob("*.jcfg"):
            (folder / file.name).write_text(self._own(file.read_text(), events_to))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http_port}/janus"

    @property
    def ws_url(self) -> str:
        return f"ws://127.0.0.1:{self.ws_port}"

    def start(self) -> None:
        command = [str(JANUS), "-F", str(self.folder), "-C", str(self.folder / "janus.jcfg"), "-o"]
        with (self.folder / "log").open("ab") as log:
            self.running = subprocess.Popen(command, stdout=log, stderr=log)
        over = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < over:
            if self._answers():
                return
            assert self.running.poll() is None, (self.folder / "log").read_text()[-2000:]
            time.sleep(0.02)
        raise AssertionError("Janus did not start")

    def stop(self) -> None:
        if self.running is not None:
            self.running.kill()  # as when it dies; its own farewell takes more than a second
            self.running.wait()
            self.running = None

    def choose(self, settings: Any) -> None:
        """Makes it the provider of the test."""
        settings.LIVE_PROVIDER = "janus"
        settings.JANUS_URL, settings.JANUS_WS_URL = self.url, self.ws_url
        for name, value in SECRETS.items():
            setattr(settings, name.removeprefix("PROCTOR_"), value)

    def _own(self, text: str, events_to: str) -> str:
        for name, value in SECRETS.items():
            text = text.replace(f"set-{name}", value)
        text = text.replace("port = 8088", f"port = {self.http_port}")
        text = text.replace("ws_port = 8188", f"ws_port = {self.ws_port}")
        text = text.replace('configs_folder = "/etc/janus"', f'configs_folder = "{self.folder}"')
        text = text.replace("x86_64-linux-gnu", _architecture())
        if events_to:
            return re.sub(r'backend = ".*"', f'backend = "{events_to}"', text)
        return text.replace("enabled = true", "enabled = false")

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.http_port, timeout=2)
        try:
            connection.request("GET", "/janus/info")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()


def run_janus(folder: Path, **options: Any) -> Iterator[JanusServer]:
    """A running one, for fixtures; skips where Janus is not installed."""
    if JANUS is None:
        pytest.skip("janus is not installed (Debian: janus)")
    server = JanusServer(folder, **options)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _architecture() -> str:
    [folder] = Path("/usr/lib").glob("*/janus")
    return folder.parent.name
