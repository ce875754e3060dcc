"""The time rules: when observations become an incident, when it goes on, and when it is over.

Pure: state and report in, state and decisions out. The table of the defaults, and what happens on gaps,
repeats and late frames, is ``docs/time_rules.md``.
"""

from collections.abc import Mapping
from dataclasses import replace

from proctoring.incidents.decisions import (
    Decision,
    EndIncident,
    ExtendIncident,
    OpenIncident,
    RepeatIncident,
)
from proctoring.incidents.explanations import explain
from proctoring.incidents.frame_pace import follow_calm
from proctoring.incidents.identity_pace import follow_identity, identity_due
from proctoring.incidents.rule_state import KindState, Look, RuleState, Spell
from proctoring.incidents.rule_table import DEFAULT_RULES, Rule
from proctoring.incidents.things_pace import follow_things
from proctoring.observations import (
    FrameReport,
    Measurements,
    Observation,
    ObservationKind,
    Severity,
    Weight,
)

__all__ = [
    "DEFAULT_RULES",
    "Decision",
    "EndIncident",
    "ExtendIncident",
    "OpenIncident",
    "RepeatIncident",
    "Rule",
    "RuleState",
    "advance",
    "finish",
    "identity_due",
]

# Most seconds that one look vouches for: under load cameras slow down to one frame in many seconds, and
# nobody knows what happened in between.
_MOST_CREDIT = 3.0
# Bounds the stored window whatever the frame rate; 200 looks are 20 s at ten frames a second.
_MOST_LOOKS = 200


def advance(
    state: RuleState,
    report: FrameReport,
    rules: Mapping[ObservationKind, Rule] = DEFAULT_RULES,
    muted: frozenset[ObservationKind] = frozenset(),
) -> tuple[RuleState, list[Decision]]:
    """The state after ``report`` and what it decides; pure, and the same for the same input.

    A frame whose sequence is not above the last one changes nothing. Kinds without an informative look
    keep their memory. ``muted`` kinds (allowances) are not judged, and end if they are open.
    """
    if report.sequence <= state.last_sequence:
        return state, []
    kinds = dict(state.kinds)
    decisions: list[Decision] = []
    for kind, rule in rules.items():
        memory = kinds.get(kind, KindState())
        look = report.observation(kind)
        if kind in muted:
            kinds[kind], made = _end_now(rule, memory, "muted")
        elif look is None or not look.informative:
            continue
        else:
            kinds[kind], made = _take_look(rule, memory, look, report.captured_at)
        decisions += made
    mismatch = kinds.get(ObservationKind.DIFFERENT_PERSON, KindState()).spell
    pace = follow_identity(state.identity, report, bool(mismatch and mismatch.is_open))
    last_at = max(state.last_at, report.captured_at)
    work_at = {**state.work_at, **dict.fromkeys(report.done, report.captured_at)}
    calm_since = follow_calm(state, report, rules)
    doubts = follow_things(state.things_doubts, report)
    state = RuleState(report.sequence, last_at, state.frames + 1, kinds, pace, work_at, calm_since, doubts)
    return state, decisions


def finish(
    state: RuleState, at: float, rules: Mapping[ObservationKind, Rule] = DEFAULT_RULES
) -> tuple[RuleState, list[Decision]]:
    """End every open incident because the session ended at ``at`` (seconds since the epoch, UTC).

    An incident ends when it was last seen, not at ``at``: what nobody saw is not claimed. Open kinds that
    ``rules`` no longer name end by the default rule.
    """
    kinds = dict(state.kinds)
    decisions: list[Decision] = []
    for kind in state.open_kinds():
        kinds[kind], made = _end_now(rules.get(kind, DEFAULT_RULES[kind]), kinds[kind], "finished")
        decisions += made
    return replace(state, kinds=kinds, last_at=max(state.last_at, at)), decisions


def _take_look(
    rule: Rule, memory: KindState, seen: Observation, at: float
) -> tuple[KindState, list[Decision]]:
    """Add one informative look at time ``at`` to the memory of its kind."""
    looks, spell = memory.looks, memory.spell
    elapsed = at - looks[-1].at if looks else 0.0
    if elapsed > rule.gap_seconds or elapsed < -rule.gap_seconds:
        # Silence, or a client clock that was set: neither persistence nor all-clear.
        looks, elapsed = (), 0.0
        spell = replace(spell, clear_looks=0, clear_seconds=0.0) if spell else None
    credit = min(max(elapsed, 0.0), _MOST_CREDIT)
    looks = _trim(rule, (*looks, Look(at, seen.present, seen.confidence, credit)))
    if spell is not None and spell.is_open:
        return _go_on(rule, KindState(looks, spell), seen)
    return _try_open(rule, KindState(looks, spell), seen)


def _trim(rule: Rule, looks: tuple[Look, ...]) -> tuple[Look, ...]:
    """The newest looks that satisfy frames and seconds together, or all (bounded) while there are too few."""
    seconds = 0.0
    for number, look in enumerate(reversed(looks), start=1):
        if number >= rule.min_frames and seconds >= rule.persist_seconds:
            return looks[-number:]
        seconds += look.seconds
    return looks[-_MOST_LOOKS:]


def _is_persistent(rule: Rule, looks: tuple[Look, ...]) -> bool:
    """True when a trimmed window is long enough, ends with a sighting and has its share of them."""
    seconds = sum(look.seconds for look in looks[1:])
    if len(looks) < rule.min_frames or seconds < rule.persist_seconds or not looks[-1].present:
        return False
    return sum(look.present for look in looks) >= rule.share * len(looks)


