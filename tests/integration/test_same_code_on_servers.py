"""Runs database, socket and storage tests once more: on PostgreSQL, Redis and an S3 store.

Nothing but the environment differs. Each server that does not answer on loopback is left out, and said so.
After a whole run (`./run test`) the tests are those that `choice` takes from its notes, otherwise all
(decision 0191).
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.project_files import ROOT
from tests.integration import choice, servers

FOLDERS = ("tests/services", "tests/api", "tests/channels", "tests/admin", "tests/pages")
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
def test_the_same_tests_pass_on_servers(
    environment: dict[str, str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    used = [name for name in ("DATABASE_URL", "REDIS_URL") if name in environment]
    left_out = [servers.why_no_postgresql(), servers.why_no_redis(environment.get("REDIS_URL", ""))]
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "--tb=short"]
    # Connections of sockets are closed by the garbage collector, whichever test runs by then (2026-11-21).
    command += ["-W", "default::pytest.PytestUnraisableExceptionWarning"]
    folders = FOLDERS if used else STORAGE_FOLDERS
    notes = choice.notes_of(folders)
    tests = [each.test for each in choice.chosen(notes)] if notes else list(folders)
    (tmp_path / "tests").write_text("\n".join(tests), encoding="utf-8")
    command.append(f"@{tmp_path / 'tests'}")
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    summary = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else "no output"
    with capsys.disabled():
        those = f", of {len(notes)} tests those that ask what others do not" if notes else ""
        print(f"\n  once more on {', '.join([*used, 'S3'])}{those}: {summary}")
        for reason in filter(None, left_out):
            print(f"  left out: {reason}")
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    assert done.returncode == 0, "\n".join([*failed, done.stdout[-6000:], done.stderr[-2000:]])
    assert int(summary.split(" passed")[0].split()[-1]) >= ENOUGH, summary
