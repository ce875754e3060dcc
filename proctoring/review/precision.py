"""Measured precision: what people decided of incidents, and of cases as a whole, counted as it is given."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Count, F, QuerySet, Sum

from accounts.models import Institution
from proctoring.models import Case, DetectorPrecision, Incident, MonitoringSession
from proctoring.models.case import Verdict
from proctoring.review.intervals import Figures
from proctoring.states import (
    ACKNOWLEDGED,
    CASE_JUDGED,
    DISMISSED,
    INCONCLUSIVE,
    UNREVIEWED,
    UPHELD,
)

COUNTED = (UPHELD, DISMISSED, INCONCLUSIVE)
"""Review states that count; each is also the name of its column."""
WITH_CASE = "dismissed_with_case"
"""What an incident counts as that nobody decided, in a case without concern."""
_COLUMNS = {**{name: (name,) for name in COUNTED}, WITH_CASE: (DISMISSED, WITH_CASE)}
Place = tuple[int, str, str, str, str]
"""Institution, kind, light, name of the numbers, engine."""
LEAST_SHARED = 10
LEAST_INSTITUTIONS = 3
"""Figures over institutions are told from so many verdicts and so many institutions on: below, they would
tell what a single one has decided."""


def count_incident(incident: Incident) -> None:
    """Counts the incident as what it stands for now, instead of what it counted as before.

    In the caller's transaction. So an incident counts once, however often it was opened again. Practice
    counts for nothing.
    """
    with_case = case_states().filter(session=incident.session_id).exists()
    # As what it counts now: the row in hand may be older.
    incident.counted = Incident.objects.values_list("counted", flat=True).get(pk=incident.pk)
    _count([incident], with_case=with_case)


def count_session(session: MonitoringSession) -> set[tuple[str, str]]:
    """The same for all incidents of a session whose case has moved; kind and rule of those that changed."""
    with_case = case_states().filter(session=session).exists()
    rows = Incident.objects.filter(session=session, review_state__in=(UNREVIEWED, ACKNOWLEDGED))
    rows = rows.select_for_update(of=("self",))
    # Without the two states nothing hangs on the case: what a person decided about the incident stands.
    return _count(rows.select_related("institution", "sitting"), with_case=with_case)


def case_states() -> QuerySet[Case]:
    """Cases whose last word is that nothing stands against the candidate."""
    return Case.objects.filter(state__in=CASE_JUDGED, verdict=Verdict.NO_CONCERN)


def standing_answer(review_state: str, *, with_case: bool) -> str:
    """As what an incident counts: by its own verdict, else by that on its case; "" for nothing.

    "No concern" about the whole case says of each incident in it that it was a mistake or harmless, which is
    what dismissing one means. A breach does not say which incident showed it, and counts for none.
    """
    if review_state in COUNTED:
        return review_state
    return WITH_CASE if with_case else ""


def _count(incidents: Iterable[Incident], *, with_case: bool) -> set[tuple[str, str]]:
    moves: Counter[tuple[Place, str]] = Counter()
    changed: dict[str, list[int]] = defaultdict(list)
    for each in incidents:
        after = standing_answer(each.review_state, with_case=with_case)
        if after == each.counted or _is_practice(each):
            continue
        place = (each.institution_id, each.kind, each.light, each.rule, each.engine)
        for answer, step in ((each.counted, -1), (after, 1)):
            for column in _COLUMNS.get(answer, ()):
                moves[place, column] += step
        changed[after].append(each.pk)
        each.counted = after
    for after, keys in changed.items():
        Incident.objects.filter(pk__in=keys).update(counted=after)
    for (place, column), step in moves.items():
        _move(place, column, step)
    return {(kind, rule) for (_, kind, _, rule, _), _ in moves}


def _move(place: Place, column: str, step: int) -> None:
    institution, kind, light, rule, engine = place
    row, _ = DetectorPrecision.objects.get_or_create(
        institution_id=institution, kind=kind, light=light, rule=rule, engine=engine
    )
    if step:
        # Never below zero: a verdict may be older than the counting.
        own = DetectorPrecision.objects.filter(pk=row.pk, **{f"{column}__gte": max(0, -step)})
        own.update(**{column: F(column) + step})


def figures_of_kinds(institution: Institution) -> dict[str, Figures]:
    """By kind of incident, over every light, set of numbers and engine. One query."""
    rows = DetectorPrecision.objects.filter(institution=institution).values("kind").order_by("kind")
    return {row["kind"]: _figures(row) for row in rows.annotate(**_SUMS)}


def with_cases(institution: Institution) -> dict[str, int]:
    """By kind: how many of the dismissed were decided by the verdict on a whole case alone. One query."""
    rows = DetectorPrecision.objects.filter(institution=institution, dismissed_with_case__gt=0)
    return dict(rows.order_by("kind").values_list("kind").annotate(number=Sum(WITH_CASE)))


def figures_of(institution: Institution, kind: str, rule: str) -> Figures:
    """Of one kind by one set of numbers, in every light. One query."""
    rows = DetectorPrecision.objects.filter(institution=institution, kind=kind, rule=rule)
    return _figures(rows.aggregate(**_SUMS))


def broken_down(institution: Institution, by: str) -> dict[str, dict[str, Figures]]:
    """By kind and by `by`: light, rule or engine. One query."""
    rows = DetectorPrecision.objects.filter(institution=institution).values("kind", by).order_by("kind", by)
    found: dict[str, dict[str, Figures]] = defaultdict(dict)
    for row in rows.annotate(**_SUMS):
        found[row["kind"]][row[by]] = _figures(row)
    return found


def figures_everywhere() -> dict[str, Figures]:
    """By kind over all institutions, where the operator allows it and nobody can be told from it.

    Empty unless PROCTOR_SHARED_PRECISION is set. One query.
    """
    if not settings.SHARED_PRECISION:
        return {}
    # _base_manager: the operator has allowed sums over all institutions; no row of one is told.
    rows = DetectorPrecision._base_manager.values("kind").order_by("kind")
    found = rows.annotate(**_SUMS, institutions=Count("institution", distinct=True))
    sums = {row["kind"]: _figures(row) for row in found if row["institutions"] >= LEAST_INSTITUTIONS}
    return {kind: figures for kind, figures in sums.items() if figures.judged >= LEAST_SHARED}


_SUMS: dict[str, Any] = {f"all_{name}": Sum(name) for name in COUNTED}


def _figures(row: Any) -> Figures:
    return Figures(*(row[f"all_{name}"] or 0 for name in COUNTED))


def _is_practice(incident: Incident) -> bool:
    return incident.sitting is not None and incident.sitting.is_practice
