"""Random faults in the real browser: the shorter sister of tests/services/exams/test_faults.py.

Its order of faults comes from SEED; another one: FAULT_SEED=7 pytest tests/e2e/test_faults_in_browser.py
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.e2e.faulty_browser import FaultyBrowser
from tests.e2e.server import ROOT, Server
from tests.quick_database import migrated_tables

SEED = int(os.environ.get("FAULT_SEED", "20261121"))
FAULTS = {
    "connection_cut": 2,
    "reloaded": 2,
    "tab_closed_without_connection": 1,
    "second_tab": 2,
    "server_killed": 1,
    "storage_full": 1,
    "clock_wrong": 2,
    "sent_twice": 1,
}

LET_IN = """
from django.conf import settings
from django.test import Client
from accounts.tenancy import within
from exams.delivery import attempts
from exams.models import Enrolment
rows = Enrolment._base_manager.select_related("candidate", "institution", "sitting").order_by("pk")
row = rows.filter(sitting__title__startswith="Trial of ").first()
with within(row.institution):
    attempt = attempts.open_attempt(row, actor=row.candidate)
    attempts.check_in(attempt, actor=row.candidate)
    attempts.admit(attempt, actor=None, reason="Known to the test.")
client = Client()
client.force_login(row.candidate, backend="django.contrib.auth.backends.ModelBackend")
said = {
    "address": f"{settings.BASE_URL}/i/{row.institution.slug}/attempts/{attempt.pk}/waiting/",
    "cookie": settings.SESSION_COOKIE_NAME,
    "key": client.cookies[settings.SESSION_COOKIE_NAME].value,
}
"""
CHECK = """
from accounts.tenancy import across_all
from exams.delivery.receipts import journal_matches, verify_receipt
from exams.delivery.verification import verify_journal
from exams.models import Attempt
with across_all():
    attempt = Attempt.objects.get(enrolment__sitting__title__startswith="Trial of ")
    receipts = [verify_receipt(text) for text in given]
    said = {
        "state": attempt.state,
        "fault": str(verify_journal(attempt) or ""),
        "unproved": sum(not journal_matches(attempt, each) for each in receipts),
        "journal": [[each.device, each.client_sequence, each.value] for each in attempt.journal.all()],
        "answers": dict(attempt.answers.values_list("item_id", "value")),
    }
"""


def ask(server: Server, script: str, given: Any = None) -> Any:
    """What a script of the server's own code says, with the server's data."""
    whole = "import json, sys, django; django.setup(); given = json.load(sys.stdin)\n"
    whole += script + "\nprint('said', json.dumps(said))"
    settings = {"DJANGO_SETTINGS_MODULE": "proctor_site.settings"}
    done = subprocess.run(
        [sys.executable, "-c", whole],
        cwd=ROOT,
        env=server.environment | settings,
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.rpartition("said ")[2])


@pytest.fixture
def mortal_server(tmp_path: Path) -> Iterator[Server]:
    """A server of this test's own, to be killed."""
    running = Server(tmp_path, migrated_tables())
    running.start()
    yield running
    running.stop()


def test_random_faults_lose_nothing_that_was_acknowledged(
    mortal_server: Server, browser: Callable[..., Browser]
) -> None:
    print(f"FAULT_SEED={SEED}")
    candidate = FaultyBrowser(browser(), mortal_server, ask(mortal_server, LET_IN), SEED)
    faults = [name for name, times in FAULTS.items() for _ in range(times)]
    candidate.source.shuffle(faults)
    faults.insert(0, "quota_used_up")
    for number, name in enumerate(faults, start=1):
        print(f"{number}. {name}")
        getattr(candidate, name)()
        candidate.is_saved()
    candidate.hand_in_twice()

    found = ask(mortal_server, CHECK, candidate.told.receipts)
    assert (found["state"], found["fault"], found["unproved"]) == ("submitted", "", 0)
    saved = {(device, number): value for device, number, value in found["journal"]}
    lost = {key: value for key, value in candidate.told.accepted.items() if saved.get(key, "") != value}
    assert lost == {}
    assert len(candidate.told.accepted) >= len(faults)
    # What was written last is the answer, also where it was written without a connection.
    assert {item: found["answers"].get(str(item)) for item in candidate.written} == candidate.written
    assert candidate.problems == []
