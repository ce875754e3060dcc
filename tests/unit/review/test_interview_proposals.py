"""Which own answers are proposed for an interview, and with which reason; bounds tried on both sides."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from proctoring.interviews.proposals import (
    AROUND,
    HARD_PERCENT,
    LONG_CHARACTERS,
    LONGEST,
    MOST,
    Noticed,
    OwnAnswer,
    propose,
)

BEGIN = datetime(2026, 5, 4, 9, tzinfo=UTC)
END = BEGIN + timedelta(minutes=100)
PLAIN = OwnAnswer(1, "Why is the sky blue?", "Because of scattering.")


def why(answer: OwnAnswer, *noticed: Noticed) -> str:
    found = propose([answer], noticed, BEGIN, END)
    return " ".join(found[0].why) if found else ""


def at(minute: float) -> datetime:
    return BEGIN + timedelta(minutes=minute)


def test_an_answer_without_a_reason_is_left_alone() -> None:
    assert propose([PLAIN], [], BEGIN, END) == []


def test_the_longest_free_texts_are_proposed_and_no_others() -> None:
    texts = [
        OwnAnswer(place, "Q", "x" * (LONG_CHARACTERS + place), is_free_text=True) for place in range(1, 6)
    ]
    assert [each.position for each in propose(texts, [], BEGIN, END)] == [3, 4, 5][-LONGEST:]
    assert "205 characters" in why(texts[-1])
    assert why(replace(texts[0], answer="x" * (LONG_CHARACTERS - 1))) == ""
    assert why(replace(texts[0], is_free_text=False)) == "", "a long list of options was not written"


def test_a_late_change_counts_and_a_late_first_answer_does_not() -> None:
    assert "about 10 min before the end, after 1 earlier version" in why(
        replace(PLAIN, changed=[at(5), at(90)])
    )
    assert why(replace(PLAIN, changed=[at(5), at(89.9)])) == ""
    assert why(replace(PLAIN, changed=[at(99)])) == ""


def test_what_was_saved_around_an_incident_is_proposed_once() -> None:
    phone = Noticed("phone", at(30), at(31))
    around = AROUND.total_seconds() / 60
    assert "phone, 30 min after the start" in why(replace(PLAIN, changed=[at(30 - around)]), phone)
    assert why(replace(PLAIN, changed=[at(31 + around + 0.1)]), phone) == ""
    twice = propose([replace(PLAIN, changed=[at(30)])], [phone, phone], BEGIN, END)
    assert len(twice[0].why) == 1


def test_right_answers_to_hard_questions_by_measure_else_by_their_author() -> None:
    right = replace(PLAIN, earned=True, difficulty=5)
    assert "its author expects: 5 of 5" in why(right)
    assert why(replace(right, facility=HARD_PERCENT + 1)) == "", "what was measured goes before a guess"
    assert "34 % of its points" in why(replace(right, facility=HARD_PERCENT))
    assert why(replace(right, earned=False)) == why(replace(right, earned=None)) == ""


def test_most_reasons_first_and_blank_answers_never() -> None:
    busy = replace(PLAIN, position=9, earned=True, difficulty=4, changed=[at(5), at(95)])
    hard = [replace(PLAIN, position=place, earned=True, difficulty=4) for place in range(10, 30)]
    found = propose([*hard, busy, replace(busy, position=1, answer="  ")], [], BEGIN, END)
    assert found[0].position == 9 and len(found[0].why) == 2
    assert len(found) == MOST
