"""The steps of a record and their clocks: what a candidate is told at each moment."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from proctoring import states
from proctoring.browser.events import BrowserKind
from proctoring.observations import ObservationKind
from proctoring.review.intervals import Figures
from proctoring.rights import stages, wording
from proctoring.rights.stages import Facts, Standing, steps_of

END = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
RELEASED = END + timedelta(days=2)
UNTIL = RELEASED + timedelta(days=14)
DECIDED = UNTIL + timedelta(days=1)
APPEAL_UNTIL = DECIDED + timedelta(days=14)
WINDOW: dict[str, Any] = {
    "ended_at": END,
    "state": states.CASE_REPLY_WINDOW,
    "released_at": RELEASED,
    "reply_until": UNTIL,
}
BREACH = WINDOW | {
    "state": states.CASE_DECIDED,
    "decided_at": DECIDED,
    "verdict": "breach",
    "appeal_until": APPEAL_UNTIL,
}


def standing(facts: Facts, now: datetime) -> dict[str, str]:
    return {step.code: step.standing.value for step in steps_of(facts, now)}


def test_without_a_case_the_page_does_not_say_that_there_is_one() -> None:
    assert standing(Facts(END), END) == {"ended": "done", "review": "ahead"}
    assert standing(Facts(None), END) == {"ended": "now"}


@pytest.mark.parametrize("state", [states.CASE_OPEN, states.CASE_FIRST_READ, states.CASE_SECOND_READ])
def test_while_it_is_read_nothing_is_decided_and_no_reading_shows(state: str) -> None:
    found = steps_of(Facts(END, state), END)
    assert [step.standing.value for step in found] == ["done", "now", "ahead", "ahead", "ahead"]
    assert "Nothing has been decided" in found[1].words


@pytest.mark.parametrize(
    ("before_end", "reply", "decision", "left"),
    [
        (timedelta(days=13, hours=5, minutes=59), "now", "ahead", "13 days 5 hours"),
        (timedelta(hours=1, seconds=59), "now", "ahead", "1 hour"),
        (timedelta(microseconds=1), "now", "ahead", "less than a minute"),
        (timedelta(0), "done", "now", ""),
        (timedelta(microseconds=-1), "done", "now", ""),
    ],
)
def test_the_reply_window_ends_at_its_moment(
    before_end: timedelta, reply: str, decision: str, left: str
) -> None:
    facts, now = Facts(**WINDOW), UNTIL - before_end
    found = {step.code: step for step in steps_of(facts, now)}
    assert (found["reply"].standing, found["decision"].standing, found["reply"].left) == (
        Standing(reply),
        Standing(decision),
        left,
    )
    assert stages.may_reply_in_time(facts, now) is (reply == "now")


def test_who_has_said_all_waits_for_the_decision() -> None:
    facts = Facts(**WINDOW, said_all_at=RELEASED + timedelta(hours=1))
    found = {step.code: step for step in steps_of(facts, RELEASED + timedelta(hours=2))}
    assert not stages.may_reply_in_time(facts, RELEASED + timedelta(hours=2))
    assert found["reply"].at == RELEASED + timedelta(hours=1)
    assert found["decision"].standing is Standing.NOW


def test_a_case_that_was_cleared_says_so_and_offers_no_appeal() -> None:
    facts = Facts(END, states.CASE_DECIDED, decided_at=DECIDED, verdict="no_concern")
    found = standing(facts, DECIDED)
    assert found == {"ended": "done", "review": "done", "reply": "left_out", "decision": "done"}
    assert not stages.may_appeal_in_time(facts, DECIDED)


@pytest.mark.parametrize(("late", "may"), [(timedelta(microseconds=-1), True), (timedelta(0), False)])
def test_an_appeal_counts_until_its_moment(late: timedelta, may: bool) -> None:
    facts = Facts(**BREACH)
    assert stages.may_appeal_in_time(facts, APPEAL_UNTIL + late) is may
    assert standing(facts, APPEAL_UNTIL + late)["appeal"] == ("now" if may else "done")


@pytest.mark.parametrize("verdict", ["no_concern", ""])
def test_there_is_nothing_to_appeal_against_without_an_adverse_verdict(verdict: str) -> None:
    assert not stages.may_appeal_in_time(Facts(**BREACH | {"verdict": verdict}), DECIDED)


def test_after_an_appeal_both_decisions_are_told() -> None:
    sent = BREACH | {"appealed_at": DECIDED, "verdict_before_appeal": "breach"}
    waiting = Facts(**sent | {"state": states.CASE_APPEALED})
    assert standing(waiting, DECIDED)["appeal_decision"] == "now"
    decided = Facts(**sent | {"verdict": "no_concern", "appeal_decided_at": APPEAL_UNTIL})
    found = {step.code: step for step in steps_of(decided, APPEAL_UNTIL)}
    assert found["decision"].words == wording.VERDICT_WORDS["breach"]
    assert found["appeal_decision"].words == wording.VERDICT_WORDS["no_concern"]
    assert not stages.may_appeal_in_time(decided, DECIDED)


@pytest.mark.parametrize("kind", [*ObservationKind, *BrowserKind])
def test_every_kind_of_incident_has_words_for_candidates(kind: str) -> None:
    words = wording.found_in_words(kind)
    assert words.endswith(".") and "_" not in words and wording.limits_in_words(kind)


@pytest.mark.parametrize("facts", [Facts(END), Facts(**WINDOW), Facts(**BREACH)])
def test_lists_say_what_the_page_says(facts: Facts) -> None:
    line = stages.line_of(facts, RELEASED)
    assert set(line) == {"badge", "tone", "note"} and line["note"]


def test_how_often_people_found_such_incidents_right_is_told_only_from_enough_of_them() -> None:
    words = wording.precision_in_words(Figures(upheld=14, dismissed=6, inconclusive=3))
    assert "judged 20 of these here: 14 showed what they say, 6 did not" in words
    assert "between 48 and 85 of 100" in words
    assert "too few" in wording.precision_in_words(Figures(upheld=4))
