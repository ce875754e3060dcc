"""The queue: which case is looked at next, what fits into a budget of minutes, and when to stop."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum

from accounts.models import Institution, User
from proctoring.models import Case, Reading
from proctoring.models.case import ReadingPart
from proctoring.review.estimates import pace_of
from proctoring.review.looks import is_free_for
from proctoring.review.readers import refusal_for
from proctoring.review.verdicts import is_ready
from proctoring.states import (
    CASE_APPEALED,
    CASE_DECIDED,
    CASE_FIRST_READ,
    CASE_OPEN,
    CASE_SECOND_READ,
)

TO_READ = (CASE_APPEALED, CASE_SECOND_READ, CASE_FIRST_READ, CASE_OPEN)
"""The states in which somebody reads, most pressing first: who waits for an answer comes first."""
_TRIES = 50
MOST_IN_BUDGET = 2_000
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Load:
    """What waits: cases, minutes at the pace measured, and their expected value."""

    cases: int
    minutes: int
    value: float


@dataclass(frozen=True, slots=True)
class Budget:
    """What fits into `minutes`: the best cases by value per second, and what stays undone."""

    minutes: int
    fits: int
    takes_minutes: int
    left: int
    left_minutes: int
    share_of_value: float
    next_finding_minutes: int | None

    @property
    def percent_of_value(self) -> int:
        return round(100 * self.share_of_value)


def rows_for(viewer: User, state: str = CASE_OPEN) -> "QuerySet[Case]":
    """Cases in a state, best first, without those of the viewer's own attempts."""
    rows = Case.objects.filter(state=state).order_by("-rank", "id")
    return rows.exclude(session__candidate_id=viewer.pk)


def readable_by(viewer: User, state: str) -> "QuerySet[Case]":
    """Of these what the viewer may read next: not read by them, nobody else's, not open elsewhere."""
    rows = rows_for(viewer, state).filter(Q(assigned_to=None) | Q(assigned_to=viewer))
    read = Q(readings__reader=viewer, readings__withdrawn_at=None)
    rows = rows.filter(is_free_for(viewer)).exclude(
        pk__in=Case.objects.filter(read, state=state).values("pk")
    )
    if state == CASE_SECOND_READ:
        rows = rows.filter(pk__in=_disputed())
    if state == CASE_APPEALED:
        rows = rows.exclude(decided_by=viewer)
    return rows


def _disputed() -> Any:
    """Where the two readings differ and nobody has settled it."""
    valid = Reading.objects.filter(withdrawn_at=None)
    of_first = valid.filter(case=OuterRef("case"), part=ReadingPart.FIRST).values("verdict")[:1]
    seconds = valid.filter(part=ReadingPart.SECOND).exclude(verdict=Subquery(of_first))
    return (
        Case.objects.filter(state=CASE_SECOND_READ, pk__in=seconds.values("case"))
        .exclude(pk__in=valid.filter(part=ReadingPart.THIRD).values("case"))
        .values("pk")
    )


def next_for(viewer: User, *, after: int | None = None) -> Case | None:
    """The case that the viewer reads next: those given to them first, then by state and rank.

    `after`: not this one, which they have just left.
    """
    for own in (Q(assigned_to=viewer), Q(assigned_to=None)):
        for state in TO_READ:
            rows = readable_by(viewer, state).filter(own)
            rows = rows if after is None else rows.exclude(pk=after)
            for case in rows.select_related("session", "institution")[:_TRIES]:
                if not refusal_for(case, viewer):
                    return case
    return None


def load_of(institution: Institution, state: str = CASE_OPEN) -> Load:
    """What waits in a state, over the whole institution."""
    sums = Case.objects.filter(institution=institution, state=state).aggregate(
        cases=Count("pk"), seconds=Sum("look_seconds"), value=Sum("value")
    )
    minutes = round((sums["seconds"] or 0) * pace_of(institution) / 60)
    return Load(sums["cases"], minutes, sums["value"] or 0.0)


def counts_by_state(institution: Institution) -> dict[str, int]:
    """How many cases stand in each state."""
    rows = Case.objects.filter(institution=institution).order_by().values_list("state")
    return dict(rows.annotate(number=Count("pk")))


def budget_for(viewer: User, institution: Institution, minutes: int) -> Budget:
    """Takes the best first readings until the minutes are used; a long one that does not fit is passed over.

    Taking by value per second is the usual approximation of the knapsack problem (G. B. Dantzig, Operations
    Research 5 (1957) 266). Looks at the best 2000 cases.
    """
    pace, load = pace_of(institution), load_of(institution)
    numbers = readable_by(viewer, CASE_OPEN).values_list("look_seconds", "value")[:MOST_IN_BUDGET]
    spent, value, fits, first_left = fill(numbers, minutes * 60 / pace)
    left_seconds = max(load.minutes * 60 - spent * pace, 0)
    return Budget(
        minutes=minutes,
        fits=fits,
        takes_minutes=round(spent * pace / 60),
        left=max(load.cases - fits, 0),
        left_minutes=round(left_seconds / 60),
        share_of_value=value / load.value if load.value else 1.0,
        next_finding_minutes=None if first_left is None else round(first_left * pace / 60),
    )


def fill(numbers: Iterable[tuple[int, float]], seconds: float) -> tuple[int, float, int, float | None]:
    """Seconds and value taken, how many, and seconds for a high finding's worth (30) in the best one left."""
    spent, value, fits, first_left = 0, 0.0, 0, None
    for each, worth in numbers:
        if spent + each <= seconds:
            spent, value, fits = spent + each, value + worth, fits + 1
        elif first_left is None and worth > 0:
            first_left = each * 30 / worth
    return spent, value, fits, first_left


def due_for_decision(institution: Institution) -> int:
    """How many reply windows have closed and wait for a decision."""
    return Case.objects.filter(is_ready(), institution=institution).count()


def overturned(institution: Institution) -> tuple[int, int]:
    """Of the appeals decided, how many changed the verdict; and how many were decided."""
    rows = Case.objects.filter(institution=institution, state=CASE_DECIDED, appeal_decided_at__isnull=False)
    changed = [before != after for before, after in rows.values_list("verdict_before_appeal", "verdict")]
    return sum(changed), len(changed)
