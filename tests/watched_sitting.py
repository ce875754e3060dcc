"""A watched sitting with one running attempt, its incident and evidence: for tests of pages and review."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import cv2
import numpy as np
import pytest

from accounts.models import AuditEntry, Institution, User
from accounts.tenancy import within
from exams.models import Attempt, Sitting
from proctoring.evidence import store
from proctoring.models import EvidenceItem, Incident, MonitoringSession
from proctoring.observations import ObservationKind, Severity
from tests.capture import give_consent
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.proctoring import make_incident, make_session


@pytest.fixture
def sitting(institution: Institution, proctor: User) -> Sitting:
    return make_sitting(make_exam(institution, title="Biology"), proctors=[proctor], title="Autumn")


@pytest.fixture
def attempt(sitting: Sitting, candidate: User) -> Attempt:
    return make_attempt(enrol(sitting, candidate))


@pytest.fixture
def session(attempt: Attempt) -> MonitoringSession:
    session = make_session(attempt)
    give_consent(session)
    return session


@pytest.fixture
def incident(session: MonitoringSession) -> Incident:
    return make_incident(session, kind=ObservationKind.SEVERAL_FACES, severity=Severity.HIGH)


@pytest.fixture
def evidence(incident: Incident) -> list[EvidenceItem]:
    return keep_pictures(incident, 3)


@pytest.fixture
def foreign_incident(
    other_institution: Institution, foreign_candidate: User, foreign_proctor: User
) -> Incident:
    """An incident of the other institution, with evidence."""
    sitting = make_sitting(make_exam(other_institution), proctors=[foreign_proctor])
    found = make_incident(make_session(make_attempt(enrol(sitting, foreign_candidate))))
    keep_pictures(found, 1)
    return found


def picture(shade: int) -> bytes:
    """A JPEG of one grey."""
    done, data = cv2.imencode(".jpg", np.full((48, 64, 3), shade, np.uint8))
    assert done
    return data.tobytes()


def keep_pictures(incident: Incident, number: int) -> list[EvidenceItem]:
    """Evidence of the incident: one picture a second, from a second before it began."""
    first = incident.started_at - timedelta(seconds=1)
    pictures = [
        store.Picture(incident.pk * 100 + each, first + timedelta(seconds=each), picture(50 + each))
        for each in range(number)
    ]
    with within(incident.institution):
        return store.keep(incident, pictures)


def verbs_of(institution: Institution, stream: str) -> list[str]:
    """What the audit log says was done to a subject, in order."""
    with within(institution):
        rows = AuditEntry.objects.filter(stream=stream).order_by("sequence")
        return list(rows.values_list("verb", flat=True))


def more_attempts(sitting: Sitting, people: Iterable[User], **fields: Any) -> list[Attempt]:
    """A running attempt for each of the people."""
    return [make_attempt(enrol(sitting, each), **fields) for each in people]
