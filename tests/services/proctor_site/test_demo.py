"""The demo institution: complete, made once, and always with a sitting that can be taken."""

import socket
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Institution, Job, Membership, User, WebhookEndpoint, WebhookMessage, WebhookTry
from accounts.tenancy import within
from exams import states
from exams.kinds.registry import KINDS
from exams.models import Attempt, Enrolment, Question, Sitting
from proctor_site import serving
from proctor_site.demo import seed
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict
from proctoring import states as states_of_cases
from proctoring.evidence import custody
from proctoring.models import Case, EvidenceItem, OutsideSession, Policy
from proctoring.review import trials
from proctoring.review.readers import next_part, require_fresh_eyes, valid_readings
from tests.factories.exams import make_attempt

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo() -> tuple[Sitting, list[seed.DemoAccount]]:
    return seed.seed()


def test_everybody_who_is_needed_is_there(demo: tuple[Sitting, list[seed.DemoAccount]]) -> None:
    sitting, accounts = demo
    roles = sorted(account.role.value for account in accounts)
    assert roles == sorted(["admin", "exam_officer", "proctor", "proctor", "reviewer", *["candidate"] * 5])
    with within(sitting.institution):
        assert sitting.proctors.count() == 2
        assert sitting.enrolments.count() == 5
        assert {question.kind for question in Question.objects.all()} == set(KINDS)
    assert EmailAddress.objects.filter(verified=True).count() == len(accounts)


def test_the_printed_passwords_open_the_door(demo: tuple[Sitting, list[seed.DemoAccount]]) -> None:
    for account in demo[1]:
        assert Client().login(username=account.email, password=account.password), account.email
    assert len({account.password for account in demo[1]}) == len(demo[1])


def test_a_second_start_keeps_everything(demo: tuple[Sitting, list[seed.DemoAccount]]) -> None:
    again, made = seed.seed()
    assert (again, made) == (demo[0], [])
    assert Institution.objects.count() == 1
    assert User.objects.filter(is_active=True).count() == len(demo[1])
    with within(again.institution):
        elsewhere = Membership.objects.filter(user__is_active=False)  # a candidate of another system
        assert (Membership.objects.count(), elsewhere.count()) == (len(demo[1]) + 1, 1)


def test_a_closed_sitting_is_followed_by_a_fresh_one(demo: tuple[Sitting, list[seed.DemoAccount]]) -> None:
    later = clock.now() + seed.OPEN_FOR - timedelta(minutes=seed.WORKING_MINUTES - 1)
    with clock.at(later):
        fresh, made = seed.seed()
    assert made == []
    assert fresh.pk != demo[0].pk
    assert fresh.opens_at <= later < later + timedelta(minutes=seed.WORKING_MINUTES) <= fresh.closes_at
    with within(fresh.institution):
        assert fresh.enrolments.count() == 5


def test_when_all_have_finished_there_is_a_fresh_sitting(
    demo: tuple[Sitting, list[seed.DemoAccount]],
) -> None:
    sitting = demo[0]
    with within(sitting.institution):
        enrolments = list(Enrolment.objects.filter(sitting=sitting))
    for enrolment in enrolments[:-1]:
        make_attempt(enrolment, state=states.SUBMITTED)
    assert seed.seed()[0] == sitting
    make_attempt(enrolments[-1], state=states.TERMINATED)
    assert seed.seed()[0] != sitting
    with within(sitting.institution):
        assert Attempt.objects.filter(enrolment__sitting=sitting).count() == 5


@pytest.fixture
def command(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the command keeps its list; static files are collected elsewhere."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    settings.DATA_DIR = tmp_path
    settings.STATIC_ROOT = tmp_path / "static"
    return tmp_path


def _prepare() -> str:
    said = StringIO()
    call_command("demo", no_server=True, stdout=said)
    return said.getvalue()


def test_the_accounts_are_printed_and_kept_for_the_owner_only(command: Path) -> None:
    first = _prepare()
    kept = command / "demo_accounts.txt"
    assert kept.stat().st_mode & 0o777 == 0o600
    for line in kept.read_text().splitlines():
        assert line in first
    assert kept.read_text().strip() in _prepare()


def test_the_demo_refuses_a_server_database(command: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://postgres@127.0.0.1/proctor")
    with pytest.raises(CommandError, match="refuses a server database"):
        _prepare()
    assert not Institution.objects.exists()


def test_static_files_are_collected_only_when_they_changed(command: Path, settings: Any) -> None:
    own = command / "own"
    own.mkdir()
    (own / "page.css").write_text("a { color: red }")
    settings.STATICFILES_DIRS = [own]
    assert serving.collect_static() is True
    assert serving.collect_static() is False
    (own / "page.css").write_text("a { color: green }")
    assert serving.collect_static() is True


def test_a_busy_port_is_said_in_words(settings: Any) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        settings.SERVICE_HOST, settings.SERVICE_PORT = "127.0.0.1", other.getsockname()[1]
        with pytest.raises(Conflict, match="another port: PROCTOR_PORT="):
            serving.refuse_busy_port()
    serving.refuse_busy_port()


def test_a_newcomer_finds_a_case_in_every_state_and_evidence_of_every_kind(
    demo: tuple[Sitting, list[seed.DemoAccount]],
) -> None:
    with within(demo[0].institution):
        found = {case.state: case for case in Case.objects.all()}
        assert set(found) == set(states_of_cases.CASE.states)
        assert sorted(Case.objects.filter(state="open").values_list("opened_for", flat=True)) == [
            "incidents",
            "incidents",
            "incidents",
            "sample",
            "sample",
        ]
        kept = EvidenceItem.objects.values_list("kind", flat=True)
        assert set(kept) == {"camera_frame", "screen", "screen_clip", "sound"}
        for case in Case.objects.select_related("session"):
            assert custody.first_broken(case.session) is None
        reviewer = User.objects.get(email="reviewer@demo.example")
        for state in ("open", "first_read", "appealed"):
            require_fresh_eyes(
                found[state], reviewer, next_part(found[state], valid_readings(found[state])), []
            )


def test_a_newcomer_finds_a_webhooks_log_sessions_of_other_systems_and_a_finished_trial(
    settings: Any,
) -> None:
    settings.COMPAT = True
    sitting, _ = seed.seed()
    with within(sitting.institution):
        [webhook] = WebhookEndpoint.objects.all()
        assert webhook.switched_off_at is not None, "its address is made up: nothing is ever sent there"
        log = WebhookTry.objects.order_by("message", "pk")
        assert [each.status for each in log] == [200, 503, 200, 200]
        assert not WebhookMessage.objects.filter(delivered_at=None).exists()
        sessions = OutsideSession.objects.order_by("name")
        assert [each.name for each in sessions] == ["interview-7731", "run-2207"]
        for each in sessions:
            assert each.session.state == "ended" and each.session.incidents.count() == 2
            assert custody.first_broken(each.session) is None
        trial = Job.objects.get(kind=trials.JOB)
        assert trial.state == "done", trial.reason
        assert (trial.result["counts"]["vanished"], trial.result["counts"]["kept"]) == (1, 1)
        assert Policy.objects.get(is_default=True).browser == {}
