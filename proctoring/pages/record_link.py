"""The way to the own record from the pages about an attempt; importing this registers it."""

from django.urls import reverse

from exams import states
from exams.models import Attempt
from exams.pages.attempt_links import AttemptLink, attempt_link


@attempt_link
def to_record(attempt: Attempt, slug: str) -> AttemptLink | None:
    """For everybody who has begun: also who was never watched reads there that nothing was captured."""
    if attempt.thrown_away_at is not None or attempt.state in (states.SCHEDULED, states.MISSED):
        return None
    url = reverse("my_record_attempt", args=[slug, attempt.pk])
    note = "What was captured and why, who has looked at it, and what you can say about it."
    return AttemptLink("My record of this exam", url, note)
