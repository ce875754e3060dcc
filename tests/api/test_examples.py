"""The clients in docs/api/examples do what they say, against the real server."""

import subprocess
import sys

import pytest

from accounts.roles import Role
from accounts.tenancy import within
from accounts.webhooks import outbox
from exams.models import Enrolment, Sitting
from tests.contracts.project_files import ROOT
from tests.factories.accounts import make_institution, make_member
from tests.factories.exams import enrol, make_exam, make_sitting
from tests.factories.tokens import new_token
from tests.node import NODE

EXAMPLES = ROOT / "docs/api/examples"
RECEIVER = "https://register.invalid/hooks"
SCOPES = (
    *("institution:read", "exams:write", "sittings:write", "enrolments:write", "attempts:read"),
    *("results:read", "incidents:read", "cases:read", "webhooks:read", "webhooks:write"),
)


@pytest.fixture(autouse=True)
def unsent(monkeypatch: pytest.MonkeyPatch) -> None:
    """No webhook is called from here."""
    monkeypatch.setattr(outbox, "ask_for_sending", lambda *_, **__: None)


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    if done.returncode == 127:
        pytest.skip(f"Playwright's Node.js does not run here: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.django_db(transaction=True)
def test_the_python_client_schedules_an_exam(asgi_server: str) -> None:
    institution = make_institution("North College")
    candidate = make_member(institution, Role.CANDIDATE)
    _, secret = new_token(institution, *SCOPES)
    said = _run(sys.executable, str(EXAMPLES / "office.py"), asgi_server, secret, candidate.email, RECEIVER)
    with within(institution):
        sitting = Sitting.objects.get()
        assert Enrolment.objects.get().candidate == candidate
    assert said.splitlines() == [
        "institution: North College",
        f"sitting: {sitting.pk}",
        "enrolled: enrolled",
        "told of: webhook.test",
        "secret: whsec_",
        "attempts: 0",
        "results: 0",
        "incidents: 0",
        "cases: 0",
    ]


@pytest.mark.django_db(transaction=True)
def test_the_javascript_client_enrols_and_reads_all_pages(asgi_server: str) -> None:
    institution = make_institution("North College")
    first, second = (make_member(institution, Role.CANDIDATE) for _ in range(2))
    sitting = make_sitting(make_exam(institution))
    enrol(sitting, first)
    _, secret = new_token(institution, *SCOPES, "enrolments:read")
    try:
        given = (str(sitting.pk), second.email, RECEIVER)
        said = _run(str(NODE), str(EXAMPLES / "office.mjs"), asgi_server, secret, *given)
    except OSError as error:
        pytest.skip(f"Playwright's Node.js does not run here: {error}")
    assert said.splitlines() == [
        "institution: North College",
        "enrolled: enrolled",
        f"all: {first.email} {second.email}",
        "told of: webhook.test",
        "another secret: true",
    ]
