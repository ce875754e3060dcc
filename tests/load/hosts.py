"""Several hosts of the roles web and capture behind nginx, with one PostgreSQL, Redis and worker."""

import os
import re
import shutil
import sys
import urllib.request
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.e2e.server import ROOT, free_port
from tests.faults.world import Part, World
from tests.load import cores, meter


def why_no_proxy() -> str:
    """Empty when nginx is there."""
    return "" if shutil.which("nginx") else "nginx was not found"


class Host:
    """One web and one capture process on `cores`, with as many processes that look at pictures."""

    def __init__(self, world: "Hosts", name: str, own: Sequence[int]) -> None:
        self.cores = own
        data = world.folder / name
        data.mkdir(mode=0o700)
        self.ports = {role: free_port() for role in ("web", "capture")}
        self.parts = {role: world.role(role, data, port, len(own)) for role, port in self.ports.items()}

    def start(self, role: str) -> None:
        """One of the two, on its cores; what a thread begins keeps to that thread's."""
        with cores.kept_to(self.cores):
            self.parts[role].start()


class Hosts(World):
    """`layout`: the cores of each host. Evidence is in a folder that all share, as a store would be."""

    def __init__(self, folder: Path, layout: Sequence[Sequence[int]], settings: dict[str, str]) -> None:
        shared = {"PROCTOR_EVIDENCE_FOLDER": str(folder / "evidence")}
        super().__init__(folder, {**shared, **settings})
        self.hosts = [Host(self, f"host{number}", own) for number, own in enumerate(layout)]
        work = [sys.executable, "manage.py", "serve", "--role", "worker"]
        self.jobs = self._part("jobs", work, lambda: None)
        config = folder / "nginx.conf"
        ports = {role: [host.ports[role] for host in self.hosts] for role in ("web", "capture")}
        port = int(self.environment["PROCTOR_PORT"])
        config.write_text(proxy_configuration(folder, port, ports), encoding="utf-8")
        self.proxy = self._part("proxy", ["nginx", "-c", str(config)], self._ask_web)

    def start(self) -> None:
        """All parts, in the order in which they need each other."""
        self.database.start()
        self._fill()
        self.cache.start()
        with ThreadPoolExecutor() as together:
            starting = [together.submit(host.start, role) for host in self.hosts for role in host.parts]
        for each in starting:
            each.result()
        self.jobs.start()
        self.proxy.start()

    def stop(self) -> None:
        """Ends every process of its own."""
        for part in (self.proxy, *(part for host in self.hosts for part in host.parts.values())):
            part.kill()
        super().stop()

    def roots(self) -> meter.Roots:
        """Processes by role."""
        return {
            "web": [host.parts["web"].process() for host in self.hosts],
            "capture": [host.parts["capture"].process() for host in self.hosts],
            "worker": [self.jobs.process()],
            "PostgreSQL": [self.database.process()],
            "Redis": [self.cache.process()],
            "nginx": [self.proxy.process()],
        }

    def role(self, role: str, data: Path, port: int, analysers: int) -> Part:
        """A process of one role, as a part that answers on its own port."""
        environment = self.environment | {
            "PROCTOR_DATA_DIR": str(data),
            "PROCTOR_PORT": str(port),
            "PROCTOR_ANALYSIS_WORKERS": str(analysers),
        }
        command = [sys.executable, "manage.py", "serve", "--role", role]
        log = self.folder / f"{data.name}-{role}.log"
        return Part(role, command, lambda: _ask(port), log, environment)


def proxy_configuration(folder: Path, port: int, ports: Mapping[str, Sequence[int]]) -> str:
    """deploy/nginx.conf before `ports` of each role; without TLS, whose cost is not ours to measure."""
    text = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
    for role, shipped in (("web", 8000), ("capture", 8001)):
        servers = " ".join(f"server 127.0.0.1:{each};" for each in ports[role])
        text = _replaced(text, f"server 127.0.0.1:{shipped};", servers)
    text = re.sub(r"server \{\s+listen 80;.*?\n\}\n", "", text, flags=re.DOTALL)
    text = re.sub(r"\n\s+ssl_\w+ [^;]+;", "", text)
    text = _replaced(text, "listen 443 ssl http2;", f"listen 127.0.0.1:{port};")
    text = _replaced(text, "server_name exams.example.org;", "server_name localhost;")
    text = _replaced(text, "/var/log/nginx/proctor.log", str(folder / "access.log"))
    text = _replaced(text, "Host $host;", "Host $http_host;")  # its port is part of the address here
    temporary = "".join(
        f"{each}_temp_path {folder}/{each}; " for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root; " if os.getuid() == 0 else ""  # its worker writes into our folder
    head = f"{user}pid {folder}/nginx.pid; daemon off; error_log {folder}/proxy-error.log;"
    return f"{head} events {{ worker_connections 4096; }} http {{ {temporary}\n{text} }}"


def _ask(port: int) -> None:
    urllib.request.urlopen(f"http://localhost:{port}/health/ready/", timeout=5).close()


def _replaced(text: str, old: str, new: str) -> str:
    assert old in text, old
    return text.replace(old, new)
