"""Erases what the register names of one attempt and its session."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from proctoring.holds import Span
from proctoring.rights.kinds import KINDS
from proctoring.rights.register import Erasing, Kind


def erase(span: Span, erasing: Erasing, kinds: Iterable[Kind]) -> dict[str, int]:
    """Erases these kinds in the caller's transaction, under the lock of the span; how many of each.

    The caller has asked `holds.require_free` under that lock.
    """
    counts = {}
    for kind in kinds:
        number = 0
        for rows in kind.rows:
            found = rows.of_span(span)
            if found is not None:
                number += rows.remove(found.distinct() if rows.attempt else found, erasing)
        if number:
            counts[kind.code] = number
    return counts


def kept_of(span: Span) -> list[dict[str, str]]:
    """What stays of the span for a reason, as a certificate names it."""
    return [
        {"kind": kind.code, "label": kind.label, "why": kind.kept_why}
        for kind in KINDS.values()
        if kind.kept_why and any(_has_any(rows.of_span(span)) for rows in kind.rows)
    ]


def _has_any(rows: QuerySet[Any] | None) -> bool:
    return rows is not None and rows.exists()
