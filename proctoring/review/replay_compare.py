"""Compares what is stored with what a replay makes of it, and two replays with each other (pure)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from proctoring.observations import Severity
from proctoring.review.replay import Replayed

SAME_MOMENT_S = 0.002
"""Stored moments have microseconds, observations milliseconds."""


@dataclass(frozen=True, slots=True)
class Stored:
    """An incident as its row has it. Seconds since the epoch; `verdict`: the review state."""

    pk: int
    kind: str
    severity: str
    started_at: float
    last_seen_at: float
    count: int
    repeats: int
    verdict: str


@dataclass(frozen=True, slots=True)
class Match:
    """An incident of the replay with its rows: several where people decided before it came back."""

    replayed: Replayed
    rows: tuple[Stored, ...]


@dataclass(frozen=True, slots=True)
class Reproduction:
    """Which stored incidents the observations lead to again, and which they do not, with the reason."""

    matches: list[Match]
    not_replayable: list[tuple[Stored, str]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What other numbers would have changed. `changed`: the match and its other severity."""

    vanished: list[Match]
    changed: list[tuple[Match, Severity]]
    kept: int


def reproduce(stored: Iterable[Stored], replayed: Sequence[Replayed]) -> Reproduction:
    """Finds each stored incident in the replay with unchanged rules."""
    found: dict[int, list[Stored]] = {}
    missing: list[tuple[Stored, str]] = []
    for row in stored:
        place, reason = _place_of(row, replayed)
        if place is None or reason:
            missing.append((row, reason))
        else:
            found.setdefault(place, []).append(row)
    return Reproduction([Match(replayed[place], tuple(rows)) for place, rows in found.items()], missing)


def compare(before: Sequence[Match], after: Sequence[Replayed]) -> Outcome:
    """What changes for the incidents that can be replayed.

    Two incidents are the same question when they are of one kind and share a moment.
    """
    vanished, changed, kept = [], [], 0
    for match in before:
        again = [each for each in after if each.meets(match.replayed)]
        if not again:
            vanished.append(match)
            continue
        worst = max((each.severity for each in again), key=lambda each: each.rank)
        if worst is not match.replayed.severity:
            changed.append((match, worst))
        else:
            kept += 1
    return Outcome(vanished, changed, kept)


def appeared(before: Sequence[Replayed], after: Sequence[Replayed]) -> list[Replayed]:
    """What the rules as they were made nothing of."""
    return [each for each in after if not any(each.meets(old) for old in before)]


def _place_of(row: Stored, replayed: Sequence[Replayed]) -> tuple[int | None, str]:
    """Where the row is in the replay, and why not, if it is not."""
    for place, each in enumerate(replayed):
        if each.kind.value != row.kind:
            continue
        if _is_same(each.started_at, row.started_at):
            return place, "" if each.resumed else _difference(row, each)
        if any(_is_same(at, row.started_at) for at in each.resumed):
            return place, ""
    return None, "the observations of that time were not kept, or not all of them"


def _difference(row: Stored, each: Replayed) -> str:
    if not _is_same(row.last_seen_at, each.last_seen_at):
        return "it ends at another moment in the replay"
    if (row.count, row.repeats) != (each.count, each.repeats):
        return "it is found in another number of pictures or recordings in the replay"
    return ""


def _is_same(one: float, other: float) -> bool:
    return abs(one - other) <= SAME_MOMENT_S
