"""Which detectors are advisory in an institution, as those ask who raise incidents."""

from collections.abc import Mapping
from typing import TypeVar

from proctoring.models import DetectorStanding
from proctoring.states import ADVISORY

Kind = TypeVar("Kind", bound=str)


def advisory_among(institution_id: int, names: Mapping[Kind, str]) -> frozenset[Kind]:
    """The kinds whose numbers, by their name, are advisory there. One query, few rows."""
    rows = DetectorStanding.objects.filter(institution=institution_id, state=ADVISORY)
    held = set(rows.values_list("kind", "rule"))
    return frozenset(kind for kind, name in names.items() if (str(kind), name) in held)
