"""The only writer of monitoring sessions: opening one for an attempt, ending it, going on with it."""

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.transitions import apply_move
from exams.models import Attempt
from proctor_site.kernel import clock
from proctoring import telling
from proctoring.models import MonitoringSession
from proctoring.states import SESSION, SESSION_ENDED, SESSION_LIVE


def session_of(attempt: Attempt) -> MonitoringSession | None:
    """The monitoring session of an attempt, if it has one."""
    return (
        MonitoringSession._base_manager.filter(attempt_id=attempt.pk)
        .select_related("institution", "attempt__enrolment__sitting")
        .first()
    )


def ensure(attempt: Attempt) -> MonitoringSession:
    """The monitoring session of an attempt, opened now if there was none.

    An open session alone captures nothing: each frame also needs the candidate's consent.
    """
    found = session_of(attempt)
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return MonitoringSession.objects.create(
                institution=attempt.institution,
                attempt=attempt,
                sitting=attempt.enrolment.sitting,
                candidate=attempt.enrolment.candidate,
                is_outside=attempt.enrolment.sitting.exam.is_outside,
                started_at=clock.now(),
            )
    except IntegrityError:  # another request opened it at the same moment
        found = session_of(attempt)
        if found is None:
            raise
        return found


def end(session: MonitoringSession, *, actor: User | None, reason: str = "") -> MonitoringSession:
    """Ends capture. Nothing happens when it has ended already."""
    if session.state == SESSION_ENDED:
        return session
    with transaction.atomic():
        values = {"ended_at": clock.now()}
        ended = apply_move(session, SESSION, "end", actor=actor, values=values, reason=reason)
        telling.of_session(ended, "session.ended", state=ended.state)
    return ended


def go_on(session: MonitoringSession, *, actor: User | None, reason: str = "") -> MonitoringSession:
    """Continues an ended session after its attempt was reinstated."""
    if session.state == SESSION_LIVE:
        return session
    return apply_move(session, SESSION, "continue", actor=actor, values={"ended_at": None}, reason=reason)
