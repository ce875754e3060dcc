"""`manage.py rehearse` against a real server process: three made-up candidates, and nothing left of them."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.server import ROOT, Server, free_port
from tests.quick_database import migrated_tables

pytestmark = pytest.mark.slow
TIMED = "(p95)"
"""Promises about time say something about the machine, which has other things to do in a run of all tests."""


def manage(server: Server, *arguments: str) -> tuple[int, str]:
    environment = server.environment | {"DJANGO_SETTINGS_MODULE": "proctor_site.settings"}
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=400, check=False
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("rehearsal"), migrated_tables())
    running.start()
    yield running
    running.stop()


def test_a_small_rehearsal_keeps_its_promises_and_leaves_nothing(server: Server, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    _, said = manage(server, "rehearse", "--candidates", "3", "--minutes", "0.34", "--report", str(file))
    assert file.exists(), said
    report: dict[str, Any] = json.loads(file.read_text())
    wrong = [each for each in report["promises"] if not each["holds"] and TIMED not in each["name"]]
    assert not wrong, said
    assert report["figures"]["answers acknowledged"] >= 3
    assert report["figures"]["pictures looked at"] > 10
    assert report["figures"]["recordings heard"] >= 1, report["errors"]

    assert server.rows("SELECT id FROM exams_journalentry") == []
    assert server.rows("SELECT id FROM proctoring_incident WHERE explanation LIKE '%faces in%'") == []
    titles = "SELECT is_practice FROM exams_sitting WHERE title LIKE 'Rehearsal of%'"
    assert [row["is_practice"] for row in server.rows(titles)] == [1]
    cases = "SELECT c.id FROM proctoring_case c JOIN accounts_institution i ON i.id = c.institution_id"
    assert server.rows(f"{cases} WHERE i.slug = 'rehearsal'") == []
    assert server.rows("SELECT id FROM accounts_user WHERE is_active = 1 AND email LIKE '%rehearsal%'") == []

    assert manage(server, "rehearse", "--verify", str(file))[0] == 0
    altered = tmp_path / "altered.json"
    altered.write_text(file.read_text().replace('"address"', '"adress"'))
    status, said = manage(server, "rehearse", "--verify", str(altered))
    assert (status, "signature does not fit" in said) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (["--candidates", "0"], "--candidates"),
        (["--minutes", "0.1"], "--minutes"),
        (["--candidates", "1", "--address", "{nobody}"], "Nobody answers"),
    ],
)
def test_what_cannot_be_rehearsed_is_said(server: Server, arguments: list[str], wanted: str) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    status, said = manage(server, "rehearse", *(each.format(nobody=nobody) for each in arguments))
    assert (status, wanted in said) == (2, True), said
