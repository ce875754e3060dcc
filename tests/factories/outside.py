"""Sessions of exams that other systems deliver, for tests."""

from datetime import timedelta
from typing import Any

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.models import Exam, Sitting
from proctor_site.kernel import clock
from proctoring.identity.outside_consent import OutsideConsent
from proctoring.models import MonitoringSession
from proctoring.outside import services


def make_outside_sitting(institution: Institution, **fields: Any) -> Sitting:
    """A sitting of an outside exam that opened a minute ago and is open for a day."""
    now = clock.now()
    values = {
        "title": "Outside sitting",
        "opens_at": now - timedelta(minutes=1),
        "closes_at": now + timedelta(days=1),
        "time_zone": "Europe/Vienna",
        "duration_minutes": 120,
        **fields,
    }
    with within(institution):
        exam = Exam.objects.create(institution=institution, title="Outside exam", is_outside=True)
        return Sitting.objects.create(institution=institution, exam=exam, **values)


def outside_consent(**fields: Any) -> OutsideConsent:
    """All was agreed to, a moment ago."""
    values: dict[str, Any] = {
        "camera": True,
        "microphone": True,
        "face_comparison": True,
        "agreed_at": clock.now() - timedelta(seconds=5),
        "notice_url": "https://engine.example.org/notice",
        "notice_version": "3",
        "asked_by": "Engine of the college",
        **fields,
    }
    return OutsideConsent(**values)


def start_session(sitting: Sitting, actor: User, **fields: Any) -> MonitoringSession:
    """A running session of candidate E-1, with consent unless `consent` is None."""
    values: dict[str, Any] = {
        "session_id": "run-1",
        "candidate_id": "E-1",
        "candidate_name": "Otto Outside",
        "consent": outside_consent(),
        **fields,
    }
    with within(sitting.institution):
        return services.start(sitting.institution, sitting=sitting, actor=actor, **values)
