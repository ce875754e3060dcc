"""Every module that calls out is listed with whose address it calls: input is one for webhooks and films."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.project_files import ROOT

CALLS_OUT = {
    "accounts/mail.py": "the mail server of the settings",
    "accounts/mail_backend.py": "the mail server of the settings",
    "accounts/adapter.py": "the mail server of the settings",
    "accounts/outbox.py": "the mail server of the settings",
    "accounts/webhooks/addresses.py": "only looks names up",
    "accounts/webhooks/posting.py": "what an admin typed, hosts of the settings: public ones (0180, 0196)",
    "accounts/jobs/running.py": "none: names an error of the mail server",
    "proctoring/audio/diarizers/deepgram_api.py": "PROCTOR_DEEPGRAM_URL",
    "proctoring/audio/diarizers/bounded_http.py": "what deepgram_api and machine ask; follows no redirect",
    "proctoring/reports/machine.py": "the language model of the settings",
    "proctoring/meetings/providers/janus_api.py": "PROCTOR_JANUS_URL",
    "proctoring/meetings/providers/livekit.py": "PROCTOR_LIVEKIT_URL",
    "proctoring/meetings/providers/realtimekit.py": "Cloudflare's own address",
    "proctor_site/processes.py": "none: the name of its own host",
    "proctor_site/kernel/rounds.py": "none: systemd of its own host, by a socket of the file system",
    "proctor_site/error_tracking.py": "the service of the settings",
    "proctor_site/rehearsal/camera_line.py": "this server, or the address an operator typed",
    "proctor_site/rehearsal/candidate.py": "this server, or the address an operator typed",
    "proctor_site/rehearsal/play.py": "this server, or the address an operator typed",
    "proctor_site/rehearsal/proctor.py": "this server, or the address an operator typed",
}
"""Also by libraries: stores of django-storages, Redis, PostgreSQL, all at addresses of the settings."""
_LIBRARIES = {
    *("httpx", "requests", "urllib3", "aiohttp", "websockets", "smtplib", "ftplib", "telnetlib", "paramiko"),
    *("deepgram", "livekit", "cloudflare", "boto3", "socket", "sentry_sdk"),
}
_MODULES = {"urllib.request", "http.client", "xmlrpc.client"}
_LISTENS = {
    "accounts/jobs/worker.py",
    "proctor_site/serving.py",
    "proctor_site/lifespan.py",
    "proctor_site/management/commands/serve.py",
}
_SOURCES = [
    path
    for package in ("accounts", "exams", "proctoring", "proctor_site")
    for path in sorted((ROOT / package).rglob("*.py"))
]


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module or ""


def test_who_calls_out_is_listed() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for path in _SOURCES
        for name in _imported(path)
        if name in _MODULES or name.split(".")[0] in _LIBRARIES
    }
    assert found - CALLS_OUT.keys() - _LISTENS == set(), "think whose address is called, then list the module"
    assert CALLS_OUT.keys() - found - {"accounts/mail.py", "accounts/mail_backend.py"} == set()


@pytest.mark.parametrize("path", [ROOT / name for name in sorted(CALLS_OUT)], ids=lambda path: path.name)
def test_certificates_are_checked_and_redirects_not_followed(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.keyword) and isinstance(node.value, ast.Constant):
            assert (node.arg, node.value.value) not in {("verify", False), ("follow_redirects", True)}
        assert not (
            isinstance(node, ast.Attribute) and node.attr in ("CERT_NONE", "_create_unverified_context")
        )
