"""The shipped nginx.conf before two roles: TLS, sockets, uploads, numbers, and what stays inside."""

import asyncio
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import websockets

from tests.contracts.project_files import ROOT
from tests.e2e.server import Server, free_port
from tests.integration import servers
from tests.integration.certificates import make_certificate
from tests.quick_database import migrated_tables

HOST = "exams.example.org"
FILM = "/api/v1/sessions/3f2504e0-4f89-41d3-9a0c-0305e82c3301/screen-clips/"
pytestmark = [pytest.mark.slow, pytest.mark.redis]


class Role(Server):
    """One role, with data, Redis and database of a folder that all roles share."""

    def __init__(self, folder: Path, role: str, redis: str, secret: str, tls_port: int) -> None:
        super().__init__(folder)
        self.role, self.log = role, folder / f"{role}.log"
        self.environment |= {
            "REDIS_URL": redis,
            "PROCTOR_SECRET_KEY": secret,
            "PROCTOR_BASE_URL": f"https://{HOST}:{tls_port}",
            "PROCTOR_BEHIND_PROXY": "yes",
            "PROCTOR_SSL_REDIRECT": "no",
            "PROCTOR_ANALYSIS_WORKERS": "1",
            "PROCTOR_LOG_FORMAT": "json",
            "PROCTOR_ALLOWED_HOSTS": f"localhost,127.0.0.1,{HOST}",
        }

    def migrate(self) -> None:
        """Makes the tables that both roles share."""
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
            cwd=ROOT, env=self.environment, check=True, timeout=300,
        )  # fmt: skip

    def begin(self) -> None:
        """Starts the role without waiting."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "manage.py", "serve", "--role", self.role],
                cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip


class Site:
    """nginx before both roles."""

    def __init__(self, folder: Path, web: Role, capture: Role, port: int) -> None:
        self.web, self.capture, self.port = web, capture, port
        self.trust = ssl.create_default_context(cafile=str(folder / "fullchain.pem"))
        self.plain_port = free_port()
        self.address = f"https://{HOST}:{port}"
        self.config = folder / "nginx.conf"
        self.config.write_text(self._as_whole(folder), encoding="utf-8")

    def _as_whole(self, folder: Path) -> str:
        text = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
        for old, new in (
            ("127.0.0.1:8000", f"127.0.0.1:{self.web.port}"),
            ("127.0.0.1:8001", f"127.0.0.1:{self.capture.port}"),
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

    def ask(self, path: str, method: str = "GET", **more: Any) -> httpx.Response:
        """One request of a browser that finds the host at this machine."""
        transport = _Here(httpx.HTTPTransport(verify=self.trust))
        with httpx.Client(transport=transport, base_url=self.address) as client:
            return client.request(method, path, **more)


class _Here(httpx.BaseTransport):
    """Sends what is for HOST to the loopback, with its name in TLS and header."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self.inner = inner

    def close(self) -> None:
        self.inner.close()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.extensions["sni_hostname"] = HOST
        request.url = request.url.copy_with(host="127.0.0.1")
        return self.inner.handle_request(request)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None) -> Iterator[Site]:
    if shutil.which("nginx") is None:
        pytest.skip("nginx is not installed")
    folder = tmp_path_factory.mktemp("behind-nginx")
    tables = migrated_tables()
    if tables is not None:
        shutil.copyfile(tables, folder / "db.sqlite3")
    make_certificate(folder, HOST)
    with servers.redis_database() as redis:
        if not redis:
            pytest.skip(servers.why_no_redis(redis))
        port = free_port()
        secret = "only-for-this-test-" + "y" * 40
        web, capture = (Role(folder, role, redis, secret, port) for role in ("web", "capture"))
        made = Site(folder, web, capture, port)
        proxy = None
        try:
            if tables is None:  # this file alone, before any other left a copy
                web.migrate()
            web.begin()
            capture.begin()
            for each in (web, capture):
                each._wait_until_ready()
            proxy = subprocess.Popen(["nginx", "-c", str(made.config)], stderr=subprocess.DEVNULL)
            _wait_for(made)
            yield made
        finally:
            if proxy is not None:
                proxy.terminate()
                proxy.wait(10)
            web.stop()
            capture.stop()


