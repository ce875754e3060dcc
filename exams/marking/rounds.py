"""Marking rounds: which answers go to which markers, opened, changed and closed by the exam officer."""

import random
import secrets
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts import audit
from accounts.models import Membership, User
from accounts.transitions import apply_move, lock
from exams import states
from exams.kinds import shapes
from exams.marking.queries import marked_attempts
from exams.marking.services import mark_ended
from exams.models import Attempt, MarkingRound, PaperItem, Question, RoundAnswer, RoundMarker, Sitting
from exams.permissions import MARKING_ROLES
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput

MOST_MARKERS = 100


def questions_to_mark(sitting: Sitting) -> list[tuple[Question, int]]:
    """The questions with answers that wait for a person and are in no open round, with their counts."""
    counts: dict[int, int] = {}
    for question in _waiting(sitting).values_list("version__question_id", flat=True):
        counts[question] = counts.get(question, 0) + 1
    questions = Question.objects.filter(pk__in=counts).order_by("title", "id")
    return [(question, counts[question.pk]) for question in questions]


def possible_markers(sitting: Sitting) -> list[User]:
    """The members whose role may mark, by name."""
    rows = Membership.objects.filter(institution=sitting.institution, ended_at=None, role__in=MARKING_ROLES)
    return list(User.objects.filter(pk__in=rows.values("user")).order_by("name", "pk"))


def open_round(
    sitting: Sitting,
    *,
    actor: User,
    title: object,
    questions: Iterable[Question],
    markers: Iterable[User],
    moderators: Iterable[User] = (),
    is_anonymous: bool = True,
    second_share: int = 0,
    threshold: int = 20,
) -> MarkingRound:
    """Gives the answers to these questions that wait for a person to the markers.

    Answers of attempts that end later join while the round is open. Raises InvalidInput (title, questions,
    markers, moderators, second_share, threshold).
    """
    wanted = list(questions)
    if not wanted:
        raise InvalidInput("Choose at least one question.", field="questions")
    title = shapes.plain_text(title, "title", "The title", most=200).strip()
    for name, value in (("second_share", second_share), ("threshold", threshold)):
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 100:
            raise InvalidInput("Give a whole number from 0 to 100.", field=name)
    if sitting.is_practice:
        raise InvalidInput("Practice is marked by rule only: it is thrown away soon.", field="title")
    with transaction.atomic():
        lock(sitting)
        mark_ended(sitting)
        made = MarkingRound.objects.create(
            institution=sitting.institution,
            sitting=sitting,
            title=title,
            is_anonymous=is_anonymous,
            second_share=second_share,
            threshold=threshold,
            seed=secrets.randbits(62),
            created_at=clock.now(),
            created_by=actor,
        )
        made.questions.set(wanted)
        _set_markers(made, markers, moderators)
        added = add_answers(made)
        detail = {"title": title, "answers": added, "second_share": second_share, "threshold": threshold}
        audit.record(sitting.institution, made, "marking_round.opened", actor=actor, detail=detail)
    return made


def change_markers(
    round_: MarkingRound, *, markers: Iterable[User], moderators: Iterable[User], actor: User
) -> MarkingRound:
    """Who marks from now on; what was marked stays. Raises InvalidInput (markers, moderators), Conflict."""
    with transaction.atomic():
        lock(round_)
        if round_.state != states.OPEN:
            raise Conflict("This round is closed; open it again first.", code="round_closed")
        _set_markers(round_, markers, moderators)
        people = RoundMarker.objects.filter(round=round_)
        detail = {
            "markers": [each.user_id for each in people],
            "moderators": [each.user_id for each in people if each.is_moderator],
        }
        audit.record(round_.institution, round_, "marking_round.markers_changed", actor=actor, detail=detail)
    return round_


def close_round(round_: MarkingRound, *, actor: User) -> MarkingRound:
    """Nothing can be marked in it any more. Answers that are not settled stay without a mark."""
    return apply_move(round_, states.ROUND, "close", actor=actor)


