"""The time rules, look by look: opening, extending, ending, merging, repeats, gaps, late frames, mutes."""

import json
from collections.abc import Iterable

import pytest

from proctoring.incidents.rules import (
    DEFAULT_RULES,
    Decision,
    EndIncident,
    ExtendIncident,
    OpenIncident,
    RepeatIncident,
    Rule,
    RuleState,
    advance,
    finish,
    identity_due,
)
from proctoring.observations import (
    SOUND_KINDS,
    FaceBox,
    FrameReport,
    Observation,
    ObservationKind,
    Quality,
    Severity,
)

NO_FACE = ObservationKind.NO_FACE
SEVERAL = ObservationKind.SEVERAL_FACES
PERSON = ObservationKind.DIFFERENT_PERSON
COVERED, DARK = ObservationKind.CAMERA_COVERED, ObservationKind.CAMERA_DARK
MEASURED = {"faces": 2, "smallest_px": 84, "similarity": 0.1, "threshold": 0.3}


def report(
    sequence: int,
    at: float,
    kind: ObservationKind,
    seen: bool | None,
    x: float = 0.5,
    confidence: float = 0.9,
) -> FrameReport:
    """A frame that sees (True), does not see (False) or cannot say (None) one kind."""
    look = Observation(kind, bool(seen), confidence, MEASURED, informative=seen is not None)
    face = FaceBox(x * 640 - 60, 150, 120, 150, 0.9)
    return FrameReport(at, sequence, 640, 480, Quality(seen is not None), (look,), (face,))


def play(
    looks: Iterable[bool | None],
    kind: ObservationKind = NO_FACE,
    state: RuleState | None = None,
    start: float = 100.0,
    step: float = 1.0,
) -> tuple[RuleState, list[Decision]]:
    """Feed looks ``step`` seconds apart."""
    state = state or RuleState()
    decisions: list[Decision] = []
    for index, seen in enumerate(looks):
        frame = report(state.last_sequence + 1, start + index * step, kind, seen)
        state, made = advance(state, frame)
        decisions += made
    return state, decisions


def names(decisions: list[Decision]) -> list[str]:
    return [type(decision).__name__.removesuffix("Incident") for decision in decisions]


def test_three_in_a_row_open_like_the_replaced_system() -> None:
    _, decisions = play([False, True, True])
    assert decisions == []
    _, decisions = play([False, True, True, True])
    (opened,) = decisions
    assert isinstance(opened, OpenIncident)
    assert (opened.kind, opened.severity, opened.count) == (NO_FACE, Severity.MEDIUM, 3)
    assert (opened.started_at, opened.last_seen_at) == (101.0, 103.0)
    assert opened.explanation == "No face in 3 of 3 frames over 2 s, confidence 0.90"


def test_an_interrupted_run_does_not_open_where_all_looks_must_agree() -> None:
    assert play([True, True, False] * 5, NO_FACE)[1] == []


def test_two_of_three_open_several_faces() -> None:
    _, decisions = play([False, True, False, True], SEVERAL)
    (opened,) = decisions
    assert isinstance(opened, OpenIncident)
    assert opened.count == 2
    assert opened.explanation == "2 faces in 2 of 3 frames over 2 s, smaller face 84 px, confidence 0.90"


@pytest.mark.parametrize("kind", [NO_FACE, SEVERAL, PERSON, COVERED])
@pytest.mark.parametrize("step", [0.2, 0.5, 0.97, 1.0, 1.5, 2.0])
def test_found_within_five_seconds_at_any_pace(kind: ObservationKind, step: float) -> None:
    _, decisions = play([True] * 60, kind, step=step)
    opened = decisions[0]
    assert isinstance(opened, OpenIncident)
    assert opened.last_seen_at - opened.started_at <= 5
    assert opened.last_seen_at - opened.started_at >= 1.5
    assert names(decisions).count("Open") == 1


def test_two_turns_are_one_incident_that_came_back_once() -> None:
    kind = ObservationKind.LOOKING_AWAY
    state, decisions = play([False, True, True, True, False, True, True], kind)
    assert names(decisions) == ["Open", "Extend", "End", "Repeat"]
    opened, *_, again = decisions
    assert isinstance(opened, OpenIncident) and isinstance(again, RepeatIncident)
    assert (opened.last_seen_at, again.last_seen_at) == (102.0, 106.0)  # both after two looks
    assert (again.resumed_at, again.merged, again.repeats) == (105.0, False, 1)
    assert state.open_kinds() == (kind,)


def test_fast_frames_do_not_shorten_the_persistence() -> None:
    assert play([True] * 14, step=0.1)[1] == []


def test_slow_frames_still_open() -> None:
    """Under overload cameras send one frame in eight seconds; three of them are enough."""
    _, decisions = play([True] * 3, step=8.0)
    assert names(decisions) == ["Open"]


