"""The officer's table of results: searched, filtered, sorted and cut into pages before details are read."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, Q, Value, When

from exams import states
from exams.marking.automatic import Result
from exams.marking.queries import Sums, ended_attempts, hundredths_of
from exams.models import Attempt, Exam, JournalEntry, Mark, Reading, ReleasedResult, Sitting

SORTS = ("name", "points", "ended")
FILTERS = {
    "": "All",
    "unmarked": "Not marked in full",
    "passed": "Passed",
    "failed": "Not passed",
    "terminated": "Ended by a proctor",
    "abandoned": "Not handed in",
    "late": "With late answers",
    "unreleased": "Changed since the release, or not released",
}


_OF_MARKED = ("unmarked", "passed", "failed", "unreleased")
"""Filters that mean nothing for what was never handed in."""


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One line of the table; the attempt's enrolment has its allowances loaded."""

    attempt: Attempt
    result: Result
    markers: list[str]
    is_late: bool
    released: ReleasedResult | None

    @property
    def is_outdated(self) -> bool:
        """Whether what was released is not what it is now."""
        found = self.released
        return found is not None and (found.points, found.possible, found.passed, found.grade) != (
            self.result.points,
            self.result.possible,
            self.result.passed,
            self.result.grade,
        )


@dataclass(frozen=True, slots=True)
class ResultTable:
    """The attempts that fit, in order; `lines_of` makes the lines of a part of them."""

    sitting: Sitting
    attempts: list[int]
    sums: dict[int, Sums]

    def lines_of(self, attempts: list[int]) -> list[ResultLine]:
        """The lines of these attempts, in this order. Seven queries, however many."""
        rows = Attempt.objects.filter(pk__in=attempts).select_related(
            "enrolment__candidate", "enrolment__sitting"
        )
        exam = self.sitting.exam
        found = {each.pk: each for each in rows.prefetch_related("enrolment__allowances")}
        sums = self.sums or hundredths_of(attempts)
        markers = _markers(attempts)
        late = set(_late(attempts))
        released = {
            each.attempt_id: each
            for each in ReleasedResult.objects.filter(attempt__in=attempts, release__state=states.RELEASED)
        }
        return [
            ResultLine(
                attempt=found[key],
                result=sums[key].result(exam),
                markers=markers.get(key, []),
                is_late=key in late,
                released=released.get(key),
            )
            for key in attempts
            if key in found and key in sums
        ]


def result_table(
    sitting: Sitting,
    *,
    search: str = "",
    only: str = "",
    sort: str = "name",
    nameless: Collection[int] = (),
) -> ResultTable:
    """The ended attempts of a sitting that fit `search` (name, e-mail) and `only` (of FILTERS), in order.

    People who are `nameless` for the reader are not found by name, and stand last in that order. A minus
    before `sort` turns it round. Totals are added up for all attempts only when the order or the
    filter needs them.
    """
    rows = ended_attempts(sitting)
    if search:
        who = Q(enrolment__candidate__name__icontains=search) | Q(
            enrolment__candidate__email__icontains=search
        )
        rows = rows.filter(who).exclude(enrolment__candidate__in=nameless)
    if only == "terminated":
        rows = rows.filter(state=states.TERMINATED)
    if only == "abandoned":
        rows = rows.filter(state=states.ABANDONED)
    if only in _OF_MARKED:
        rows = rows.filter(state__in=states.MARKED)
    by, is_reversed = sort.removeprefix("-"), sort.startswith("-")
    columns: tuple[str, ...] = {"ended": ("ended_at", "pk")}.get(by, ("enrolment__candidate__name", "pk"))
    if nameless and by != "ended":
        hidden = Q(enrolment__candidate__in=nameless)
        rows = rows.annotate(
            is_nameless=Case(When(hidden, then=1), default=0),
            known_name=Case(When(hidden, then=Value("")), default=F("enrolment__candidate__name")),
        )
        columns = ("is_nameless", "known_name", "pk")
    keys = list(rows.order_by(*columns).values_list("pk", flat=True))
    if only == "late":
        late = set(_late(keys))
        keys = [key for key in keys if key in late]
    needs_all = by == "points" or only in _OF_MARKED
    sums = hundredths_of(ended_attempts(sitting)) if needs_all else {}
    if needs_all:
        released = _released_points(sitting) if only == "unreleased" else {}
        keys = [key for key in keys if key in sums and _fits(sitting.exam, only, key, sums[key], released)]
    if by == "points":
        keys.sort(key=lambda key: _rank(sums[key]))
    return ResultTable(sitting, keys[::-1] if is_reversed else keys, sums)


def _rank(sums: Sums) -> tuple[float, int]:
    """Orders as percentage and points do, without making thousands of exact results."""
    given = max(sums.given, 0)
    return (given / sums.most if sums.most else 0.0, given)


def _fits(exam: Exam, only: str, key: int, sums: Sums, released: Mapping[int, Any]) -> bool:
    if only == "unmarked":
        return sums.unmarked > 0
    if only not in ("passed", "failed", "unreleased"):
        return True
    found = sums.result(exam)
    if only in ("passed", "failed"):
        return found.passed is (only == "passed")
    return released.get(key) != (found.points, found.possible, found.passed, found.grade)


def _released_points(sitting: Sitting) -> dict[int, Any]:
    rows = ReleasedResult.objects.filter(release__sitting=sitting, release__state=states.RELEASED)
    columns = rows.values_list("attempt_id", "points", "possible", "passed", "grade")
    return {attempt: tuple(values) for attempt, *values in columns}


def _markers(attempts: list[int]) -> dict[int, list[str]]:
    """Who gave what counts: the markers of settled answers in rounds, and who changed marks by hand."""
    given = Mark.objects.filter(attempt__in=attempts, marker__isnull=False).order_by()
    readings = Reading.objects.filter(answer__item__attempt__in=attempts, answer__is_settled=True).order_by()
    found: dict[int, set[str]] = defaultdict(set)
    for attempt, name in [
        *given.values_list("attempt", "marker__name").distinct(),
        *readings.values_list("answer__item__attempt", "marker__name").distinct(),
    ]:
        found[attempt].add(name)
    return {attempt: sorted(names) for attempt, names in found.items()}


def _late(attempts: list[int]) -> list[int]:
    rows = JournalEntry.objects.filter(attempt__in=attempts, is_late=True).order_by()
    return list(rows.values_list("attempt", flat=True).distinct())
