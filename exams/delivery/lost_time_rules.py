"""How much of a lost interval is given back: no second twice, within the sitting's policy (pure)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

Interval = tuple[datetime, datetime]

OVERLAP = "overlap"
TOO_SHORT = "too_short"
NOT_BY_ITSELF = "not_by_itself"
MOST_REACHED = "most_reached"


@dataclass(frozen=True, slots=True)
class Policy:
    """What is given back without a person. `given_s`: so much was already, of the causes it is about."""

    causes: frozenset[str]
    least_s: int
    most_s: int
    given_s: int


@dataclass(frozen=True, slots=True)
class Credit:
    """Seconds to give back; `why_not` is empty when that is all of the interval."""

    seconds: int
    why_not: str


def uncovered_s(interval: Interval, covered: Iterable[Interval]) -> float:
    """Seconds of `interval` that none of `covered` holds."""
    start, end = interval
    left, at = timedelta(0), start
    for first, last in sorted(covered):
        if last <= at or first >= end:
            continue
        left += max(timedelta(0), first - at)
        at = max(at, last)
    left += max(timedelta(0), end - at)
    return left.total_seconds()


def credit(cause: str, interval: Interval, covered: Iterable[Interval], policy: Policy | None) -> Credit:
    """What to give back for an interval. Without a policy (a person decided): all that is not covered.

    Rounded up to whole seconds: nobody loses working time by rounding.
    """
    open_s = ceil(round(uncovered_s(interval, covered), 3))
    whole_s = ceil(round((interval[1] - interval[0]).total_seconds(), 3))
    why = "" if open_s == whole_s else OVERLAP
    if policy is None or not open_s:
        return Credit(open_s, why)
    if cause not in policy.causes:
        return Credit(0, NOT_BY_ITSELF)
    if open_s < policy.least_s:
        return Credit(0, TOO_SHORT)
    room = max(0, policy.most_s - policy.given_s)
    return Credit(room, MOST_REACHED) if room < open_s else Credit(open_s, why)
