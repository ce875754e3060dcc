"""How many exams are under way, of all institutions together: for who runs the servers."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q

from exams import states
from exams.models import Attempt, Sitting
from proctor_site.kernel import clock

SOON = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class ExamFigures:
    """`running`: attempts under way, the `paused` ones among them; `soon`: sittings that open within SOON."""

    running: int
    paused: int
    soon: int


def running_now() -> ExamFigures:
    """As it is now, without names of anybody or anything."""
    now = clock.now()
    # _base_manager: the operator's figures are of all institutions.
    attempts = Attempt._base_manager.filter(state__in=states.RUNNING).aggregate(
        running=Count("pk"), paused=Count("pk", filter=Q(state=states.PAUSED))
    )
    soon = Sitting._base_manager.filter(opens_at__gt=now, opens_at__lte=now + SOON).count()
    return ExamFigures(attempts["running"], attempts["paused"], soon)
