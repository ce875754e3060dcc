"""Releases the results of a sitting to its candidates, and withdraws them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts import audit
from accounts.models import User
from accounts.transitions import apply_move, lock
from exams import states
from exams.marking.automatic import Result, result
from exams.marking.marks import checked_reason
from exams.marking.queries import ended_attempts
from exams.marking.services import mark_ended
from exams.models import Attempt, Exam, PaperItem, Release, ReleasedResult, ResultPolicy, RoundAnswer, Sitting
from exams.models.sitting_mail import MailKind
from exams.scheduling.mails import write_to_enrolled
from exams.signals import results_released
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput

_SHOWN = ("points", "possible", "percentage", "passed", "grade", "unmarked", "marks")


@dataclass(frozen=True, slots=True)
class Preview:
    """What a release would hold. `changed` and `fresh` compare with the release in force.

    `terminated` attempts (ended by a proctor) and `abandoned` ones (never handed in) are counted beside
    `attempts`, which are handed in.
    """

    attempts: int
    terminated: int
    abandoned: int
    running: int
    unmarked_attempts: int
    unmarked_answers: int
    disputed: int
    passed: int
    failed: int
    fresh: int
    changed: int
    in_force: Release | None


def current_release(sitting: Sitting) -> Release | None:
    """The release in force, or None."""
    found: Release | None = Release.objects.filter(sitting=sitting, state=states.RELEASED).first()
    return found


def preview(sitting: Sitting, *, with_terminated: bool = False) -> Preview:
    """What `release` would do now; changes nothing but marks by rule that were never made."""
    with transaction.atomic():
        mark_ended(sitting)
    rows = list(_results(sitting, with_terminated=with_terminated))
    in_force = current_release(sitting)
    before = _released_before(in_force)
    results = [found for _, found, _ in rows]
    disputed = RoundAnswer.objects.filter(round__sitting=sitting, is_disputed=True)
    return Preview(
        attempts=len(rows),
        terminated=ended_attempts(sitting).filter(state=states.TERMINATED).count(),
        abandoned=ended_attempts(sitting).filter(state=states.ABANDONED).count(),
        running=Attempt.objects.filter(enrolment__sitting=sitting, state__in=states.RUNNING).count(),
        unmarked_attempts=sum(found.unmarked > 0 for found in results),
        unmarked_answers=sum(found.unmarked for found in results),
        disputed=disputed.filter(round__state=states.OPEN).count(),
        passed=sum(found.passed is True for found in results),
        failed=sum(found.passed is False for found in results),
        fresh=sum(attempt.pk not in before for attempt, _, _ in rows),
        changed=sum(_has_changed(before.get(attempt.pk), found, own) for attempt, found, own in rows),
        in_force=in_force,
    )


def release(
    sitting: Sitting, *, actor: User, allow_unmarked: bool = False, with_terminated: bool = False
) -> Release:
    """Shows the results as they are now to the candidates, in place of an earlier release, and tells them.

    Who had no result before gets an e-mail, and so does everybody whose result has changed. Raises Conflict:
    nothing (no attempt has ended), unmarked (unless allowed), unchanged (all is released as it is), practice.
    """
    if sitting.is_practice:
        raise Conflict("Results of practice are shown at once and never released.", code="practice")
    with transaction.atomic():
        lock(sitting)
        mark_ended(sitting)
        rows = list(_results(sitting, with_terminated=with_terminated))
        if not rows:
            raise Conflict("Nobody has handed in yet: there is nothing to release.", code="nothing")
        unmarked = sum(found.unmarked for _, found, _ in rows)
        if unmarked and not allow_unmarked:
            raise Conflict(
                f"{unmarked} answers are not marked yet. Mark them first, or say that you want to release "
                "the results without them.",
                code="unmarked",
                field="allow_unmarked",
            )
        former = current_release(sitting)
        before = _released_before(former)
        fresh = [attempt for attempt, _, _ in rows if attempt.pk not in before]
        changed = [
            attempt for attempt, found, own in rows if _has_changed(before.get(attempt.pk), found, own)
        ]
        if former is not None and not fresh and not changed and len(before) == len(rows):
            raise Conflict("All results are released as they are now.", code="unchanged")
        if former is not None:
            apply_move(former, states.RELEASE, "supersede", actor=actor, values={"ended_at": clock.now()})
        made = _store(sitting, rows, actor)
        detail = {
            "attempts": len(rows),
            "unmarked": unmarked,
            "new": len(fresh),
            "changed": len(changed),
            "with_terminated": with_terminated,
        }
        audit.record(sitting.institution, sitting, "sitting.results_released", actor=actor, detail=detail)
        _tell(sitting, fresh, MailKind.RESULT, made)
        _tell(sitting, changed, MailKind.RESULT_CHANGED, made)
        results_released.send(sender=Sitting, sitting=sitting, actor=actor)
    return made


def withdraw(found: Release, *, actor: User, reason: object) -> Release:
    """Takes the results from the candidates' pages again. Raises InvalidInput (reason), IllegalMove."""
    words = checked_reason(reason)
    with transaction.atomic():
        lock(found.sitting)
        found.refresh_from_db()
        apply_move(
            found,
            states.RELEASE,
            "withdraw",
            actor=actor,
            reason=words,
            values={"ended_at": clock.now()},
        )
        audit.record(
            found.institution,
            found.sitting,
            "sitting.results_withdrawn",
            actor=actor,
            detail={"reason": words},
        )
    return found


