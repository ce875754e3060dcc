"""Promises of the time rules for any input at all."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from proctoring.incidents.rules import (
    EndIncident,
    OpenIncident,
    RepeatIncident,
    RuleState,
    advance,
    finish,
    identity_due,
)
from proctoring.observations import FrameReport, Observation, ObservationKind, Quality

KINDS = list(ObservationKind)
looks = st.fixed_dictionaries({}, optional={kind: st.sampled_from([True, False, None]) for kind in KINDS})
frames = st.lists(
    st.tuples(looks, st.sampled_from([0.0, 0.1, 0.5, 1.0, 1.0, 1.0, 3.0, 12.0, 90.0, -2.0, -50.0])),
    max_size=60,
)


def reports(steps: list[tuple[dict[ObservationKind, bool | None], float]]) -> list[FrameReport]:
    made, at = [], 1000.0
    for sequence, (seen, step) in enumerate(steps):
        at += step
        observations = tuple(
            Observation(kind, bool(value), 0.8, {}, informative=value is not None)
            for kind, value in seen.items()
        )
        made.append(FrameReport(at, sequence, 640, 480, Quality(True), observations))
    return made


@given(frames)
def test_never_opens_when_nothing_is_ever_seen(steps: list) -> None:
    quiet = [
        ({kind: False if value else value for kind, value in seen.items()}, step) for seen, step in steps
    ]
    state = RuleState()
    for frame in reports(quiet):
        state, decisions = advance(state, frame)
        assert decisions == []
    assert finish(state, 9e9)[1] == []


@given(frames)
@settings(max_examples=200)
def test_each_kind_alternates_and_finish_closes_everything(steps: list) -> None:
    state, is_open = RuleState(), dict.fromkeys(KINDS, False)
    started: dict[ObservationKind, float] = {}
    counts = dict.fromkeys(KINDS, 0)

    def take(decisions: list) -> None:
        for decision in decisions:
            assert 0 <= decision.confidence <= 1 and decision.explanation
            if isinstance(decision, OpenIncident | RepeatIncident):
                assert not is_open[decision.kind]
                is_open[decision.kind] = True
                if isinstance(decision, OpenIncident):
                    counts[decision.kind] = 0
                    started[decision.kind] = decision.started_at
                assert decision.kind in started, "a repeat needs an incident to repeat"
            else:
                assert is_open[decision.kind]
            assert decision.count >= counts[decision.kind]
            counts[decision.kind] = decision.count
            if isinstance(decision, EndIncident):
                is_open[decision.kind] = False
                assert decision.ended_at >= started[decision.kind]

    for frame in reports(steps):
        state, decisions = advance(state, frame)
        take(decisions)
        assert {kind for kind, value in is_open.items() if value} == set(state.open_kinds())
    state, decisions = finish(state, 9e9)
    take(decisions)
    assert not any(is_open.values()) and state.open_kinds() == ()


@given(frames, st.randoms(use_true_random=False))
def test_repeats_and_stragglers_make_no_difference(steps: list, random: object) -> None:
    clean = noisy = RuleState()
    seen: list[FrameReport] = []
    for frame in reports(steps):
        clean, expected = advance(clean, frame)
        noisy, found = advance(noisy, frame)
        seen.append(frame)
        for _ in range(2):
            noisy, again = advance(noisy, random.choice(seen))
            assert again == []
        assert found == expected
    assert noisy == clean


@given(frames)
def test_storing_the_state_between_frames_makes_no_difference(steps: list) -> None:
    kept = stored = RuleState()
    for frame in reports(steps):
        kept, expected = advance(kept, frame)
        stored, found = advance(RuleState.from_json(json.loads(json.dumps(stored.to_json()))), frame)
        assert [(type(item), item.kind, item.count) for item in found] == [
            (type(item), item.kind, item.count) for item in expected
        ]
        assert identity_due(kept, kept.last_at + 1) == identity_due(stored, stored.last_at + 1)


@given(frames)
def test_the_same_input_gives_the_same_output(steps: list) -> None:
    def run() -> list:
        state, made = RuleState(), []
        for frame in reports(steps):
            state, decisions = advance(state, frame)
            made += decisions
        return made

    assert run() == run()