def _wait_for(site: Site) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            site.ask("/health/live/")
            return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError(site.config.with_name("error.log").read_text())


def test_the_file_is_sound(site: Site) -> None:
    done = subprocess.run(["nginx", "-t", "-c", str(site.config)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_pages_come_by_tls_with_a_number_of_the_proxy_s(site: Site) -> None:
    answer = site.ask("/", headers={"X-Request-ID": "forged-number"})
    assert answer.status_code == 200
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["X-Request-ID"])
    assert answer.headers["Strict-Transport-Security"]
    plain = httpx.get(f"http://127.0.0.1:{site.plain_port}/x", headers={"Host": HOST})
    assert (plain.status_code, plain.headers["Location"]) == (301, f"https://{HOST}/x")


@pytest.mark.parametrize(("megabytes", "status", "who"), [(3, 401, "ours"), (6, 413, "nginx's")])
def test_a_film_of_three_megabytes_passes(site: Site, megabytes: int, status: int, who: str) -> None:
    body = b"\x1aE\xdf\xa3" + bytes(megabytes * 1_000_000 - 4)
    answer = site.ask(FILM, "POST", content=body, headers={"Content-Type": "video/webm"})
    assert answer.status_code == status, answer.text
    assert ("application/problem+json" in answer.headers["Content-Type"]) == (who == "ours")


def test_a_candidate_s_socket_reaches_the_analysis(site: Site) -> None:
    """Accepted, numbered, and answered by our own code: nobody is signed in (4401)."""

    async def open_socket(path: str, origin: str) -> tuple[int, str]:
        async with websockets.connect(
            f"wss://{HOST}:{site.port}{path}", host="127.0.0.1", port=site.port, ssl=site.trust, origin=origin
        ) as socket:
            number = socket.response.headers["X-Request-ID"]
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await asyncio.wait_for(socket.recv(), 10)
            return closed.value.rcvd.code, number

    code, number = asyncio.run(open_socket("/ws/attempts/1/", site.address))
    assert 4000 <= code < 5000 and re.fullmatch(r"[0-9a-f]{32}", number)
    with pytest.raises(websockets.InvalidStatus) as refused:
        asyncio.run(open_socket("/ws/attempts/1/", "https://elsewhere.example.com"))
    assert refused.value.response.status_code == 403


def _direct(role: Role, path: str) -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{role.port}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_a_role_refuses_what_the_other_answers(site: Site) -> None:
    status, body = _direct(site.web, FILM)
    assert (status, json.loads(body)["code"]) == (421, "wrong_role")
    assert _direct(site.capture, "/")[0] == 421
    assert _direct(site.capture, "/health/ready/")[0] == 200


def test_figures_are_told_inside_and_not_outside(site: Site) -> None:
    site.ask("/register/")
    assert site.ask("/health/metrics/").status_code == 404
    status, text = _direct(site.web, "/health/metrics/")
    assert status == 200
    assert re.search(
        r'(?m)^proctor_http_requests_total\{method="GET",route="register",status="200"\} [1-9]', text
    )
    assert _direct(site.capture, "/health/metrics/")[0] == 200


def test_links_stay_out_of_the_log_of_the_proxy(site: Site) -> None:
    site.ask("/invitation/Secret-Of-Ada-0123456789/?link=abcdef")
    written = site.config.with_name("access.log")
    ends = time.monotonic() + 20
    while "/invitation/..." not in (log := written.read_text()):  # written after the answer
        assert time.monotonic() < ends, f"no line of the request:\n{log}"
        time.sleep(0.05)
    assert "Secret-Of" not in log and "abcdef" not in log


def test_only_capture_begins_the_analysis(site: Site) -> None:
    ends = time.monotonic() + 60
    while "analysis:" not in site.capture.log.read_text():  # it begins beside, and answers before
        assert time.monotonic() < ends, site.capture.log.read_text()
        time.sleep(0.05)
    began = {each.role: "analysis:" in each.log.read_text() for each in (site.web, site.capture)}
    assert began == {"web": False, "capture": True}