def test_extends_on_each_sighting_and_ends_after_the_all_clear() -> None:
    state, decisions = play([True] * 5 + [False, True] + [False] * 2)
    assert names(decisions) == ["Open", "Extend", "Extend", "Extend", "End"]
    extended, ended = decisions[-2], decisions[-1]
    assert isinstance(extended, ExtendIncident) and isinstance(ended, EndIncident)
    assert (extended.count, extended.last_seen_at) == (6, 106.0)
    assert (ended.ended_at, ended.count, ended.reason) == (106.0, 6, "clear")
    assert ended.explanation == "No face in 6 of 7 frames over 6 s, confidence 0.90"
    assert state.open_kinds() == ()


def test_silence_is_neither_persistence_nor_all_clear() -> None:
    state, decisions = play([True, True])
    state, decisions = play([True, True], state=state, start=160.0)
    assert decisions == [], "two looks, a minute of silence, two looks: no run of three"
    state, decisions = play([True], state=state, start=162.0)
    assert names(decisions) == ["Open"]
    state, decisions = play([False], state=state, start=300.0)
    assert decisions == [], "after silence one look without it does not end anything"
    state, decisions = play([False, False], state=state, start=301.0)
    assert names(decisions) == ["End"]


def test_frames_that_cannot_say_change_nothing() -> None:
    assert play([None] * 50)[1] == []
    _, decisions = play([True, None, None, True, None, True])
    assert names(decisions) == ["Open"]
    assert decisions[0].count == 3
    state, _ = play([True] * 3)
    assert play([None] * 30, state=state, start=104.0)[1] == []


def test_repeated_and_late_frames_change_nothing() -> None:
    state, _ = play([True, True])
    for sequence in (0, 1, -5):
        after, decisions = advance(state, report(sequence, 500.0, NO_FACE, True))
        assert after is state and decisions == []


def test_a_clock_that_steps_back_neither_opens_nor_breaks() -> None:
    state, _ = play([True, True])
    state, decisions = advance(state, report(9, 40.0, NO_FACE, True))
    assert decisions == []
    state, decisions = play([True, True], state=state, start=41.0)
    opened = decisions[0]
    assert isinstance(opened, OpenIncident) and opened.started_at <= opened.last_seen_at


def test_back_within_the_merge_gap_is_the_same_spell() -> None:
    state, _ = play([True] * 4 + [False] * 2)
    _, decisions = play([True] * 3, state=state, start=107.0)
    (again,) = decisions
    assert isinstance(again, RepeatIncident)
    assert (again.merged, again.repeats, again.count, again.resumed_at) == (True, 0, 7, 107.0)


def test_back_within_the_cool_down_counts_as_a_repeat() -> None:
    state, _ = play([True] * 3 + [False] * 3)
    state, decisions = play([True] * 3 + [False] * 3, state=state, start=130.0)
    assert names(decisions) == ["Repeat", "End"]
    repeated = decisions[0]
    assert isinstance(repeated, RepeatIncident)
    assert (repeated.merged, repeated.repeats, repeated.count) == (False, 1, 6)
    assert repeated.explanation.endswith("; came back 1 time")
    _, decisions = play([True] * 3, state=state, start=180.0)
    assert decisions[0].explanation.endswith("; came back 2 times")


def test_after_the_cool_down_a_new_incident_opens() -> None:
    state, _ = play([True] * 3 + [False] * 3)
    _, decisions = play([True] * 3, state=state, start=170.0)
    assert names(decisions) == ["Open"]
    assert decisions[0].count == 3


def test_darkness_is_patient_and_mild() -> None:
    assert play([True] * 20, DARK)[1] == []
    _, decisions = play([True] * 21, DARK)
    opened = decisions[0]
    assert isinstance(opened, OpenIncident) and opened.severity is Severity.INFO


def test_muted_kinds_are_not_judged_and_end() -> None:
    state, _ = play([True] * 2)
    muted = frozenset({NO_FACE})
    state, decisions = advance(state, report(2, 102.0, NO_FACE, True), muted=muted)
    assert decisions == []
    state, decisions = play([True] * 3, state=state, start=103.0)
    assert names(decisions) == ["Open"]
    _, decisions = advance(state, report(99, 107.0, NO_FACE, True), muted=muted)
    (ended,) = decisions
    assert isinstance(ended, EndIncident) and ended.reason == "muted"


def test_kinds_do_not_mix() -> None:
    state, decisions = RuleState(), []
    for index in range(4):
        both = tuple(Observation(kind, True, 0.8, MEASURED) for kind in (SEVERAL, COVERED))
        frame = FrameReport(100.0 + index, index, 640, 480, Quality(True), both)
        state, made = advance(state, frame)
        decisions += made
    assert {decision.kind for decision in decisions} == {SEVERAL, COVERED}
    assert state.open_kinds() == (SEVERAL, COVERED)


def test_finish_ends_what_is_open_when_it_was_last_seen() -> None:
    state, _ = play([True] * 5)
    state, decisions = finish(state, 500.0)
    (ended,) = decisions
    assert isinstance(ended, EndIncident)
    assert (ended.reason, ended.ended_at) == ("finished", 104.0)
    assert finish(state, 501.0)[1] == []


def test_finish_knows_kinds_that_the_policy_dropped() -> None:
    state, _ = play([True] * 5)
    assert names(finish(state, 500.0, rules={})[1]) == ["End"]


