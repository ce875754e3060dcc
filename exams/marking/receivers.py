"""Follows attempts: what ends joins the open marking rounds, and what goes on after all loses its marks."""

from typing import Any

from django.dispatch import receiver

from exams import states
from exams.marking.rounds import add_attempt
from exams.marking.services import take_back_marks
from exams.models import Attempt
from exams.signals import attempt_moved


@receiver(attempt_moved, dispatch_uid="exams.marking.attempt_followed")
def attempt_followed(sender: type[Attempt], *, attempt: Attempt, verb: str, **_more: Any) -> None:
    """In the transaction of the move."""
    if attempt.state in states.MARKED:
        add_attempt(attempt)
    elif verb == "reinstate":
        take_back_marks(attempt)