def reopen_round(round_: MarkingRound, *, actor: User) -> MarkingRound:
    """Lets its markers go on. Raises Conflict when answers of it are in another open round by now."""
    with transaction.atomic():
        lock(round_.sitting)
        others = RoundAnswer.objects.filter(round__state=states.OPEN).exclude(round=round_)
        if others.filter(item__in=round_.answers.filter(is_settled=False).values("item")).exists():
            raise Conflict("Another open round has answers of this one; close that first.", code="elsewhere")
        apply_move(round_, states.ROUND, "reopen", actor=actor)
        add_answers(round_)
    return round_


def add_answers(round_: MarkingRound, *, of: Attempt | None = None) -> int:
    """Brings in what waits now (of one attempt, or of all) and is in no open round; how many answers came."""
    items = _waiting(round_.sitting).filter(version__question__in=round_.questions.all())
    if of is not None:
        items = items.filter(attempt=of)
    rows = list(
        items.exclude(round_answers__round=round_)
        .order_by("attempt_id", "position")
        .values_list("pk", "attempt_id", "version__question_id")
    )
    numbers = _numbers(round_, {attempt for _, attempt, _ in rows})
    RoundAnswer.objects.bulk_create(
        [
            RoundAnswer(
                institution=round_.institution,
                round=round_,
                item_id=item,
                question_id=question,
                number=numbers[attempt],
                needs_second=_is_drawn(round_, item),
            )
            for item, attempt, question in rows
        ],
        batch_size=1_000,
    )
    return len(rows)


def add_attempt(attempt: Attempt) -> None:
    """Brings an attempt that has just ended into the open rounds of its sitting."""
    for round_ in MarkingRound.objects.filter(sitting=attempt.enrolment.sitting_id, state=states.OPEN):
        add_answers(round_, of=attempt)


def _waiting(sitting: Sitting) -> Any:
    items = PaperItem.objects.filter(attempt__in=marked_attempts(sitting), mark__points=None)
    return items.exclude(round_answers__round__state=states.OPEN)


def _numbers(round_: MarkingRound, attempts: set[int]) -> dict[int, int]:
    """A number for each attempt: the one it has in this round, or the next free one in an order by lot."""
    known = dict(RoundAnswer.objects.filter(round=round_).values_list("item__attempt_id", "number"))
    last = RoundAnswer.objects.filter(round=round_).aggregate(last=Max("number"))["last"] or 0
    fresh = sorted(attempts - set(known))
    random.Random(f"{round_.seed}:{last}").shuffle(fresh)  # only has to be no order of names
    return known | {attempt: number for number, attempt in enumerate(fresh, start=last + 1)}


def _is_drawn(round_: MarkingRound, item: int) -> bool:
    return random.Random(f"{round_.seed}:second:{item}").random() * 100 < round_.second_share


def _set_markers(round_: MarkingRound, markers: Iterable[User], moderators: Iterable[User]) -> None:
    wanted, deciding = _people(markers), _people(moderators)
    if not wanted:
        raise InvalidInput("Choose at least one marker.", field="markers")
    allowed = {each.pk for each in possible_markers(round_.sitting)}
    for field, chosen in (("markers", wanted), ("moderators", deciding)):
        for user in chosen.values():
            if user.pk not in allowed:
                raise InvalidInput(f"{user} has no role that marks here.", field=field)
    if round_.second_share and len(wanted) < 2:
        raise InvalidInput("Marking twice needs at least two markers.", field="markers")
    everybody = wanted | deciding
    if len(everybody) > MOST_MARKERS:
        raise InvalidInput(f"At most {MOST_MARKERS} markers.", field="markers")
    RoundMarker.objects.filter(round=round_).exclude(user__in=everybody).delete()
    for user in everybody.values():
        RoundMarker.objects.update_or_create(
            institution=round_.institution,
            round=round_,
            user=user,
            defaults={"is_moderator": user.pk in deciding, "is_marker": user.pk in wanted},
        )


def _people(users: Iterable[User]) -> dict[int, User]:
    return {user.pk: user for user in users}