def test_confidence_and_numbers_are_those_of_the_clearest_look() -> None:
    state = RuleState()
    for index, confidence in enumerate((0.7, 0.9, 0.8)):
        state, decisions = advance(state, report(index, 100.0 + index, SEVERAL, True, confidence=confidence))
    assert decisions[0].confidence == 0.9


def test_missing_measurements_do_not_break_an_explanation() -> None:
    state = RuleState()
    for index in range(3):
        frame = FrameReport(100.0 + index, index, 640, 480, Quality(True), (Observation(SEVERAL, True, 0.8),))
        state, decisions = advance(state, frame)
    assert "smaller face unknown px" in decisions[0].explanation


def test_state_is_small_and_survives_json() -> None:
    state, _ = play([True, False] * 200, SEVERAL)
    state, _ = play([True, False] * 200, DARK, state=state, start=600.0, step=0.1)
    text = json.dumps(state.to_json())
    assert len(text) < 12_000
    assert RuleState.from_json(json.loads(text)).to_json() == state.to_json()
    usual, _ = play([False] * 500)
    assert len(json.dumps(usual.to_json())) < 500
    assert RuleState.from_json({}) == RuleState()
    with pytest.raises(ValueError, match="format"):
        RuleState.from_json({"format": 99})


@pytest.mark.parametrize("bad", [{"min_frames": 0}, {"share": 0}, {"share": 1.2}, {"clear_seconds": -1}])
def test_senseless_rules_are_refused(bad: dict[str, float]) -> None:
    from dataclasses import replace

    with pytest.raises(ValueError, match="rule no_face"):
        replace(DEFAULT_RULES[NO_FACE], **bad)


def test_every_kind_has_a_default_rule_that_is_documented() -> None:
    from pathlib import Path

    assert set(DEFAULT_RULES) == set(ObservationKind)
    table = (Path(__file__).parents[3] / "docs" / "time_rules.md").read_text()
    for rule in DEFAULT_RULES.values():
        row = next(line for line in table.splitlines() if line.startswith(f"| `{rule.kind}` |"))
        assert row == documented_row(rule)


def documented_row(rule: Rule) -> str:
    """The line of ``docs/time_rules.md`` for a rule."""
    looks = "recordings" if rule.kind in SOUND_KINDS else "frames"
    cells = (
        f"`{rule.kind}`",
        rule.severity.value,
        f"{rule.min_frames} {looks} and {rule.persist_seconds:g} s",
        f"{rule.share:.0%}",
        f"{rule.clear_frames} {looks} and {rule.clear_seconds:g} s",
        f"{rule.merge_seconds:g} s",
        f"{rule.cooldown_seconds:g} s",
        f"{rule.gap_seconds:g} s",
    )
    return "| " + " | ".join(cells) + " |"


def test_identity_pace_is_gentle_in_calm() -> None:
    state, due = RuleState(), []
    for index in range(45):
        due.append(identity_due(state, 100.0 + index))
        frame = (
            report(index, 100.0 + index, PERSON, False)
            if due[-1]
            else report(index, 100.0 + index, NO_FACE, False)
        )
        state, _ = advance(state, frame)
    assert [index for index, value in enumerate(due) if value] == [0, 20, 40]


def test_identity_is_due_after_absence_jump_doubt_and_mismatch() -> None:
    calm, _ = advance(RuleState(), report(0, 100.0, PERSON, False))
    assert not identity_due(calm, calm.last_at + 1)
    absent, _ = advance(calm, report(1, 101.0, NO_FACE, True))
    back, _ = advance(absent, report(2, 102.0, NO_FACE, False))
    assert identity_due(absent, absent.last_at + 1) and identity_due(back, back.last_at + 1)
    jumped, _ = advance(calm, report(1, 101.0, NO_FACE, False, x=0.7))
    assert identity_due(jumped, jumped.last_at + 1)
    moved, _ = advance(calm, report(1, 101.0, NO_FACE, False, x=0.52))
    assert not identity_due(moved, moved.last_at + 1)
    for seen in (None, True):
        doubted, _ = advance(calm, report(1, 101.0, PERSON, seen))
        assert identity_due(doubted, doubted.last_at + 1)
    settled, _ = advance(back, report(3, 103.0, PERSON, False))
    assert not identity_due(settled, settled.last_at + 1)


def test_identity_stays_due_when_the_frame_was_not_good_enough() -> None:
    look = Observation(PERSON, False, 0.0, {}, informative=False)
    state, _ = advance(RuleState(), FrameReport(100.0, 0, 640, 480, Quality(True), (look,)))
    assert identity_due(state, state.last_at + 1)


def test_identity_calms_down_while_a_mismatch_is_open() -> None:
    state, decisions = play([True] * 4, PERSON)
    assert names(decisions) == ["Open", "Extend"]
    assert not identity_due(state, state.last_at + 1)
    state, _ = play([False], PERSON, state=state, start=109.0)
    assert identity_due(state, state.last_at + 1), "the all-clear is checked at once"
