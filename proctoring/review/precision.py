"""Measured precision: verdicts of people on incidents, counted as they are given."""

from collections import defaultdict
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Sum

from accounts.models import Institution
from proctoring.models import DetectorPrecision, Incident
from proctoring.review.intervals import Figures
from proctoring.states import DISMISSED, INCONCLUSIVE, UPHELD

COUNTED = (UPHELD, DISMISSED, INCONCLUSIVE)
"""Review states that count; each is also the name of its column."""
LEAST_SHARED = 10
LEAST_INSTITUTIONS = 3
"""Figures over institutions are told from so many verdicts and so many institutions on: below, they would
tell what a single one has decided."""


def count_verdict(incident: Incident, before: str) -> None:
    """Takes the verdict an incident had from the counts and adds the one it has; in the caller's transaction.

    So an incident counts once, by its standing verdict, however often it was opened again. Practice counts
    for nothing.
    """
    after = incident.review_state
    if not {before, after} & set(COUNTED) or before == after or _is_practice(incident):
        return
    place: dict[str, Any] = {
        "institution": incident.institution,
        "kind": incident.kind,
        "light": incident.light,
        "rule": incident.rule,
        "engine": incident.engine,
    }
    row, _ = DetectorPrecision.objects.get_or_create(**place)
    own = DetectorPrecision.objects.filter(pk=row.pk)
    if before in COUNTED:
        # Never below zero: a verdict may be older than the counting.
        own.filter(**{f"{before}__gt": 0}).update(**{before: F(before) - 1})
    if after in COUNTED:
        own.update(**{after: F(after) + 1})


def figures_of_kinds(institution: Institution) -> dict[str, Figures]:
    """By kind of incident, over every light, set of numbers and engine. One query."""
    rows = DetectorPrecision.objects.filter(institution=institution).values("kind").order_by("kind")
    return {row["kind"]: _figures(row) for row in rows.annotate(**_SUMS)}


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
