"""What a candidate sees of an own result: the released one, or in practice the marks as they are."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.models import User
from exams import states
from exams.bank import wording
from exams.kinds.registry import kind_named
from exams.marking.releases import as_marked_now, policy_of
from exams.models import Attempt, Exam, PaperItem, QuestionVersion, ReleasedResult, ResultPolicy
from exams.scheduling.queries import marked_sittings
from proctor_site.kernel import clock


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """One question as its candidate may see it; what the policy hides is None or empty."""

    position: int
    item: PaperItem | None
    answer: str
    certainty: str
    key: str
    points: Decimal | None
    possible: Decimal | None
    is_left_out: bool
    comment: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A result as its candidate may see it."""

    result: ReleasedResult
    policy: ResultPolicy
    questions: list[ShownQuestion]
    shows_key: bool


def released_of(attempt: Attempt) -> ReleasedResult | None:
    """The result in force of an attempt, however much of it may be seen."""
    rows = ReleasedResult.objects.filter(attempt=attempt, release__state=states.RELEASED)
    found: ReleasedResult | None = rows.select_related("release").first()
    return found


def may_be_seen(policy: ResultPolicy) -> bool:
    """Whether candidates see anything now."""
    is_time = policy.not_before is None or policy.not_before <= clock.now()
    return policy.shows_total and is_time


def shown_to_candidate(attempt: Attempt) -> Shown | None:
    """The result as far as the candidate may see it now; None: nothing (yet).

    It has to be released first; that of a practice attempt is there as soon as it is handed in.
    """
    exam = attempt.enrolment.sitting.exam
    policy = policy_of(exam)
    if not may_be_seen(policy):
        return None
    found = _result_in_force(attempt)
    if found is None:
        return None
    shows_key = policy.shows_key and not has_sittings_ahead(exam)
    wants_questions = policy.shows_marks or policy.shows_answers or policy.shows_comments
    questions = _questions(attempt, found, policy, shows_key) if wants_questions else []
    return Shown(found, policy, questions, shows_key)


def shows_questions(attempt: Attempt) -> bool:
    """Whether the result shows the candidate the questions of the paper now."""
    policy = policy_of(attempt.enrolment.sitting.exam)
    return policy.shows_answers and may_be_seen(policy) and _result_in_force(attempt) is not None


def _result_in_force(attempt: Attempt) -> ReleasedResult | None:
    if not attempt.enrolment.sitting.is_practice:
        return released_of(attempt)
    is_there = attempt.state == states.SUBMITTED and attempt.thrown_away_at is None
    return as_marked_now(attempt) if is_there else None


def has_sittings_ahead(exam: Exam) -> bool:
    """Whether somebody may still take the exam, apart from practice: then its key stays secret."""
    ahead = marked_sittings().filter(exam=exam, cancelled_at=None, closes_at__gt=clock.now())
    return ahead.exists()


def _questions(
    attempt: Attempt, found: ReleasedResult, policy: ResultPolicy, shows_key: bool
) -> list[ShownQuestion]:
    marks: dict[int, dict[str, Any]] = {row["item"]: row for row in found.marks}
    items = attempt.paper.select_related("version__question", "answer").order_by("position")
    keys = QuestionVersion.objects.in_bulk([row["key"] for row in found.marks if row["key"]])
    return [
        _question(item, mark, policy, (keys.get(mark.get("key") or 0) or item.version) if shows_key else None)
        for item in items
        for mark in [marks.get(item.pk, {})]
    ]


def _question(
    item: PaperItem, mark: dict[str, Any], policy: ResultPolicy, key: QuestionVersion | None
) -> ShownQuestion:
    kind = kind_named(item.version.question.kind)
    saved = getattr(item, "answer", None)
    possible = Decimal(mark.get("possible", item.points))
    points = mark.get("points")
    return ShownQuestion(
        position=item.position,
        item=item if policy.shows_answers else None,
        answer=wording.answer_in_words(item.version, saved.value if saved else None)
        if policy.shows_answers
        else "",
        certainty=wording.certainty_in_words(item) if policy.shows_answers else "",
        key=wording.key_in_words(key, kind, asks_certainty=item.asks_certainty) if key else "",
        points=Decimal(points) if policy.shows_marks and points is not None else None,
        possible=possible if policy.shows_marks else None,
        is_left_out=policy.shows_marks and possible == 0 and item.points > 0,
        comment=mark.get("comment", "") if policy.shows_comments else "",
    )


def attempts_with_results(candidate: User) -> set[int]:
    """The attempts of a person, in all institutions, whose result may be seen now. Two queries."""
    released = ReleasedResult._base_manager.filter(
        attempt__enrolment__candidate=candidate, release__state=states.RELEASED
    )
    practised = Attempt._base_manager.filter(
        enrolment__candidate=candidate,
        enrolment__sitting__is_practice=True,
        state=states.SUBMITTED,
        thrown_away_at=None,
    ).order_by()
    policy = "enrolment__sitting__exam__result_policy__"
    columns = ("shows_total", "not_before")
    rows = [
        *released.values_list("attempt_id", *(f"attempt__{policy}{name}" for name in columns)),
        *practised.values_list("pk", *(f"{policy}{name}" for name in columns)),
    ]
    now = clock.now()
    return {
        attempt
        for attempt, shows, not_before in rows
        if shows is not False and (not_before is None or not_before <= now)
    }
