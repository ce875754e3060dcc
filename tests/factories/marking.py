"""Answered attempts and marking rounds for tests."""

from collections.abc import Iterable, Mapping
from typing import Any

from accounts.models import User
from accounts.tenancy import within
from exams import states
from exams.marking.rounds import open_round, questions_to_mark
from exams.marking.services import mark_automatically
from exams.models import Answer, Attempt, MarkingRound, PaperItem, RoundAnswer, Sitting
from proctor_site.kernel import clock
from tests.factories.exams import enrol, make_attempt


def hand_in(
    sitting: Sitting,
    user: User,
    *,
    state: str = states.SUBMITTED,
    sure: Mapping[str, int] | None = None,
    **values: Any,
) -> Attempt:
    """An attempt that is over, with one answer per kind of question (`essay="Text."`), marked by rule.

    `sure`: the stated certainty by kind.
    """
    attempt = make_attempt(enrol(sitting, user), state=state)
    with within(sitting.institution):
        for item in attempt.paper.select_related("version__question"):
            kind = item.version.question.kind
            if kind in values:
                Answer.objects.create(
                    institution=sitting.institution,
                    attempt=attempt,
                    item=item,
                    value=values[kind],
                    certainty=(sure or {}).get(kind),
                    saved_at=attempt.started_at or clock.now(),
                )
        mark_automatically(attempt)
    return attempt


def make_round(
    sitting: Sitting, markers: Iterable[User], *, actor: User, moderators: Iterable[User] = (), **fields: Any
) -> MarkingRound:
    """An open round with everything that waits for a person."""
    with within(sitting.institution):
        questions = [question for question, _ in questions_to_mark(sitting)]
        return open_round(
            sitting,
            actor=actor,
            title="Essays",
            questions=questions,
            markers=markers,
            moderators=moderators,
            **fields,
        )


def answer_of(round_: MarkingRound, attempt: Attempt) -> RoundAnswer:
    """The attempt's one answer in the round."""
    found: RoundAnswer = RoundAnswer.objects.select_related(
        "round__sitting", "item__attempt__enrolment", "item__version"
    ).get(round=round_, item__attempt=attempt)
    return found


def item_of(attempt: Attempt, kind: str) -> PaperItem:
    """The item of the attempt's paper with a question of that kind, fresh from the database."""
    rows = PaperItem.objects.select_related("version__question", "mark", "answer", "attempt__institution")
    found: PaperItem = rows.get(attempt=attempt, version__question__kind=kind)
    return found
