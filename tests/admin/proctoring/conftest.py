"""Fixtures of the review in the admin."""

from tests.watched_sitting import (  # noqa: F401
    attempt,
    evidence,
    foreign_incident,
    incident,
    session,
    sitting,
)
