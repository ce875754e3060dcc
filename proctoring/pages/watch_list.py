"""The page with the sittings that a person may watch, with live counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.pages.guards import here_of, person_of, require_right
from exams import states
from exams.models import Attempt, Enrolment, Sitting
from proctor_site.kernel import clock
from proctoring.models import Incident
from proctoring.pages.watching import watched_sittings, zone_of
from proctoring.states import UNREVIEWED

if TYPE_CHECKING:
    from django.db.models import QuerySet

MOST_EACH = 50
"""Sittings in each part of the page; older ones are found in the admin."""
_EARLY = timedelta(hours=1)
_CHECKING_IN = (states.CHECKING_IN, states.READY)


@dataclass(frozen=True, slots=True)
class SittingCounts:
    """One sitting with how many candidates are where, at this moment."""

    sitting: Sitting
    enrolled: int
    checking_in: int
    in_progress: int
    paused: int
    finished: int
    unreviewed: int


@never_cache
@require_safe
@require_right("exams.watch_sitting")
def watch_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Sittings that are on, that come, and that are over; the times in the reader's zone."""
    rows = watched_sittings(person_of(request), here_of(request))
    now = clock.now()
    on = rows.filter(opens_at__lte=now + _EARLY, closes_at__gte=now, cancelled_at=None)
    running = rows.filter(closes_at__lt=now, enrolments__attempts__state__in=states.RUNNING).distinct()
    coming = rows.filter(opens_at__gt=now + _EARLY, cancelled_at=None).order_by("opens_at")
    parts = (
        ("now", "Now", [*on.order_by("opens_at")[:MOST_EACH], *running.order_by("-opens_at")[:MOST_EACH]]),
        ("coming", "Coming", list(coming[:MOST_EACH])),
    )
    shown = {sitting.pk for _, _, sittings in parts for sitting in sittings}
    over = rows.filter(closes_at__lt=now).exclude(pk__in=shown).order_by("-opens_at")[:MOST_EACH]
    context = {
        "parts": [
            (key, title, counts_of(sittings)) for key, title, sittings in (*parts, ("over", "Over", over))
        ],
        "is_empty": not shown and not over,
        "zone": zone_of(request),
    }
    return render(request, "proctoring/proctor/watch_list.html", context)


def counts_of(sittings: Iterable[Sitting]) -> list[SittingCounts]:
    """Each sitting with its counts, in the order given. Three queries, however many there are."""
    listed = list(sittings)
    ids = [sitting.pk for sitting in listed]
    enrolled = _counted(Enrolment.objects.filter(sitting__in=ids, withdrawn_at=None), "sitting")
    waiting = _counted(Incident.objects.filter(sitting__in=ids, review_state=UNREVIEWED), "sitting")
    by_state: dict[tuple[int, str], int] = {
        (sitting, state): number
        for sitting, state, number in Attempt.objects.filter(enrolment__sitting__in=ids)
        .order_by()
        .values_list("enrolment__sitting", "state")
        .annotate(number=Count("pk"))
    }

    def total(sitting: Sitting, *wanted: str) -> int:
        return sum(by_state.get((sitting.pk, state), 0) for state in wanted)

    return [
        SittingCounts(
            sitting=each,
            enrolled=enrolled.get(each.pk, 0),
            checking_in=total(each, *_CHECKING_IN),
            in_progress=total(each, states.IN_PROGRESS, states.OVERDUE),
            paused=total(each, states.PAUSED),
            finished=total(each, *states.ENDED),
            unreviewed=waiting.get(each.pk, 0),
        )
        for each in listed
    ]


def _counted(rows: "QuerySet[Any]", by: str) -> dict[int, int]:
    return dict(rows.order_by().values_list(by).annotate(number=Count("pk")))
