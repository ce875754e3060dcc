"""The end of a monitoring session: open incidents are closed, the last seconds forgotten, capture stops."""

from django.db import transaction

from accounts.models import User
from accounts.tenancy import within
from exams.models import Attempt
from proctor_site.kernel import clock
from proctoring import coverage, sessions
from proctoring.analysis import context, forgetting, recent, session_measures
from proctoring.incidents import services
from proctoring.incidents.rules import finish
from proctoring.ingest import observing
from proctoring.live import presence
from proctoring.meetings import calls
from proctoring.meetings import services as meetings
from proctoring.models import MonitoringSession


def end_for(attempt: Attempt, *, actor: User | None, reason: str) -> None:
    """Ends the attempt's monitoring session, if it has one; in the caller's transaction."""
    session = sessions.session_of(attempt)
    if session is not None:
        end_session(session, actor=actor, reason=reason)


def continue_for(attempt: Attempt, *, actor: User | None, reason: str) -> None:
    """Goes on with the session of a reinstated attempt."""
    session = sessions.session_of(attempt)
    if session is not None:
        with within(session.institution):
            sessions.go_on(session, actor=actor, reason=reason)
        transaction.on_commit(lambda: context.forget(session.pk), robust=True)


def end_session(session: MonitoringSession, *, actor: User | None, reason: str) -> None:
    """Closes what is open, with the pictures that are still there, and drops the unflagged rest."""
    with within(session.institution), transaction.atomic():
        close_incidents(session)
        session_measures.store(session)
        _note_silence(session)
        if session.attempt is not None:
            meetings.stop_for(session.attempt, by="attempt_ended")
            calls.stop_for(session.attempt, by="attempt_ended")
        sessions.end(session, actor=actor, reason=reason)
        transaction.on_commit(lambda: forgetting.ended(session))


def _note_silence(session: MonitoringSession) -> None:
    """A page that had gone before the end and has not come back was offline until then."""
    if session.attempt_id is None:
        return
    seen, now = presence.read(session.attempt_id).last_seen, clock.now().timestamp()
    if seen and now - seen > presence.STALE_AFTER_S:
        coverage.note_offline(session.pk, max(seen, session.started_at.timestamp()), now)


def close_incidents(session: MonitoringSession) -> None:
    """Ends the session's open incidents: as the rules remember them, else where the rows were last seen."""
    memory = recent.load(session.pk)
    _, decisions = finish(memory.rules, clock.now().timestamp())
    frames = recent.RecentFrames(session.pk, memory)
    services.record(session, decisions, engine="", frames=frames)
    services.close_open(session)
    observing.flush(session, memory)
