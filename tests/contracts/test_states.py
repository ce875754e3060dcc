"""Every pair of state and verb of every table: allowed exactly as written, refused with words otherwise."""

import pytest

from accounts import states as account_states
from exams import states as exam_states
from proctor_site.kernel.errors import IllegalMove
from proctor_site.kernel.states import MoveTable, move
from proctoring import states as proctoring_states
from tests.contracts.each import for_each

TABLES = {
    "attempt": exam_states.ATTEMPT,
    "marking round": exam_states.ROUND,
    "release": exam_states.RELEASE,
    "incident": proctoring_states.INCIDENT_REVIEW,
    "case": proctoring_states.CASE,
    "session": proctoring_states.SESSION,
    "detector standing": proctoring_states.STANDING,
    "identity check": proctoring_states.IDENTITY_CHECK,
    "showing": proctoring_states.SHOWING,
    "meeting": proctoring_states.MEETING,
    "interview": proctoring_states.INTERVIEW,
    "call": proctoring_states.CALL,
    "hand-over": proctoring_states.HAND_OVER,
    "job": account_states.JOB,
    "erasure": proctoring_states.ERASURE,
}

# Written by hand, as the product promises them; a table that changes has to be changed here as well.
PROMISED = {
    "interview": {
        ("offered", "agree"): "agreed",
        ("offered", "offer_again"): "offered",
        ("agreed", "offer_again"): "offered",
        ("offered", "ask_again"): "offered",
        ("agreed", "ask_again"): "offered",
        ("offered", "decline"): "declined",
        ("agreed", "decline"): "declined",
        ("agreed", "hold"): "held",
        ("agreed", "miss"): "missed",
        ("offered", "cancel"): "cancelled",
        ("agreed", "cancel"): "cancelled",
        ("offered", "lapse"): "lapsed",
    },
    "erasure": {
        ("asked", "grant"): "granted",
        ("asked", "refuse"): "refused",
        ("asked", "take_back"): "taken_back",
        ("granted", "finish"): "done",
    },
    "attempt": {
        ("scheduled", "check_in"): "checking_in",
        ("checking_in", "admit"): "ready",
        ("ready", "start"): "in_progress",
        ("in_progress", "pause"): "paused",
        ("paused", "resume"): "in_progress",
        ("in_progress", "take_break"): "paused",
        ("paused", "end_break"): "in_progress",
        ("in_progress", "submit"): "submitted",
        ("paused", "submit"): "submitted",
        ("overdue", "submit"): "submitted",
        ("in_progress", "run_out"): "overdue",
        ("overdue", "work_on"): "in_progress",
        ("in_progress", "abandon"): "abandoned",
        ("overdue", "abandon"): "abandoned",
        ("abandoned", "submit_late"): "submitted",
        ("abandoned", "accept"): "submitted",
        ("overdue", "terminate"): "terminated",
        ("in_progress", "terminate"): "terminated",
        ("paused", "terminate"): "terminated",
        ("terminated", "reinstate"): "paused",
        ("checking_in", "refuse"): "refused",
        ("scheduled", "lapse"): "missed",
        ("checking_in", "lapse"): "missed",
        ("ready", "lapse"): "missed",
    },
    "meeting": {
        ("scheduled", "open"): "open",
        ("open", "interrupt"): "interrupted",
        ("interrupted", "restore"): "open",
        ("open", "end"): "ended",
        ("interrupted", "end"): "ended",
        ("scheduled", "cancel"): "cancelled",
        ("scheduled", "lapse"): "ended",
    },
    "call": {
        ("ringing", "answer"): "open",
        ("ringing", "decline"): "declined",
        ("ringing", "miss"): "missed",
        ("open", "end"): "ended",
    },
    "incident": {
        ("unreviewed", "acknowledge"): "acknowledged",
        ("unreviewed", "uphold"): "upheld",
        ("acknowledged", "uphold"): "upheld",
        ("unreviewed", "dismiss"): "dismissed",
        ("acknowledged", "dismiss"): "dismissed",
        ("unreviewed", "leave_inconclusive"): "inconclusive",
        ("acknowledged", "leave_inconclusive"): "inconclusive",
        ("acknowledged", "reopen"): "unreviewed",
        ("upheld", "reopen"): "unreviewed",
        ("dismissed", "reopen"): "unreviewed",
        ("inconclusive", "reopen"): "unreviewed",
    },
    "case": {
        ("open", "clear"): "decided",
        ("open", "read"): "first_read",
        ("first_read", "read_again"): "second_read",
        ("first_read", "clear"): "decided",
        ("second_read", "clear"): "decided",
        ("second_read", "open_reply_window"): "reply_window",
        ("reply_window", "decide"): "decided",
        ("decided", "appeal"): "appealed",
        ("appealed", "decide_appeal"): "decided",
        ("first_read", "take_back"): "open",
        ("decided", "take_back"): "open",
    },
    "release": {("released", "supersede"): "superseded", ("released", "withdraw"): "withdrawn"},
    "marking round": {("open", "close"): "closed", ("closed", "reopen"): "open"},
    "detector standing": {
        ("in_force", "make_advisory"): "advisory",
        ("advisory", "bring_back"): "in_force",
    },
    "session": {("live", "end"): "ended", ("ended", "continue"): "live"},
    "identity check": {
        ("waiting", "approve"): "approved",
        ("waiting", "ask_again"): "asked_again",
        ("waiting", "refuse"): "refused",
        ("waiting", "drop"): "dropped",
    },
    "showing": {
        ("asked", "begin"): "doing",
        ("doing", "finish"): "done",
        ("asked", "decline"): "declined",
        ("doing", "decline"): "declined",
        ("asked", "cancel"): "cancelled",
        ("doing", "cancel"): "cancelled",
        ("asked", "expire"): "expired",
        ("doing", "expire"): "expired",
    },
    "hand-over": {
        ("offered", "accept"): "accepted",
        ("offered", "decline"): "declined",
        ("offered", "withdraw"): "withdrawn",
    },
    "job": {
        ("waiting", "start"): "running",
        ("running", "finish"): "done",
        ("running", "put_off"): "waiting",
        ("running", "fail"): "failed",
        ("failed", "try_again"): "waiting",
    },
}

