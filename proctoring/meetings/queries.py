"""Shared reads of live video: who watched whom, and whether watching is possible."""

from django.db.models import QuerySet

from exams import states
from exams.models import Attempt
from proctoring import policies
from proctoring.models import Consent, LiveWatch

MOST_SHOWN = 50


def watches_of(attempt: Attempt) -> "QuerySet[LiveWatch]":
    """The newest watches of an attempt, those that go on first."""
    return (
        LiveWatch.objects.filter(attempt=attempt).select_related("proctor__user").order_by("-pk")[:MOST_SHOWN]
    )


def why_not(attempt: Attempt) -> str:
    """Why the attempt cannot be watched live, in one sentence; "" when it can."""
    if not policies.policy_of(attempt).shows_live:
        return "Live video is switched off in this exam."
    if attempt.state not in states.RUNNING:
        return "Live video is there while the exam runs."
    agreed = Consent.objects.filter(session__attempt=attempt, withdrawn_at=None, camera=True, live_video=True)
    return "" if agreed.exists() else "This candidate has not agreed to being watched live."
