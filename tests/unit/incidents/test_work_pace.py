"""When the dear work is due: rarely in calm, soon after movement, at once after a first sighting."""

from collections.abc import Iterable

import pytest

from proctoring.incidents.rules import RuleState, advance
from proctoring.incidents.work_pace import PACES, work_due, work_if_moved
from proctoring.observations import FrameReport, Observation, ObservationKind, Quality
from proctoring.vision.exchange import Work

START = 1_000.0
PHONE = ObservationKind.PHONE


def after(frames: Iterable[tuple[float, tuple[Work, ...], bool | None]], state: RuleState) -> RuleState:
    """The state after frames of (second, work done, phone seen)."""
    for second, done, phone in frames:
        looks = () if phone is None else (Observation(PHONE, phone, 0.9, {"score": 0.9, "size_px": 80}),)
        report = FrameReport(
            START + second, state.last_sequence + 1, 640, 480, Quality(True), looks, done=tuple(done)
        )
        state, _ = advance(state, report)
    return state


@pytest.fixture
def settled() -> RuleState:
    """All the work was done at second 0, and nothing was found."""
    return after([(0.0, tuple(Work), False)], RuleState())


def test_at_the_beginning_everything_is_due_the_person_first() -> None:
    assert work_due(RuleState(), START) == tuple(Work)


@pytest.mark.parametrize("work", [Work.HEAD, Work.THINGS, Work.TEXT])
def test_in_calm_each_waits_for_its_interval_and_movement_brings_it_forward(
    settled: RuleState, work: Work
) -> None:
    pace = PACES[work]
    assert work not in work_due(settled, START + pace.calm - 1)
    assert work in work_due(settled, START + pace.calm)
    assert (work in work_if_moved(settled, START + 1)) == (pace.moved <= 1)
    assert work in work_if_moved(settled, START + max(pace.moved, 1.0))


def test_a_phone_seen_once_is_looked_for_on_every_frame_until_it_is_settled(settled: RuleState) -> None:
    seen = after([(15.0, (Work.THINGS,), True)], settled)
    assert Work.THINGS in work_due(seen, START + 15.5)
    doubted = after([(15.5, (Work.THINGS,), False)], seen)
    assert Work.THINGS in work_due(doubted, START + 16)
    gone = after([(16.0, (Work.THINGS,), False)], doubted)
    assert Work.THINGS not in work_due(gone, START + 16.5)


def test_an_open_incident_is_followed_without_a_look_on_every_frame(settled: RuleState) -> None:
    state = after([(15.0, (Work.THINGS,), True), (16.0, (Work.THINGS,), True)], settled)
    assert PHONE in state.open_kinds()
    assert Work.THINGS not in work_due(state, START + 17)
    assert Work.THINGS in work_due(state, START + 18)


def test_what_has_waited_longest_for_its_turn_comes_first(settled: RuleState) -> None:
    state = after([(30.0, (Work.THINGS,), False)], settled)
    late = work_due(state, START + 62)
    assert late.index(Work.HEAD) < late.index(Work.TEXT)
    assert set(late) == {Work.HEAD, Work.IDENTITY, Work.THINGS, Work.TEXT}


def test_work_that_is_due_on_every_frame_takes_turns(settled: RuleState) -> None:
    """Head and things do not fit into one frame: a restless head must not keep a phone from being settled."""
    away = Observation(ObservationKind.LOOKING_AWAY, True, 0.9, {})
    state = after([(15.0, (Work.THINGS,), True)], settled)
    report = FrameReport(
        START + 16, state.last_sequence + 1, 640, 480, Quality(True), (away,), done=(Work.HEAD,)
    )
    state, _ = advance(state, report)
    due = work_due(state, START + 17)
    assert due.index(Work.THINGS) < due.index(Work.HEAD)


def test_a_clock_set_back_makes_everything_due(settled: RuleState) -> None:
    assert set(work_due(settled, START - 100)) == set(Work)