PAIRS = [
    (name, state, verb) for name, table in TABLES.items() for state in table.states for verb in table.verbs
]


def test_every_table_of_the_product_is_here() -> None:
    found = {
        id(value)
        for module in (account_states, exam_states, proctoring_states)
        for value in vars(module).values()
        if isinstance(value, MoveTable)
    }
    assert found == {id(table) for table in TABLES.values()}


@for_each(PAIRS)
def test_every_pair(pair: tuple[str, str, str]) -> None:
    name, state, verb = pair
    table, target = TABLES[name], PROMISED[name].get((state, verb))
    assert table.allows(state, verb) == (target is not None)
    if target is not None:
        assert table.target(state, verb) == target
        return
    with pytest.raises(IllegalMove) as refusal:
        table.target(state, verb)
    assert refusal.value.details == {"state": state, "verb": verb}
    assert state.replace("_", " ") in refusal.value.message


@pytest.mark.parametrize("name", sorted(TABLES))
def test_nothing_is_promised_that_the_table_does_not_know(name: str) -> None:
    assert {verb for _, verb in PROMISED[name]} == set(TABLES[name].verbs)
    assert {state for state, _ in PROMISED[name]} <= set(TABLES[name].states)


def test_an_unknown_verb_or_state_is_refused() -> None:
    with pytest.raises(IllegalMove):
        exam_states.ATTEMPT.target("in_progress", "fly")
    with pytest.raises(IllegalMove):
        exam_states.ATTEMPT.target("nowhere", "start")


def test_groups_of_states_cover_the_attempt() -> None:
    assert set(exam_states.LIVE) | set(exam_states.ENDED) == set(exam_states.STATES)
    assert not set(exam_states.LIVE) & set(exam_states.ENDED)


@pytest.mark.parametrize(
    "moves", [(move("go", ["a"], "z"),), (move("go", ["z"], "b"),), (move("go", ["a"], "b"),) * 2]
)
def test_a_table_that_makes_no_sense_cannot_be_written(moves: tuple[object, ...]) -> None:
    with pytest.raises(ValueError, match="thing"):
        MoveTable(name="thing", states=("a", "b"), moves=moves)  # type: ignore[arg-type]
