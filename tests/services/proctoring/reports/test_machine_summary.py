"""A summary by a language model: off by default, over decided facts alone, marked, never in the way."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.core.cache import cache
from django.template.loader import render_to_string

from accounts.models import User
from accounts.tenancy import within
from proctor_site.kernel import clock
from proctoring.incidents import services
from proctoring.models import Incident, MonitoringSession, ReviewSettings
from proctoring.reports import machine
from proctoring.reports.facts import AttemptReport, Machine
from proctoring.reports.gather import report_of
from tests.watched_sitting import verbs_of

pytestmark = pytest.mark.django_db
WORDS = "One incident was upheld. <b>Nothing</b> else was decided."


class Stub(HTTPServer):
    """Answers as it is told, and remembers what it was asked."""

    status, answer, to = 200, b"", ""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self.say(WORDS)

    def say(self, words: str) -> None:
        self.answer = json.dumps({"choices": [{"message": {"content": words}}]}).encode()


class _Handler(BaseHTTPRequestHandler):
    server: Stub

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, self.headers.get("Authorization", ""), body))
        self.send_response(self.server.status)
        if self.server.to:
            self.send_header("Location", self.server.to)
        self.send_header("Content-Length", str(len(self.server.answer)))
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def stub(settings: Any) -> Iterator[Stub]:
    server = Stub()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    settings.SUMMARY_URL = f"http://127.0.0.1:{server.server_port}/v1"
    settings.SUMMARY_KEY, settings.SUMMARY_MODEL = "k", "small-model"
    settings.SUMMARY_INSTITUTIONS = ["north-college"]
    machine._breaker.reset()
    cache.clear()
    yield server
    server.shutdown()
    server.server_close()
    machine._breaker.reset()
    cache.clear()


@pytest.fixture
def decided(incident: Incident, reviewer: User) -> MonitoringSession:
    with within(incident.institution):
        services.uphold(incident, actor=reviewer, note="Ben Secret stood there.")
        MonitoringSession.objects.filter(pk=incident.session_id).update(ended_at=clock.now())
        ReviewSettings.objects.create(institution=incident.institution, machine_summary=True)
    incident.session.refresh_from_db()
    return incident.session


def gathered(session: MonitoringSession, viewer: User) -> AttemptReport:
    with within(session.institution):
        return report_of(session, viewer, zone="Europe/Vienna")


def written(session: MonitoringSession, viewer: User) -> Machine | None:
    with within(session.institution):
        return machine.written(gathered(session, viewer), session)


def test_it_gets_decided_facts_without_names_and_is_asked_once(
    stub: Stub, decided: MonitoringSession, reviewer: User
) -> None:
    made = written(decided, reviewer)
    assert made is not None
    assert (made.text, made.model) == (WORDS, "small-model")
    [(path, key, body)] = stub.asked
    assert (path, key, body["model"]) == ("/v1/chat/completions", "Bearer k", "small-model")
    facts = json.loads(body["messages"][1]["content"])
    assert [each["decision"] for each in facts["incidents_decided"]] == ["upheld"]
    sent = json.dumps(body)
    hidden = ("Secret", str(decided.candidate), decided.institution.name, str(decided.public_id))
    assert [each for each in hidden if each in sent] == []
    assert written(decided, reviewer) == made
    assert gathered(decided, reviewer).machine == made
    assert len(stub.asked) == 1
    assert "report.summary_asked" in verbs_of(decided.institution, f"monitoringsession:{decided.pk}")
    page = render_to_string("proctoring/reports/_machine.html", {"machine": made, "report": {"zone": "UTC"}})
    assert "A language model wrote this" in page
    assert "&lt;b&gt;Nothing" in page


def test_it_is_off_unless_set_up_for_this_institution(
    stub: Stub, decided: MonitoringSession, reviewer: User, settings: Any
) -> None:
    settings.SUMMARY_INSTITUTIONS = ["another"]
    assert written(decided, reviewer) is None
    settings.SUMMARY_INSTITUTIONS, settings.SUMMARY_URL = ["north-college"], ""
    assert written(decided, reviewer) is None
    assert stub.asked == []


def test_it_is_off_until_the_institution_switches_it_on(
    stub: Stub, decided: MonitoringSession, reviewer: User, settings: Any
) -> None:
    settings.SUMMARY_INSTITUTIONS = []  # the operator offers it to all
    with within(decided.institution):
        ReviewSettings.objects.update(machine_summary=False)
    assert written(decided, reviewer) is None
    with within(decided.institution):
        ReviewSettings.objects.update(machine_summary=True)
    assert written(decided, reviewer) is not None
    assert len(stub.asked) == 1


def test_nothing_is_asked_before_people_have_decided(
    stub: Stub, incident: Incident, session: MonitoringSession, reviewer: User
) -> None:
    assert written(session, reviewer) is None
    assert stub.asked == []


@pytest.mark.parametrize(
    "fault", ["status", "no json", "no text", "empty", "guilt", "too long", "redirect", "other machine"]
)
def test_whatever_goes_wrong_there_is_no_summary_and_no_error(
    stub: Stub, decided: MonitoringSession, reviewer: User, settings: Any, fault: str
) -> None:
    if fault == "status":
        stub.status = 500
    elif fault == "no json":
        stub.answer = b"<html>"
    elif fault == "no text":
        stub.answer = b'{"choices": [{"message": {"content": null}}]}'
    elif fault == "too long":
        stub.say("word " * 20_000)
    elif fault == "redirect":
        stub.status, stub.to = 302, settings.SUMMARY_URL + "/elsewhere"
    elif fault == "other machine":
        settings.SUMMARY_URL = "http://192.0.2.1/v1"
    else:
        stub.say("" if fault == "empty" else "The candidate cheated.")
    assert written(decided, reviewer) is None
    assert len(stub.asked) == (0 if fault == "other machine" else 1)


def test_after_failures_it_is_left_alone(stub: Stub, decided: MonitoringSession, reviewer: User) -> None:
    stub.status = 500
    for _ in range(5):
        assert written(decided, reviewer) is None
    assert len(stub.asked) == 3
