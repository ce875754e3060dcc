"""How soon the next frame of a session is wanted: sooner while something begins, later after long calm."""

from collections.abc import Mapping
from dataclasses import dataclass

from proctoring.incidents.rule_state import KindState, RuleState
from proctoring.incidents.rule_table import Rule
from proctoring.observations import FrameReport, ObservationKind, Severity

# A look older than this is no beginning any more.
_BEGINNING_S = 5.0
# An incident that goes on and on needs no pictures twice a second.
_FRESH_S = 30.0
# Seconds without a sighting, and the step from the usual interval to the slowest that is then taken.
_CALM_STEPS = ((300.0, 1.0), (120.0, 0.5))


@dataclass(frozen=True, slots=True)
class Intervals:
    """Milliseconds between two frames: usually, while something begins, after minutes of calm at most."""

    usual: int
    at_risk: int
    in_calm: int


def wanted_interval_ms(state: RuleState, rules: Mapping[ObservationKind, Rule], intervals: Intervals) -> int:
    """Milliseconds from the frame that led to ``state`` to the next one, as far as risk asks for it. Pure.

    Kinds of severity info do not count: they are advice, and no reason to look twice as often.
    """
    if any(_is_at_risk(memory, state.last_at) for memory in _serious(state, rules)):
        return min(intervals.at_risk, intervals.usual)
    calm_s = state.last_at - state.calm_since if state.calm_since >= 0 else 0.0
    share = next((share for least, share in _CALM_STEPS if calm_s >= least), 0.0)
    return round(intervals.usual + share * max(0, intervals.in_calm - intervals.usual))


def gravest_doubt(state: RuleState, rules: Mapping[ObservationKind, Rule]) -> int:
    """Rank of the gravest kind about which the next looks decide, 0 when there is none. Pure.

    That is a kind above severity info that was seen in one of its last two looks and is no incident yet, or
    an incident that was not seen in the last look and is not over yet.
    """
    return max(
        (
            rules[kind].severity.rank
            for kind, memory in state.kinds.items()
            if _counts(kind, rules) and _is_undecided(memory, state.last_at)
        ),
        default=0,
    )


def follow_calm(state: RuleState, report: FrameReport, rules: Mapping[ObservationKind, Rule]) -> float:
    """``calm_since`` after ``report``: the newest sighting of anything above info, or the first frame."""
    seen = any(
        each.present and each.informative and _counts(each.kind, rules) for each in report.observations
    )
    if seen or not 0 <= state.calm_since <= report.captured_at:
        return report.captured_at
    return state.calm_since


def _serious(state: RuleState, rules: Mapping[ObservationKind, Rule]) -> list[KindState]:
    return [memory for kind, memory in state.kinds.items() if _counts(kind, rules)]


def _counts(kind: ObservationKind, rules: Mapping[ObservationKind, Rule]) -> bool:
    return kind in rules and rules[kind].severity.rank > Severity.INFO.rank


def _is_undecided(memory: KindState, at: float) -> bool:
    if memory.spell is not None and memory.spell.is_open:
        return memory.spell.clear_looks > 0 and at - memory.looks[-1].at <= _BEGINNING_S
    return _has_begun(memory, at)


def _has_begun(memory: KindState, at: float) -> bool:
    newest = memory.looks[-2:]
    return any(look.present for look in newest) and at - newest[-1].at <= _BEGINNING_S


def _is_at_risk(memory: KindState, at: float) -> bool:
    if memory.spell is not None and memory.spell.is_open:
        return at - memory.spell.started_at <= _FRESH_S
    return _has_begun(memory, at)
