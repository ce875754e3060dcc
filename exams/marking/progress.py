"""Shared reads of marking rounds: what is left for whom, the next answer, differences, agreement."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from accounts.models import User
from exams import states
from exams.marking import agreement
from exams.models import MarkingRound, Question, Reading, RoundAnswer, RoundMarker
from exams.models.marking_round import ReadingPlace
from proctor_site.kernel import clock

_TO_READ = Q(reading_count=0) | Q(reading_count=1, needs_second=True)


@dataclass(frozen=True, slots=True)
class QuestionProgress:
    """One question of a round: all answers, those with a final mark, those in dispute, and one's own part.

    `own` were marked by the person, `left` they could mark now.
    """

    question: Question
    total: int
    settled: int
    disputed: int
    own: int
    left: int


@dataclass(frozen=True, slots=True)
class MarkerProgress:
    """How many answers one member of a round has marked."""

    part: RoundMarker
    marked: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """How the first and second markers of a question agree; None where a figure is not defined."""

    question: Question
    pairs: int
    mean_difference: float | None
    mean_distance: float | None
    kappa: float | None


def rounds_for(person: User, *, all_of_them: bool) -> QuerySet[MarkingRound]:
    """Rounds, newest first, with `total` and `settled`: the person's own, or all of the institution."""
    rows = MarkingRound.objects.select_related("sitting__exam")
    if not all_of_them:
        rows = rows.filter(pk__in=RoundMarker.objects.filter(user=person).values("round"))
    counted: QuerySet[MarkingRound] = rows.annotate(
        total=Count("answers"), settled=Count("answers", filter=Q(answers__is_settled=True))
    )
    return counted


def left_for(round_: MarkingRound, person: User) -> QuerySet[RoundAnswer]:
    """The answers that the person could mark now: not one's own, not read by them, not open elsewhere."""
    rows = RoundAnswer.objects.filter(_TO_READ, round=round_, is_settled=False)
    rows = rows.exclude(pk__in=Reading.objects.filter(marker=person).values("answer"))
    rows = rows.exclude(item__attempt__enrolment__candidate=person)
    claimed = Q(claimed_until__gt=clock.now()) & ~Q(claimed_by=person)
    free: QuerySet[RoundAnswer] = rows.exclude(claimed & Q(claimed_by__isnull=False))
    return free


def by_question(round_: MarkingRound, person: User) -> list[QuestionProgress]:
    """The progress of a round, question by question."""
    rows = RoundAnswer.objects.filter(round=round_).order_by().values("question")
    counts = {
        row["question"]: row
        for row in rows.annotate(
            total=Count("pk"),
            settled=Count("pk", filter=Q(is_settled=True)),
            disputed=Count("pk", filter=Q(is_disputed=True)),
        )
    }
    own = _counts(Reading.objects.filter(answer__round=round_, marker=person), "answer__question")
    left = _counts(left_for(round_, person), "question") if round_.state == states.OPEN else {}
    questions = Question.objects.filter(pk__in=counts).order_by("title", "id")
    return [
        QuestionProgress(
            question,
            counts[question.pk]["total"],
            counts[question.pk]["settled"],
            counts[question.pk]["disputed"],
            own.get(question.pk, 0),
            left.get(question.pk, 0),
        )
        for question in questions
    ]


def _counts(rows: "QuerySet[Reading] | QuerySet[RoundAnswer]", column: str) -> dict[int, int]:
    return dict(rows.order_by().values(column).annotate(count=Count("pk")).values_list(column, "count"))


def by_marker(round_: MarkingRound) -> list[MarkerProgress]:
    """How much each member of the round has marked."""
    counts = _counts(Reading.objects.filter(answer__round=round_), "marker")
    parts = RoundMarker.objects.filter(round=round_).select_related("user")
    return [MarkerProgress(part, counts.get(part.user_id, 0)) for part in parts]


def next_answer(round_: MarkingRound, question: int, person: User, *, after: int = 0) -> RoundAnswer | None:
    """The next answer to mark, in order of numbers from `after` on, then from the start; None: all done."""
    rows = left_for(round_, person).filter(question=question).order_by("number", "pk")
    return rows.filter(number__gt=after).first() or rows.first()


def neighbours(answer: RoundAnswer) -> tuple[RoundAnswer | None, RoundAnswer | None]:
    """The answers to the same question before and after this one, in order of numbers."""
    rows = RoundAnswer.objects.filter(round=answer.round_id, question=answer.question_id)
    before = rows.filter(number__lt=answer.number).order_by("-number").first()
    return before, rows.filter(number__gt=answer.number).order_by("number").first()


def differences(round_: MarkingRound) -> list[tuple[RoundAnswer, list[Reading]]]:
    """The answers that two people marked, with their readings: disputes first, then the widest apart."""
    rows = RoundAnswer.objects.filter(round=round_, reading_count=2).select_related("question", "item")
    found = [(answer, list(answer.readings.all())) for answer in rows.prefetch_related("readings__marker")]
    return sorted(found, key=lambda row: (not row[0].is_disputed, -_distance(row[1]), row[0].pk))


def _distance(readings: list[Reading]) -> Decimal:
    points = [each.points for each in readings if each.place != ReadingPlace.MODERATION]
    return max(points) - min(points)


def agreement_of(round_: MarkingRound) -> list[Agreement]:
    """The figures of agreement for each question with answers that two people marked."""
    pairs: dict[int, list[agreement.Pair]] = defaultdict(list)
    questions: dict[int, Question] = {}
    for answer, readings in differences(round_):
        given = {each.place: each.points for each in readings}
        questions[answer.question_id] = answer.question
        pairs[answer.question_id].append((given[ReadingPlace.FIRST], given[ReadingPlace.SECOND]))
    return [
        Agreement(
            questions[key],
            len(own),
            agreement.mean_difference(own),
            agreement.mean_absolute_difference(own),
            agreement.weighted_kappa(own),
        )
        for key, own in pairs.items()
    ]
