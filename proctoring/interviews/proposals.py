"""Which of a candidate's own answers are worth a question in an interview: by rule, with the reason (pure).

A proposal says nothing about the candidate: an answer that was changed late, or given while something was
noticed, is a place where asking can clear things up. People choose, reword or leave each one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

LONG_CHARACTERS = 200
"""Two or three sentences: enough that its author can tell what stands in it."""
LONGEST = 3
"""So many of the long answers are proposed, the longest ones."""
LATE_SHARE = 0.1
"""The last tenth of the working time counts as late."""
AROUND = timedelta(seconds=60)
"""An answer saved so long before or after an incident was given around it."""
HARD_PERCENT = 34.0
"""At most so many per cent of its points are earned on average: from 35 on Moodle's documentation of the
facility index calls a question about right for the average student, below that difficult."""
HARD_DIFFICULTY = 4
"""The author's own figure, 1 to 5, where no measured one is known."""
MOST = 12


@dataclass(frozen=True, slots=True)
class OwnAnswer:
    """One answer as it stands. `changed`: each moment at which its value changed, in order of arrival.

    `earned`: whether it earned all its points, None where nobody has marked it. `facility`: points earned by
    all who had the question, in per cent, None where not known; `difficulty`: as its author expects, 1 to 5.
    """

    position: int
    question: str
    answer: str
    changed: Sequence[datetime] = ()
    is_free_text: bool = False
    earned: bool | None = None
    facility: float | None = None
    difficulty: int | None = None


@dataclass(frozen=True, slots=True)
class Noticed:
    """One incident that nobody has set aside: what, and from when to when."""

    words: str
    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Proposal:
    """One answer to ask about: `asks` is a first wording, `why` each reason in a sentence."""

    position: int
    question: str
    answer: str
    asks: str
    why: tuple[str, ...]


def propose(
    answers: Iterable[OwnAnswer], noticed: Sequence[Noticed], begin: datetime, end: datetime
) -> list[Proposal]:
    """The answers with a reason to ask, those with most reasons first, at most `MOST` of them.

    `begin`, `end`: of the working time. Blank answers are never proposed.
    """
    given = [each for each in answers if each.answer.strip()]
    longest = _longest(given)
    found = []
    for each in given:
        reasons = [
            *_around(each, noticed, begin),
            *_late(each, begin, end),
            *_hard(each),
            *([_long(each)] if each.position in longest else []),
        ]
        if reasons:
            asks, _ = reasons[0]
            why = tuple(words for _, words in reasons)
            found.append(Proposal(each.position, each.question, each.answer, asks, why))
    return sorted(found, key=lambda each: (-len(each.why), each.position))[:MOST]


def _longest(answers: Iterable[OwnAnswer]) -> set[int]:
    long = [each for each in answers if each.is_free_text and len(each.answer) >= LONG_CHARACTERS]
    ranked = sorted(long, key=lambda each: (-len(each.answer), each.position))
    return {each.position for each in ranked[:LONGEST]}


def _long(answer: OwnAnswer) -> tuple[str, str]:
    return (
        "Please tell in your own words what you wrote here, and why you put it so.",
        f"One of the longest answers: {len(answer.answer):,} characters.",
    )


def _late(answer: OwnAnswer, begin: datetime, end: datetime) -> Iterable[tuple[str, str]]:
    """Only what stood there before and was changed: who works to the end also answers at the end."""
    late_from = end - (end - begin) * LATE_SHARE
    if len(answer.changed) > 1 and late_from <= answer.changed[-1] <= end:
        left = max(1, round((end - answer.changed[-1]).total_seconds() / 60))
        before = len(answer.changed) - 1
        yield (
            "What made you change this answer towards the end?",
            f"Changed about {left} min before the end, after {before} earlier "
            f"{'version' if before == 1 else 'versions'}.",
        )


def _around(answer: OwnAnswer, noticed: Sequence[Noticed], begin: datetime) -> Iterable[tuple[str, str]]:
    for each in noticed:
        if any(each.begin - AROUND <= at <= each.end + AROUND for at in answer.changed):
            minute = max(0, int((each.begin - begin).total_seconds() // 60))
            yield (
                "How did you come to this answer?",
                f"Saved around an incident: {each.words}, {minute} min after the start.",
            )
            return  # one is reason enough, and a list of them would read like a charge


def _hard(answer: OwnAnswer) -> Iterable[tuple[str, str]]:
    if not answer.earned:
        return
    asks = "How did you work this out? Please go through it step by step."
    if answer.facility is not None:
        if answer.facility <= HARD_PERCENT:
            yield asks, f"Right, and hard: on average {answer.facility:.0f} % of its points are earned."
    elif answer.difficulty is not None and answer.difficulty >= HARD_DIFFICULTY:
        yield asks, f"Right, and hard as its author expects: {answer.difficulty} of 5."
