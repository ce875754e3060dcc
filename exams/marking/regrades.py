"""Regrades one question for all attempts of chosen sittings: preview first, then one audited action."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.transitions import lock
from exams import states
from exams.marking import marks
from exams.marking.automatic import Result, result_of_sums
from exams.marking.marks import checked_reason
from exams.marking.queries import sums_of
from exams.marking.rule_marks import Rule, by_rule, fits
from exams.marking.services import mark_ended
from exams.marking.standing import standing
from exams.models import Attempt, PaperItem, Question, QuestionVersion, Regrade, Sitting
from exams.models.regrade import RegradeMode
from exams.scheduling.queries import marked_sittings
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput

MOST_POINTS = Decimal(1_000)


@dataclass(frozen=True, slots=True)
class Changed:
    """One attempt whose total changes."""

    attempt: Attempt
    before: Result
    after: Result

    @property
    def flips(self) -> bool:
        """Whether it passes or fails by this."""
        return self.before.passed is not self.after.passed


@dataclass(frozen=True, slots=True)
class Preview:
    """What a regrade would do. `by_person`: marks that people gave, which stand; `unfit`: answers that the
    chosen version does not know, which get nothing. `digest` names exactly this outcome.
    """

    attempts: int
    changed: list[Changed]
    by_person: int
    unfit: int
    digest: str

    @property
    def now_passed(self) -> int:
        return sum(each.flips and each.after.passed is True for each in self.changed)

    @property
    def now_failed(self) -> int:
        return sum(each.flips and each.after.passed is False for each in self.changed)

    @property
    def mean_change(self) -> Decimal:
        """Mean change of the total over all attempts that have the question, in points."""
        moved = sum((each.after.points - each.before.points for each in self.changed), Decimal(0))
        return (moved / self.attempts).quantize(Decimal("0.01")) if self.attempts else Decimal(0)


def sittings_with(question: Question) -> list[Sitting]:
    """The sittings with ended attempts that have the question on their paper, newest first; no practice."""
    asked = PaperItem.objects.filter(
        version__question=question, attempt__started_at__isnull=False, attempt__state__in=states.MARKED
    ).order_by()
    found = marked_sittings().filter(pk__in=asked.values("attempt__enrolment__sitting"))
    return list(found.select_related("exam"))


def questions_on(sitting: Sitting) -> list[Question]:
    """The questions on the papers of the ended attempts of a sitting, by title."""
    items = PaperItem.objects.filter(
        attempt__enrolment__sitting=sitting,
        attempt__started_at__isnull=False,
        attempt__state__in=states.MARKED,
    )
    ids = items.order_by().values("version__question").distinct()
    return list(Question.objects.filter(pk__in=ids).order_by("title", "pk"))


def checked_rule(question: Question, *, mode: str, version: object, points: object) -> Rule:
    """The rule from what was typed. Raises InvalidInput (mode, version, points)."""
    if mode not in RegradeMode.values:
        raise InvalidInput("Choose what happens to the question.", field="mode")
    chosen = None
    if version not in (None, ""):
        key = int(str(version)) if str(version).isdecimal() and len(str(version)) < 18 else 0
        rows = QuestionVersion.objects.filter(question=question).select_related("question")
        chosen = rows.filter(pk=key).first()
        if chosen is None:
            raise InvalidInput("This question has no such version.", field="version")
    worth = None if points in (None, "") else marks.checked_points(points, MOST_POINTS)
    return Rule(mode, chosen if mode == RegradeMode.KEY else None, worth)


def preview(question: Question, sittings: Sequence[Sitting], rule: Rule) -> Preview:
    """Who would change by how much, and who would pass or fail by it. Raises InvalidInput (sittings)."""
    _check_sittings(question, sittings)
    with transaction.atomic():
        for sitting in sittings:
            mark_ended(sitting)
    return _preview(_items(question, sittings), rule)


def regrade(
    question: Question, sittings: Sequence[Sitting], rule: Rule, *, reason: object, digest: str, actor: User
) -> Regrade:
    """Carries out exactly what the preview of this digest showed; released results stay as they are.

    The rule also holds for attempts that end later. Undone by another regrade, for instance by one with the
    key and points of the paper. Raises InvalidInput (sittings, reason), Conflict changed_meanwhile.
    """
    words = checked_reason(reason)
    _check_sittings(question, sittings)
    with transaction.atomic():
        for sitting in sorted(sittings, key=lambda each: each.pk):
            lock(sitting)
            mark_ended(sitting)
        items = _items(question, sittings)
        found = _preview(items, rule)
        if found.digest != digest:
            raise Conflict(
                "Marks or attempts have changed since the preview. Look at it again.",
                code="changed_meanwhile",
            )
        marks.write([by_rule(item, rule) for item in items], actor=actor, source="regrade", reason=words)
        made = Regrade.objects.create(
            institution=question.institution,
            question=question,
            mode=rule.mode,
            version=rule.version,
            points=rule.points,
            reason=words,
            changed=len(found.changed),
            actor=actor,
            at=clock.now(),
        )
        made.sittings.set(sittings)
        _record(made, found, sittings, actor)
    return made


def _record(made: Regrade, found: Preview, sittings: Iterable[Sitting], actor: User) -> None:
    detail = {
        "mode": made.mode,
        "version": made.version.number if made.version else None,
        "points": None if made.points is None else str(made.points),
        "reason": made.reason,
        "sittings": [sitting.pk for sitting in sittings],
        "attempts": found.attempts,
        "changed": len(found.changed),
        "now_passed": found.now_passed,
        "now_failed": found.now_failed,
    }
    audit.record(made.institution, made.question, "question.regraded", actor=actor, detail=detail)


def _check_sittings(question: Question, sittings: Sequence[Sitting]) -> None:
    if not sittings:
        raise InvalidInput("Choose at least one sitting.", field="sittings")
    known = {sitting.pk for sitting in sittings_with(question)}
    for sitting in sittings:
        if sitting.pk not in known:
            raise InvalidInput(f"Nobody has answered this question in {sitting}.", field="sittings")


def _items(question: Question, sittings: Sequence[Sitting]) -> list[PaperItem]:
    rows = PaperItem.objects.filter(
        version__question=question,
        attempt__enrolment__sitting__in=sittings,
        attempt__started_at__isnull=False,
        attempt__state__in=states.MARKED,
    ).select_related(
        "version__question",
        "answer",
        "mark__key",
        "mark__marker",
        "institution",
        "attempt__enrolment__candidate",
        "attempt__enrolment__sitting__exam",
    )
    return list(rows.order_by("attempt__enrolment__candidate__name", "attempt_id", "pk"))


def _preview(items: Sequence[PaperItem], rule: Rule) -> Preview:
    before = sums_of(sorted({item.attempt_id for item in items}))
    after = dict(before)
    attempts = {item.attempt_id: item.attempt for item in items}
    named = f"{rule.mode}:{rule.version.pk if rule.version else 0}:{rule.points}"
    digest = hashlib.sha256(named.encode())
    for item in items:
        old, new = standing(marks.wanted_as_is(item).layers), standing(by_rule(item, rule).layers)
        given, most, unmarked = after[item.attempt_id]
        after[item.attempt_id] = (
            given + (new[1] or 0) - (old[1] or 0),
            most + new[0] - old[0],
            unmarked + (new[1] is None) - (old[1] is None),
        )
        digest.update(f"{item.pk}:{old}:{new};".encode())
    changed = [
        Changed(attempts[key], _result(attempts[key], before[key]), _result(attempts[key], after[key]))
        for key in attempts
        if before[key] != after[key]
    ]
    version = rule.version
    unfit = sum(not fits(item, version) for item in items) if version else 0
    by_person = sum(marks.wanted_as_is(item).layers.person is not None for item in items)
    return Preview(
        len(attempts), changed, by_person if rule.mode == RegradeMode.KEY else 0, unfit, digest.hexdigest()
    )


def _result(attempt: Attempt, sums: tuple[Decimal, Decimal, int]) -> Result:
    exam = attempt.enrolment.sitting.exam
    return result_of_sums(*sums, pass_percentage=exam.pass_percentage, grade_steps=exam.grade_steps)
