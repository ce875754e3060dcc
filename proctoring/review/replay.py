"""Runs the time rules over kept observations again, as they were or with other numbers (pure)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from proctoring.incidents.decisions import Decision, EndIncident, OpenIncident, RepeatIncident
from proctoring.incidents.observed import SeenFrame
from proctoring.incidents.rule_names import rule_name
from proctoring.incidents.rule_notes import HeldRules
from proctoring.incidents.rules import Rule, RuleState, advance, finish
from proctoring.observations import ObservationKind, Severity


@dataclass(frozen=True, slots=True)
class Minute:
    """Frames of one session in order, and the rules that held. `is_fresh`: the rules began anew."""

    frames: tuple[SeenFrame, ...]
    rules: HeldRules
    is_fresh: bool = False


@dataclass(frozen=True, slots=True)
class Replayed:
    """An incident that the rules made of the observations. Seconds since the epoch.

    `resumed`: when it came back; where a person had decided meanwhile, a row of its own began then.
    """

    kind: ObservationKind
    severity: Severity
    started_at: float
    last_seen_at: float
    count: int
    repeats: int = 0
    ended_at: float | None = None
    resumed: tuple[float, ...] = ()

    def meets(self, other: "Replayed") -> bool:
        """Whether both are of one kind and share a moment."""
        return (
            self.kind == other.kind
            and self.started_at <= other.last_seen_at
            and other.started_at <= self.last_seen_at
        )


Change = Callable[[HeldRules], HeldRules]


def as_it_was(held: HeldRules) -> HeldRules:
    """The rules unchanged."""
    return held


def with_rules(wanted: Mapping[ObservationKind, Rule]) -> Change:
    """The change to other rules. Kinds that were not looked for stay so: nothing is known of them.

    What was advisory by the disagreement of people stays of severity info while its numbers stay.
    """

    def change(held: HeldRules) -> HeldRules:
        rules = {}
        for kind, before in held.rules.items():
            if kind not in wanted:
                continue
            rule = wanted[kind]
            if kind in held.advisory and rule_name(rule) == rule_name(before):
                rule = replace(rule, severity=Severity.INFO)
            rules[kind] = rule
        return HeldRules(rules, held.muted, held.advisory)

    return change


def replay(minutes: Iterable[Minute], change: Change = as_it_was, *, is_over: bool = True) -> list[Replayed]:
    """The incidents of one session, oldest first; `is_over`: the session has ended, and with it what is open.

    The state goes through its stored form between frames, as it does in the exam, so that every rounding is
    the same.
    """
    book = Book()
    state = RuleState()
    for minute in minutes:
        held = change(minute.rules)
        if minute.is_fresh:
            # What was open then was ended where it was last seen, by the next of its kind or by the end.
            book.forget(state)
            state = RuleState()
        for frame in minute.frames:
            state, decisions = advance(state, frame.report(), held.rules, held.muted)
            book.take(decisions)
            state = RuleState.from_json(state.to_json())
    if is_over:
        book.take(finish(state, state.last_at)[1])
    return book.found()


class Book:
    """Incidents as the decisions make and change them."""

    def __init__(self) -> None:
        self._rows: list[Replayed] = []
        self._newest: dict[ObservationKind, int] = {}

    def take(self, decisions: Iterable[Decision]) -> None:
        """Carries out what the rules decided."""
        for decision in decisions:
            place = self._newest.get(decision.kind)
            if isinstance(decision, OpenIncident) or place is None:
                self._open(decision)
            else:
                self._rows[place] = _changed(self._rows[place], decision)

    def forget(self, state: RuleState) -> None:
        """Ends what is open in that state: the rules begin anew."""
        self.take(finish(state, state.last_at)[1])

    def found(self) -> list[Replayed]:
        """All of them, oldest first."""
        return sorted(self._rows, key=lambda each: (each.started_at, each.kind))

    def _open(self, decision: Decision) -> None:
        if isinstance(decision, EndIncident):
            return
        started = decision.last_seen_at
        if isinstance(decision, OpenIncident):
            started = decision.started_at
        elif isinstance(decision, RepeatIncident):
            started = decision.resumed_at
        self._newest[decision.kind] = len(self._rows)
        row = Replayed(decision.kind, decision.severity, started, decision.last_seen_at, decision.count)
        self._rows.append(row)


def _changed(row: Replayed, decision: Decision) -> Replayed:
    if isinstance(decision, EndIncident):
        return replace(
            row,
            last_seen_at=decision.ended_at,
            ended_at=decision.ended_at,
            count=decision.count,
            repeats=decision.repeats,
        )
    row = replace(
        row,
        severity=decision.severity,
        last_seen_at=max(row.last_seen_at, decision.last_seen_at),
        count=decision.count,
    )
    if isinstance(decision, RepeatIncident):
        row = replace(
            row, ended_at=None, repeats=decision.repeats, resumed=(*row.resumed, decision.resumed_at)
        )
    return row