def _try_open(rule: Rule, memory: KindState, seen: Observation) -> tuple[KindState, list[Decision]]:
    """Open a new incident, or the last one again, if the window says so."""
    if not _is_persistent(rule, memory.looks):
        return memory, []
    first = next(index for index, look in enumerate(memory.looks) if look.present)
    looks = memory.looks[first:]
    fresh = Spell(
        started_at=min(look.at for look in looks),
        last_seen_at=max(look.at for look in looks),
        looks=len(looks),
        count=sum(look.present for look in looks),
        seconds=sum(look.seconds for look in looks[1:]),
        confidence=max(look.confidence for look in looks if look.present),
        measurements=dict(seen.measurements),
        weight=seen.weight,
    )
    last = memory.spell
    if last is None or last.ended_at is None or fresh.started_at - last.ended_at > rule.cooldown_seconds:
        return replace(memory, spell=fresh), [_opened(rule, fresh)]
    merged = fresh.started_at - last.ended_at <= rule.merge_seconds
    spell = _join(last, fresh, merged)
    return replace(memory, spell=spell), [_repeated(rule, spell, fresh.started_at, merged)]


def _join(last: Spell, fresh: Spell, merged: bool) -> Spell:
    """The ended spell going on with the fresh one."""
    return replace(
        last,
        last_seen_at=max(last.last_seen_at, fresh.last_seen_at),
        looks=last.looks + fresh.looks,
        count=last.count + fresh.count,
        seconds=last.seconds + fresh.seconds,
        confidence=max(last.confidence, fresh.confidence),
        measurements=fresh.measurements if fresh.confidence >= last.confidence else last.measurements,
        weight=_weigh(last.weight, fresh.weight),
        repeats=last.repeats + (0 if merged else 1),
        clear_looks=0,
        clear_seconds=0.0,
        ended_at=None,
    )


def _go_on(rule: Rule, memory: KindState, seen: Observation) -> tuple[KindState, list[Decision]]:
    """Extend the open spell by a sighting, or count towards its end."""
    spell, look = memory.spell, memory.looks[-1]
    assert spell is not None  # the caller looked
    if not look.present:
        spell = replace(
            spell, clear_looks=spell.clear_looks + 1, clear_seconds=spell.clear_seconds + look.seconds
        )
        memory = replace(memory, spell=spell)
        if spell.clear_looks >= rule.clear_frames and spell.clear_seconds >= rule.clear_seconds:
            return _end_now(rule, memory, "clear")
        return memory, []
    spell = replace(
        spell,
        last_seen_at=max(spell.last_seen_at, look.at),
        looks=spell.looks + spell.clear_looks + 1,
        count=spell.count + 1,
        seconds=spell.seconds + spell.clear_seconds + look.seconds,
        confidence=max(spell.confidence, look.confidence),
        measurements=_measure(spell, seen),
        weight=_weigh(spell.weight, seen.weight),
        clear_looks=0,
        clear_seconds=0.0,
    )
    extended = ExtendIncident(
        rule.kind,
        _severity(rule, spell),
        spell.confidence,
        spell.last_seen_at,
        spell.count,
        explain(rule.template, spell),
        spell.measurements,
    )
    return replace(memory, spell=spell), [extended]


def _measure(spell: Spell, seen: Observation) -> Measurements:
    """The numbers of the clearest look, with the note of the newest: it knows most."""
    if seen.confidence >= spell.confidence:
        return dict(seen.measurements)
    kept = {name: value for name, value in spell.measurements.items() if name != "note"}
    return kept | {name: value for name, value in seen.measurements.items() if name == "note"}


def _weigh(before: Weight, now: Weight) -> Weight:
    """What is proven stays so; otherwise the newer look decides."""
    return before if before is Weight.PROVEN else now


def _severity(rule: Rule, spell: Spell) -> Severity:
    """The rule's severity, or the milder one while that is all the sightings say."""
    if spell.weight is not Weight.MILD:
        return rule.severity
    return min(rule.severity, rule.mild_severity, key=lambda each: each.rank)


def _end_now(rule: Rule, memory: KindState, reason: str) -> tuple[KindState, list[Decision]]:
    """Close the spell if it is open; a return then needs a fresh window.

    That window begins with the looks that cleared it, as the first one began with what was seen before.
    """
    spell = memory.spell
    if spell is None or not spell.is_open:
        return KindState((), spell), []
    looks = memory.looks[-spell.clear_looks :] if reason == "clear" else ()
    spell = replace(spell, ended_at=spell.last_seen_at, clear_looks=0, clear_seconds=0.0)
    ended = EndIncident(
        rule.kind,
        spell.confidence,
        spell.last_seen_at,
        spell.count,
        spell.repeats,
        reason,
        explain(rule.template, spell),
        spell.measurements,
    )
    return KindState(looks, spell), [ended]


def _opened(rule: Rule, spell: Spell) -> OpenIncident:
    return OpenIncident(
        rule.kind,
        _severity(rule, spell),
        spell.confidence,
        spell.started_at,
        spell.last_seen_at,
        spell.count,
        explain(rule.template, spell),
        spell.measurements,
    )


def _repeated(rule: Rule, spell: Spell, resumed_at: float, merged: bool) -> RepeatIncident:
    return RepeatIncident(
        rule.kind,
        _severity(rule, spell),
        spell.confidence,
        resumed_at,
        spell.last_seen_at,
        spell.count,
        spell.repeats,
        merged,
        explain(rule.template, spell),
        spell.measurements,
    )
