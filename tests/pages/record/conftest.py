"""Fixtures of the candidate's own record."""

from tests.watched_sitting import (  # noqa: F401
    attempt,
    evidence,
    foreign_incident,
    incident,
    session,
    sitting,
)
