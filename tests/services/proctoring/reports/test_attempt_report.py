"""A report about an attempt: facts from the rows, JSON for old and new clients, integrity, privacy."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from accounts.tenancy import within
from exams.models import LostTime
from proctoring import states
from proctoring.evidence import manifest
from proctoring.incidents import services
from proctoring.models import (
    DetectorPrecision,
    EvidenceItem,
    EvidenceManifest,
    Incident,
    MonitoringSession,
)
from proctoring.reports.as_json import NOT_MEASURED, to_json
from proctoring.reports.facts import AttemptReport
from proctoring.reports.gather import MOST_PICTURES, report_of
from tests.factories.accounts import make_member
from tests.factories.cases import make_case
from tests.factories.proctoring import make_incident
from tests.watched_sitting import keep_pictures, verbs_of

pytestmark = pytest.mark.django_db
BrowserOf = Callable[..., Client]


def gathered(session: MonitoringSession, viewer: User, **choices: Any) -> AttemptReport:
    with within(session.institution):
        session.refresh_from_db()
        return report_of(session, viewer, zone="Europe/Vienna", **choices)


def test_incidents_come_with_their_decision_and_a_few_pictures(
    session: MonitoringSession, incident: Incident, reviewer: User
) -> None:
    keep_pictures(incident, 9)
    with within(session.institution):
        services.uphold(incident, actor=reviewer, note="Two people are to be seen.")
    [found] = gathered(session, reviewer).incidents
    assert (found.review, found.reviewed_by, found.note) == (
        "upheld", str(reviewer), "Two people are to be seen.",
    )  # fmt: skip
    assert found.kept == {"Camera picture": 9}
    assert len(found.pictures) == MOST_PICTURES
    assert found.pictures[0].offset_words == "1 s before it began"
    assert found.pictures[-1].offset == 7


def test_files_are_read_when_asked_and_the_altered_one_is_named(
    session: MonitoringSession, evidence: list[EvidenceItem], reviewer: User
) -> None:
    whole = gathered(session, reviewer, check_files=True).integrity
    assert whole.problem == ""
    assert "All 3 evidence items are whole" in whole.words
    with within(session.institution):
        EvidenceItem.objects.filter(pk=evidence[1].pk).update(sha256="0" * 64)
    assert "Evidence item 2 does not fit" in gathered(session, reviewer).integrity.problem


def test_the_newest_signed_list_is_named_and_what_came_after_it(
    session: MonitoringSession, incident: Incident, evidence: list[EvidenceItem], reviewer: User
) -> None:
    assert gathered(session, reviewer).integrity.signature.startswith("Not signed yet")
    with within(session.institution):
        signed = manifest.sign(session)
    words = gathered(session, reviewer).integrity.signature
    assert words.startswith("A list of 3 items, signed on")
    assert words.endswith(f"by key {signed.kid}, holds. Signature: {signed.signature}")
    keep_pictures(make_incident(session), 1)
    assert "1 later item is not on it." in gathered(session, reviewer).integrity.signature
    with within(session.institution):
        EvidenceManifest.objects.update(body="{}")
    assert gathered(session, reviewer).integrity.signature.endswith(f"by key {signed.kid} does not hold.")


def test_an_incident_says_how_often_its_detector_is_right_here(
    session: MonitoringSession, incident: Incident, reviewer: User
) -> None:
    with within(session.institution):
        row = DetectorPrecision.objects.create(
            institution=session.institution, kind=incident.kind, upheld=2, dismissed=1
        )
    [found] = gathered(session, reviewer).incidents
    assert found.precision == "How often it is right here is not known: too few verdicts yet (3)."
    with within(session.institution):
        DetectorPrecision.objects.filter(pk=row.pk).update(upheld=14, dismissed=6)
    [found] = gathered(session, reviewer).incidents
    assert found.precision == "By the verdicts of people here, right in 14 of 20 (48–85 %)."  # noqa: RUF001


def test_lost_time_says_why_nothing_was_given_back(session: MonitoringSession, reviewer: User) -> None:
    attempt = session.attempt
    assert attempt is not None
    with within(session.institution):
        LostTime.objects.create(
            institution=session.institution,
            attempt=attempt,
            cause="connection",
            started_at=session.started_at,
            ended_at=session.started_at + timedelta(seconds=30),
            why_not="not_by_itself",
        )
    [lost] = gathered(session, reviewer).lost
    assert (lost.seconds, lost.why_not) == (30, "not given back by itself in this sitting")


def test_json_has_the_keys_of_both_older_reports_and_invents_nothing(
    session: MonitoringSession, incident: Incident, reviewer: User
) -> None:
    body = json.loads(json.dumps(to_json(gathered(session, reviewer))))
    assert (body["success"], body["status"], body["report"]["session_id"]) == (
        True, "success", str(session.public_id),
    )  # fmt: skip
    for name in NOT_MEASURED:
        found: Any = body
        for part in name.split("."):
            found = found.get(part, body["report"].get(part))
        assert not _values(found), name
    assert [each["type"] for each in body["alert_history"]] == [incident.kind]
    assert body["report"]["session_summary"]["total_alerts"] == 1
    assert body["token_consumption"] == {"total_tokens": 0, "total_tokens_consumed": 0}


def _values(found: Any) -> list[Any]:
    """Every value in it that is not null or empty."""
    if isinstance(found, dict):
        return [value for each in found.values() for value in _values(each)]
    return [found] if found else []


def test_the_api_answers_and_logs_the_look(
    browser_of: BrowserOf, session: MonitoringSession, incident: Incident, reviewer: User
) -> None:
    answer = browser_of(reviewer).get(f"/api/v1/sessions/{session.public_id}/report/")
    assert answer.status_code == 200
    assert answer.json()["incidents"][0]["number"] == incident.pk
    assert "report.opened" in verbs_of(session.institution, f"monitoringsession:{session.pk}")
    same = browser_of(reviewer).get(f"/api/v1/attempts/{session.attempt_id}/report/").json()
    assert same["session_id"] == answer.json()["session_id"]


def test_nobody_reads_the_report_about_themselves(
    browser_of: BrowserOf, session: MonitoringSession, reviewer: User
) -> None:
    with within(session.institution):
        MonitoringSession.objects.filter(pk=session.pk).update(candidate=reviewer)
    assert browser_of(reviewer).get(f"/api/v1/sessions/{session.public_id}/report/").status_code == 404


def test_names_are_hidden_while_the_viewer_reads_blind(
    session: MonitoringSession, incident: Incident, reviewer: User
) -> None:
    other = make_member(session.institution, Role.REVIEWER)
    with within(session.institution):
        ended = {"state": states.SESSION_ENDED, "ended_at": session.started_at + timedelta(hours=1)}
        MonitoringSession.objects.filter(pk=session.pk).update(**ended)
        session.refresh_from_db()
    case = make_case(session, state=states.CASE_FIRST_READ, readers=(reviewer,))
    first, second = gathered(session, reviewer), gathered(session, other)
    assert (first.candidate, first.is_blind) == (str(session.candidate), False)
    assert (second.candidate, second.is_blind) == (f"Candidate {case.pseudonym}", True)
    assert str(session.candidate) not in json.dumps(to_json(second))
    assert [len(each.case.readings) for each in (first, second) if each.case] == [1, 0]
