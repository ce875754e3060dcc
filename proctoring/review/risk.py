"""How much an attempt asks to be looked at: a curve over time, and the expected value of a look (pure).

Numbers for ordering work, never a probability of cheating and never shown to a candidate as a score. The
weights of severities are the product's own choice: each step counts about three times the one below it.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Protocol

WEIGHTS = {"info": 1.0, "low": 3.0, "medium": 10.0, "high": 30.0}
PRIOR = 0.5
"""Share of a kind's incidents that people confirm, until enough have been decided to measure it."""
HALF_LIFE = timedelta(seconds=60)
"""After an incident its part of the curve halves in this time: what follows is worth a look as well."""
_FULL = 30.0
"""Active weight at which the curve reaches 63 of 100: one high incident."""
_LONG_SECONDS = 300.0
POINTS = 240


class Found(Protocol):
    """What is needed of an incident."""

    kind: str
    severity: str
    started_at: datetime
    last_seen_at: datetime
    ended_at: datetime | None


Precision = Callable[[str], float]
"""The measured share of confirmed incidents of a kind, 0 to 1."""


def no_measure(_kind: str) -> float:
    """Used until there are measurements."""
    return PRIOR


def risk_curve(
    incidents: Iterable[Found],
    begin: datetime,
    end: datetime,
    *,
    points: int = POINTS,
    precision: Precision = no_measure,
) -> list[tuple[datetime, float]]:
    """`points` moments evenly over the span, each with 0 to 100: 100 (1 - exp(-active weight / 30)).

    Empty where `end` is not after `begin`.
    """
    if end <= begin or points < 2:
        return []
    spans = [
        (each.started_at, each.ended_at or each.last_seen_at, weight_of(each, precision))
        for each in incidents
    ]
    step = (end - begin) / (points - 1)
    curve = []
    for place in range(points):
        # Each point stands for its step, so that what is shorter than a step is not passed over.
        at = begin + place * step
        active = sum(_active(span, at - step / 2, at + step / 2) for span in spans)
        curve.append((at, round(100 * (1 - math.exp(-active / _FULL)), 1)))
    return curve


def _active(span: tuple[datetime, datetime, float], since: datetime, until: datetime) -> float:
    started, ended, weight = span
    if until < started:
        return 0.0
    after = max((since - ended).total_seconds(), 0.0)
    return weight * math.pow(0.5, after / HALF_LIFE.total_seconds())


def weight_of(incident: Found, precision: Precision = no_measure) -> float:
    """Weight of the severity times the share of its kind that people confirm, twice (prior: 1)."""
    return WEIGHTS[incident.severity] * precision(incident.kind) / PRIOR


def expected_value(incidents: Iterable[Found], precision: Precision = no_measure) -> float:
    """Expected weight of what a look confirms, summed over kinds.

    Of a kind: the weight of its gravest severity, times the chance that at least one of its incidents is
    confirmed, 1 - (1 - p)^n, times 1 to 2 for up to five minutes altogether.
    """
    kinds: dict[str, list[Found]] = defaultdict(list)
    for each in incidents:
        kinds[each.kind].append(each)
    value = 0.0
    for kind, found in kinds.items():
        share = min(max(precision(kind), 0.0), 1.0)
        lasted = sum(((one.ended_at or one.last_seen_at) - one.started_at).total_seconds() for one in found)
        long = 1 + min(max(lasted, 0.0) / _LONG_SECONDS, 1.0)
        value += max(WEIGHTS[one.severity] for one in found) * (1 - (1 - share) ** len(found)) * long
    return round(value, 4)
