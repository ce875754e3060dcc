"""Fixtures of reports: a running attempt in a watched sitting, its incident and evidence."""

from tests.watched_sitting import attempt, evidence, incident, session, sitting  # noqa: F401
