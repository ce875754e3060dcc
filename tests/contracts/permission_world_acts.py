"""What proctors have done in the world of the permission table."""

import uuid
from datetime import timedelta
from typing import Any

from accounts.models import User
from exams.models import Attempt
from proctor_site.kernel import clock
from proctoring.models import ActRun, MonitoringSession, Showing, TimeGift
from tests.factories.calls import make_call


def make_acts(attempt: Attempt, session: MonitoringSession, proctor: User) -> dict[str, Any]:
    """A gift of time, an act, and something that is asked for, by the names that addresses have for them."""
    own: Any = {"institution": attempt.institution, "proctor": proctor}
    gift = TimeGift.objects.create(
        attempt=attempt, minutes=5, batch=uuid.uuid4(), given_at=clock.now(), **own
    )
    run = ActRun.objects.create(
        sitting=attempt.enrolment.sitting,
        key="of the world",
        act="pause",
        created_at=clock.now(),
        **own,
    )
    showing = Showing.objects.create(
        institution=attempt.institution,
        session=session,
        what="room",
        asked_by=proctor,
        reason="A check",
        asked_at=clock.now(),
        expires_at=clock.now() + timedelta(hours=1),
    )
    call = make_call(session, proctor)
    return {"call_id": call.pk, "gift_id": gift.pk, "run_id": run.pk, "showing_id": showing.pk}
