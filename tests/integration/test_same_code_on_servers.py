"""Runs the database, socket and storage tests once more: on PostgreSQL, Redis and an S3 store.

Nothing but the environment differs. Each server that does not answer on loopback is left out, and said so.
"""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.contracts.project_files import ROOT
from tests.integration import servers

FOLDERS = (("tests/services", "tests/api"), ("tests/channels", "tests/admin", "tests/pages"))
"""In two runs, so that processes which share the suite can take one each."""
STORAGE_FOLDERS = ("tests/services/proctoring", "tests/api/proctoring")
ENOUGH = 100
"""Tests that must have run: a typing mistake in the folders must not look like success."""


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    """This environment, with the servers that answer."""
    plain = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PROCTOR_", "PYTEST_")) and name != "DJANGO_SETTINGS_MODULE"
    }
    with servers.s3_fake() as s3, servers.redis_database() as redis_url:
        plain |= s3
        if not servers.why_no_postgresql():
            plain["DATABASE_URL"] = servers.quick_postgresql()
        if redis_url:
            plain["REDIS_URL"] = redis_url
        yield plain


@pytest.mark.slow
@pytest.mark.postgresql
@pytest.mark.redis
@pytest.mark.parametrize("folders", FOLDERS, ids=" ".join)
def test_the_same_tests_pass_on_servers(
    folders: tuple[str, ...], environment: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    used = [name for name in ("DATABASE_URL", "REDIS_URL") if name in environment]
    left_out = [servers.why_no_postgresql(), servers.why_no_redis(environment.get("REDIS_URL", ""))]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short"]
    # Connections of sockets are closed by the garbage collector, whichever test runs by then (2026-11-21).
    command += ["-W", "default::pytest.PytestUnraisableExceptionWarning"]
    if not used:
        folders = tuple(each for each in STORAGE_FOLDERS if each.startswith(folders))
        if not folders:
            pytest.skip(f"nothing of these folders stores files, and {' and '.join(left_out)}")
    command += folders
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    summary = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else "no output"
    with capsys.disabled():
        print(f"\n  once more on {', '.join([*used, 'S3'])}: {summary}")
        for reason in filter(None, left_out):
            print(f"  left out: {reason}")
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    assert done.returncode == 0, "\n".join([*failed, done.stdout[-6000:], done.stderr[-2000:]])
    assert int(summary.split(" passed")[0].split()[-1]) >= ENOUGH, summary
