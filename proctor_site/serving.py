"""Starts the web server: static files first (when they changed), then uvicorn in place of this process."""

import fcntl
import hashlib
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path
from typing import NoReturn

from django.conf import settings
from django.core.management import call_command

from proctor_site.kernel.errors import Conflict
from proctor_site.settings import env

SOCKET_MAX_BYTES = 262_144
"""Largest message on a socket; a camera frame is about 40,000 bytes (docs/operations.md)."""


def refuse_busy_port() -> None:
    """Raises Conflict when something listens on the port already."""
    family = socket.AF_INET6 if ":" in settings.SERVICE_HOST else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.SERVICE_HOST, settings.SERVICE_PORT))
        except OSError as error:
            raise Conflict(
                f"Port {settings.SERVICE_PORT} cannot be used: {error.strerror}. Is another server running "
                f"there? Stop it, or take another port: PROCTOR_PORT={settings.SERVICE_PORT + 1} ./run",
                code="port_busy",
            ) from error


def collect_static() -> bool:
    """Copies and compresses static files into STATIC_ROOT if any of them changed; whether it did."""
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    wanted = _static_fingerprint()
    # One after the other: roles of one host that start together would clear each other's files.
    with (Path(settings.DATA_DIR) / "static.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.is_file() and stamp.read_text() == wanted:
            return False
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(wanted)
        return True


def _static_fingerprint() -> str:
    """Names, sizes and times of our own files, and the versions of packages that bring files along."""
    digest = hashlib.sha256()
    for folder in settings.STATICFILES_DIRS:
        for path in sorted(_files(Path(folder))):
            facts = path.stat()
            # In whole seconds: images keep no more of it, and their files are collected when they are built.
            digest.update(f"{path}|{facts.st_size}|{int(facts.st_mtime)}\n".encode())
    for name in sorted(f"{each.metadata['Name']} {each.version}" for each in distributions()):
        digest.update(f"{name}\n".encode())
    return digest.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def run_server() -> NoReturn:
    """Becomes uvicorn; Ctrl-C then reaches it directly."""
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "proctor_site.asgi:application",
        "--app-dir",
        str(env.BASE_DIR),
    ]
    processes = 1 if settings.ROLE == "worker" else settings.WEB_PROCESSES  # a worker's figures are its own
    command += ["--host", settings.SERVICE_HOST, "--port", str(settings.SERVICE_PORT)]
    command += ["--workers", str(processes), "--lifespan", "on", "--no-access-log"]
    command += ["--log-level", "warning", "--no-server-header"]
    # JPEG does not shrink: compressing it again only costs time.
    command += ["--ws-max-size", str(SOCKET_MAX_BYTES), "--ws-per-message-deflate", "false"]
    # Open sockets must not hold up a stop: pages reconnect by themselves.
    command += ["--timeout-graceful-shutdown", "5"]
    folder = Path(settings.DATA_DIR) / f"figures-{settings.SERVICE_PORT}"
    shutil.rmtree(folder, ignore_errors=True)  # counts begin anew with the server, as Prometheus expects
    folder.mkdir(mode=0o700)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(command[0], command)


def begin_anew(words: list[str]) -> NoReturn:
    """Becomes `manage.py` with other words, so that settings are read again."""
    command = [sys.executable, str(env.BASE_DIR / "manage.py"), *words]
    sys.stdout.flush()
    os.execv(command[0], command)