def as_marked_now(attempt: Attempt) -> ReleasedResult:
    """The result of a practice attempt, which is shown without a release; it is not stored."""
    [(_, found, own)] = _results_of(Attempt.objects.filter(pk=attempt.pk), attempt.enrolment.sitting.exam)
    return ReleasedResult(institution=attempt.institution, attempt=attempt, **_columns(found, own))


def policy_of(exam: Exam) -> ResultPolicy:
    """What candidates of the exam see; unsaved with its defaults while nobody has decided."""
    found: ResultPolicy | None = ResultPolicy.objects.filter(exam=exam).first()
    return found or ResultPolicy(institution=exam.institution, exam=exam)


def set_policy(exam: Exam, *, actor: User, not_before: datetime | None, **shows: bool) -> ResultPolicy:
    """Decides what candidates see; holds at once, also for results that are released already.

    Raises InvalidInput (shows_key: right answers without the questions would say nothing).
    """
    if shows.get("shows_key") and not shows.get("shows_answers"):
        raise InvalidInput(
            "Right answers are shown beside the candidate’s own: choose those as well.", field="shows_key"
        )
    with transaction.atomic():
        lock(exam)
        policy = policy_of(exam)
        for name, value in shows.items():
            setattr(policy, name, bool(value))
        policy.not_before = not_before
        policy.save()
        detail = {**shows, "not_before": not_before.isoformat() if not_before else None}
        audit.record(exam.institution, exam, "exam.result_policy_set", actor=actor, detail=detail)
    return policy


_Row = tuple[Attempt, Result, list[dict[str, Any]]]


def _results(sitting: Sitting, *, with_terminated: bool) -> Iterator[_Row]:
    wanted = states.MARKED if with_terminated else (states.SUBMITTED,)
    return _results_of(ended_attempts(sitting).filter(state__in=wanted).order_by("pk"), sitting.exam)


def _results_of(attempts: QuerySet[Attempt], exam: Exam) -> Iterator[_Row]:
    items = PaperItem.objects.filter(attempt__in=attempts).order_by("attempt_id", "position")
    marks: dict[int, list[dict[str, Any]]] = {}
    columns = items.values_list(
        "attempt_id", "pk", "points", "mark__points", "mark__possible", "mark__comment", "mark__key"
    )
    for attempt, item, on_paper, points, possible, comment, key in columns.iterator(chunk_size=5_000):
        most = on_paper if possible is None else possible
        row = {"item": item, "points": points, "possible": most, "comment": comment or ""}
        row["key"] = key
        marks.setdefault(attempt, []).append(row)
    for each in attempts.select_related("enrolment__candidate"):
        own = marks.get(each.pk, [])
        found = result(
            [(row["possible"], row["points"]) for row in own],
            pass_percentage=exam.pass_percentage,
            grade_steps=exam.grade_steps,
        )
        yield each, found, [_as_text(row) for row in own]


def _as_text(row: dict[str, Any]) -> dict[str, Any]:
    points: Decimal | None = row["points"]
    return row | {"points": None if points is None else str(points), "possible": str(row["possible"])}


def _released_before(found: Release | None) -> dict[int, ReleasedResult]:
    rows = ReleasedResult.objects.filter(release=found) if found else ReleasedResult.objects.none()
    return {each.attempt_id: each for each in rows}


def _has_changed(before: ReleasedResult | None, found: Result, own: list[dict[str, Any]]) -> bool:
    if before is None:
        return False
    now = ReleasedResult(**_columns(found, own))
    return any(getattr(before, name) != getattr(now, name) for name in _SHOWN)


def _columns(found: Result, own: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "points": found.points,
        "possible": found.possible,
        "percentage": found.percentage,
        "passed": found.passed,
        "grade": found.grade,
        "unmarked": found.unmarked,
        "marks": own,
    }


def _store(sitting: Sitting, rows: Sequence[_Row], actor: User) -> Release:
    made = Release.objects.create(
        institution=sitting.institution, sitting=sitting, released_at=clock.now(), released_by=actor
    )
    ReleasedResult.objects.bulk_create(
        [
            ReleasedResult(
                institution=sitting.institution, release=made, attempt=attempt, **_columns(found, own)
            )
            for attempt, found, own in rows
        ],
        batch_size=500,
    )
    return made


def _tell(sitting: Sitting, attempts: Sequence[Attempt], kind: MailKind, made: Release) -> None:
    policy = policy_of(sitting.exam)
    is_visible = policy.not_before is None or policy.not_before <= clock.now()
    if attempts and policy.shows_total and is_visible:
        enrolments = [attempt.enrolment for attempt in attempts]
        write_to_enrolled(sitting, enrolments, kind, occasion=str(made.pk))
