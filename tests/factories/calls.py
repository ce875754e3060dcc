"""Private calls that are recorded, and pieces of their sound."""

from datetime import timedelta
from typing import Any

from accounts.models import User
from accounts.tenancy import within
from proctor_site.kernel import clock
from proctoring.models import Call, MonitoringSession


def make_call(
    session: MonitoringSession, proctor: User, *, lasted_s: float | None = None, **more: Any
) -> Call:
    """An open, recorded call that was answered 30 s ago; with `lasted_s`, it is over."""
    begin = clock.now() - timedelta(seconds=30)
    end = None if lasted_s is None else begin + timedelta(seconds=lasted_s)
    with within(session.institution):
        return Call.objects.create(
            institution=session.institution,
            attempt=session.attempt,
            proctor=proctor,
            **{
                "kind": "voice",
                "state": "open" if end is None else "ended",
                "is_recorded": True,
                "asked_at": begin,
                "answered_at": begin,
                "ended_at": end,
                "ended_by": "proctor" if end else "",
                "seen_at": begin,
                **more,
            },
        )
