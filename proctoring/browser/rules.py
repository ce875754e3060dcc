"""When noted events become an incident, and what is said of them in words and numbers. Pure.

Totals are reckoned from all events each time, so that late, repeated and mixed-up arrival changes nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from proctoring.browser.events import LASTING, PageEvent
from proctoring.browser.events import BrowserKind as Kind
from proctoring.browser.terms import Do, Terms
from proctoring.browser.words import WORDS
from proctoring.observations import Measurements, Severity


@dataclass(frozen=True, slots=True)
class Totals:
    """All events of one kind together: how often, seconds, characters; ``last_seconds``: of the newest."""

    times: int = 0
    seconds: float = 0.0
    longest: float = 0.0
    last_seconds: float = 0.0
    length: int = 0
    longest_length: int = 0
    first_at: float = 0.0
    last_at: float = 0.0
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What an incident says. Times are seconds since the epoch."""

    kind: Kind
    severity: Severity
    times: int
    explanation: str
    started_at: float
    last_seen_at: float
    measurements: Measurements


def reckon(events: Iterable[PageEvent]) -> Totals:
    """The totals of events of one kind, in any order.

    An event with count 0 is more of the one before it. One that puts several together has the seconds of all
    of them, so "longest" is at least their mean: many short leaves are no long one.
    """
    ordered = sorted(events, key=lambda each: (each.at, each.number))
    spells: list[float] = []
    times, lengths, details = 0, [0], dict.fromkeys(each.detail for each in ordered if each.detail)
    for each in ordered:
        if each.count or not spells:
            # The first piece may be lost: what is left of the spell counts once.
            times += max(1, each.count)
            spells.append(each.seconds / max(1, each.count))
        else:
            spells[-1] += each.seconds
        lengths.append(each.length or 0)
    if not ordered:
        return Totals()
    return Totals(
        times=times,
        seconds=sum(each.seconds for each in ordered),
        longest=max(spells),
        last_seconds=spells[-1],
        length=sum(lengths),
        longest_length=max(lengths),
        first_at=ordered[0].at,
        last_at=max(each.at + each.seconds for each in ordered),
        details=tuple(details),
    )


def judge(kind: Kind, terms: Terms, totals: Totals) -> Finding | None:
    """The incident that the totals amount to, or None while they are below the numbers."""
    if terms.do is not Do.INCIDENT or not totals.times:
        return None
    by_seconds = kind in LASTING and terms.seconds and totals.seconds >= terms.seconds
    if totals.times < terms.times and not by_seconds:
        return None
    return Finding(
        kind,
        terms.severity,
        totals.times,
        explain(kind, totals),
        totals.first_at,
        totals.last_at,
        _measurements(kind, totals),
    )


def explain(kind: Kind, totals: Totals) -> str:
    """Such as "Left the exam's window 3 times for 41 s together, longest 22 s"."""
    return f"{WORDS[kind].found} {_how_often(totals.times)}{_how_much(kind, totals)}{_named(totals)}"


def tell(kind: Kind, totals: Totals, *, blocked: bool = False) -> str:
    """What the candidate is told of the newest event: calm, with the count so far."""
    if kind in LASTING and totals.last_seconds >= 1:
        lasted = f" for {_seconds(totals.last_seconds)}"
    else:
        lasted = ""
    what = f"{WORDS[kind].told}{lasted}"
    if blocked:
        what = f"{what}, which is switched off in this exam"
    so_far = "first time" if totals.times == 1 else f"{totals.times} times so far"
    return f"{what}. This is noted. ({so_far})"


def _how_often(times: int) -> str:
    return "once" if times == 1 else f"{times} times"


def _how_much(kind: Kind, totals: Totals) -> str:
    if kind in LASTING and totals.seconds:
        if totals.times == 1:
            return f" for {_seconds(totals.seconds)}"
        return f" for {_seconds(totals.seconds)} together, longest {_seconds(totals.longest)}"
    if totals.length:
        if totals.times == 1:
            return f", {totals.length} characters"
        return f", {totals.length} characters together, most {totals.longest_length}"
    return ""


def _named(totals: Totals) -> str:
    return f" ({', '.join(totals.details[:3])})" if totals.details else ""


def _seconds(value: float) -> str:
    whole = round(value)
    return f"{whole} s" if whole < 120 else f"{whole // 60} min {whole % 60} s"


def _measurements(kind: Kind, totals: Totals) -> Measurements:
    found: dict[str, float | int | str] = {"times": totals.times}
    if kind in LASTING:
        found |= {"away_seconds": round(totals.seconds, 1), "longest_seconds": round(totals.longest, 1)}
    if totals.length:
        found |= {"characters": totals.length, "most_characters": totals.longest_length}
    return found
