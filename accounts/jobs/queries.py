"""Figures of the jobs of all institutions."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Min, Q

from accounts import states
from accounts.models import Job
from proctor_site.kernel import clock

FAILED_WITHIN = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class JobFigures:
    """`due`: wait and could begin; `oldest_s`: how long the oldest of them has; `failed`: of 24 hours."""

    due: int
    oldest_s: float
    running: int
    failed: int


def figures() -> JobFigures:
    """As it is now, without names of anybody or anything: for who runs the servers."""
    now = clock.now()
    due = Q(state=states.WAITING, due_at__lte=now)
    # _base_manager: the operator's figures are of all institutions.
    found = Job._base_manager.aggregate(
        due=Count("pk", filter=due),
        oldest=Min("due_at", filter=due),
        running=Count("pk", filter=Q(state=states.RUNNING)),
        failed=Count("pk", filter=Q(state=states.FAILED, finished_at__gte=now - FAILED_WITHIN)),
    )
    oldest = (now - found["oldest"]).total_seconds() if found["oldest"] else 0.0
    return JobFigures(found["due"], oldest, found["running"], found["failed"])
