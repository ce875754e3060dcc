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
from proctoring.evidence import exhibits, store
from proctoring.models import EvidenceItem, Incident, MonitoringSession
from proctoring.observations import ObservationKind, Severity
from tests.capture import give_consent
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.proctoring import make_incident, make_session
from tests.recordings import ANNA, BEN, recording


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
        exhibits.Picture(incident.pk * 100 + each, first + timedelta(seconds=each), picture(50 + each))
        for each in range(number)
    ]
    with within(incident.institution):
        return store.keep(incident, pictures)


ABOUT_SOUND = {
    "seconds": 2.0,
    "peaks": [0, 64, 255, 128],
    "spans": [[0.0, 1.2, "voice 1"], [1.0, 1.9, "another voice"]],
    "lines": [],
    "text": "2 s recording; voice 1 0:00-0:01, another voice 0:01-0:01",
}


def keep_sound(incident: Incident, *, sequence: int = 0, **about: Any) -> EvidenceItem:
    """A recording of two seconds as evidence of the incident; `about`: what is kept beside it."""
    data = recording((0.0, 1.2, ANNA), (1.0, 1.9, BEN), seconds=2.0)
    piece = exhibits.Recording(sequence, incident.started_at, data, "audio/wav", {**ABOUT_SOUND, **about})
    with within(incident.institution):
        return store.keep(incident, [piece])[0]


def verbs_of(institution: Institution, stream: str) -> list[str]:
    """What the audit log says was done to a subject, in order."""
    with within(institution):
        rows = AuditEntry.objects.filter(stream=stream).order_by("sequence")
        return list(rows.values_list("verb", flat=True))


def more_attempts(sitting: Sitting, people: Iterable[User], **fields: Any) -> list[Attempt]:
    """A running attempt for each of the people."""
    return [make_attempt(enrol(sitting, each), **fields) for each in people]
