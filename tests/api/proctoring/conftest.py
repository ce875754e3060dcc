"""Fixtures of the proctoring API: a running attempt in a watched sitting, its session and consent."""

from typing import Any

import pytest

from accounts.models import Institution, User
from exams.models import Attempt
from proctoring.models import MonitoringSession
from tests.capture import give_consent, scripted  # noqa: F401
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.proctoring import make_session


@pytest.fixture
def sitting(institution: Institution, proctor: User) -> Any:
    return make_sitting(make_exam(institution), proctors=[proctor])


@pytest.fixture
def attempt(sitting: Any, candidate: User) -> Attempt:
    return make_attempt(enrol(sitting, candidate))


@pytest.fixture
def session(attempt: Attempt) -> MonitoringSession:
    session = make_session(attempt)
    give_consent(session)
    return session
