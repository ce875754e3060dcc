"""What is promised, and whether it held (pure). Thresholds: docs/operations.md, "Capacity"."""

from collections.abc import Sequence
from dataclasses import dataclass

from proctor_site.rehearsal.checks import Found
from proctor_site.rehearsal.log import Log
from proctor_site.rehearsal.plan import Plan

SAVE_P95_S = 0.3
ALERT_P95_S = 2.0
FIRST_QUESTION_P95_S = 2.0
BACK_WITHIN_S = 30.0
"""Twice the longest pause between two tries of the page."""
LOAD_SHARE = 0.8
"""Above this share of one core the made-up candidates themselves may have been the slowest part."""


@dataclass(frozen=True)
class Promise:
    """`wanted` and `found` in words."""

    name: str
    wanted: str
    found: str
    holds: bool


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that at least `share` of them do not exceed (nearest rank); None without values."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * round(share * 1000) // 1000) - 1)] if ordered else None


def judge(plan: Plan, log: Log, found: Found) -> list[Promise]:
    """Each promise, in the order of the report. What could not be measured does not hold."""
    once = [found.incident_counts.get(each, 0) == 1 for each in log.planned]
    told = [all(heard[each] == 1 for heard in log.heard) for each in log.planned]
    lost = found.lost + [f"{found.older_kept} answers are older than acknowledged"] * bool(found.older_kept)
    return [
        _none(
            "No acknowledged answer is lost",
            lost,
            f"{found.acknowledged} acknowledged, all found, none twice",
        )
        if found.acknowledged and not found.twice
        else Promise("No acknowledged answer is lost", "all, once", f"{found.twice} twice", holds=False),
        _none("Every journal of answers verifies", found.broken_journals, "all verify"),
        _none("Every chain of evidence verifies", found.broken_evidence, "all verify"),
        _all("Every planned incident is there once", once),
        _all("Every proctor heard of each planned incident once", told),
        _quick("An answer is saved", log.saved_s, SAVE_P95_S),
        _quick("An alert is on the proctor's screen", log.alerts_s(), ALERT_P95_S),
        _quick("The first question is there", log.first_question_s, FIRST_QUESTION_P95_S),
        Promise(
            "Everybody comes back by himself",
            f"within {BACK_WITHIN_S:g} s of the server's return, with all answers",
            f"{log.lost_lines} lines lost, {len(log.away)} not back, {log.came_back} browsers came back, "
            f"{log.answers_missing_on_return} answers missing there",
            holds=not log.away and not log.answers_missing_on_return,
        ),
        Promise(
            "Everybody hands in",
            f"{plan.candidates} of {plan.candidates}",
            f"{plan.candidates - len(log.failed)} of {plan.candidates}" + _first(list(log.failed.values())),
            holds=not log.failed and not found.not_handed_in,
        ),
    ]


def _none(name: str, wrong: list[str], right: str) -> Promise:
    return Promise(name, "none wrong", f"{len(wrong)} wrong{_first(wrong)}" if wrong else right, not wrong)


def _all(name: str, each: list[bool]) -> Promise:
    return Promise(name, "all", f"{sum(each)} of {len(each)}", holds=bool(each) and all(each))


def _quick(name: str, values: Sequence[float], limit: float) -> Promise:
    worst = percentile(values, 0.95)
    words = "nothing was measured" if worst is None else f"{worst * 1000:.0f} ms of {len(values)}"
    return Promise(
        f"{name} (p95)", f"under {limit * 1000:.0f} ms", words, worst is not None and worst < limit
    )


def _first(wrong: list[str]) -> str:
    return f"; the first: {wrong[0]}" if wrong else ""
