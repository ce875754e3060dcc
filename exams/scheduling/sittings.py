"""Creates and changes sittings: windows that make sense, and no surprise for those who have started."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError

from accounts import audit
from accounts.models import Institution, Membership, User
from accounts.models.institution import known_time_zone
from accounts.roles import Role
from accounts.transitions import lock
from exams import states
from exams.bank.outline import findings_of
from exams.models import Attempt, Enrolment, Exam, PendingEnrolment, Sitting, SittingProctor
from exams.models.sitting import Beginning, SafeBrowserUse, TimeUp
from exams.scheduling import mails
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotFound

_FIXED_ONCE_STARTED = (
    "exam",
    "opens_at",
    "duration_minutes",
    "begins",
    "starts_per_minute",
    "time_up",
    "grace_minutes",
)
_MAY_CHANGE = (
    "title",
    "opens_at",
    "closes_at",
    "time_zone",
    "duration_minutes",
    "late_entry_minutes",
    "time_up",
    "grace_minutes",
    "late_upload_minutes",
    "credits_outages",
    "credits_connection",
    "credit_least_seconds",
    "credit_most_minutes",
    "capacity",
    "begins",
    "starts_per_minute",
    "is_practice",
    "practice_days",
)
_FIXED_ONCE_OPENED = ("is_practice", "practice_days")
_TOLD = ("title", "opens_at", "closes_at", "time_zone", "duration_minutes")
"""Changes of these are told to candidates."""
_LONGEST = timedelta(days=366)
_LONGEST_GRACE = 24 * 60
WATCHING_ROLES = (Role.PROCTOR, Role.EXAM_OFFICER, Role.ADMIN)


def create_sitting(
    exam: Exam, *, actor: User | None, proctors: Iterable[User] = (), **fields: Any
) -> Sitting:
    """A new sitting of an exam. Raises InvalidInput naming the field at fault."""
    sitting = Sitting(institution=exam.institution, exam=exam, **fields)
    check_sitting(sitting)
    with transaction.atomic():
        sitting.save()
        audit.record(exam.institution, sitting, "sitting.created", actor=actor)
        for user in proctors:
            assign_proctor(sitting, user, actor=actor)
    return sitting


def change_sitting(sitting: Sitting, *, actor: User | None, **changes: Any) -> Sitting:
    """Changes title, times or working time. Raises InvalidInput naming the field at fault."""
    unknown = set(changes) - set(_MAY_CHANGE)
    if unknown:
        raise InvalidInput(f"A sitting has no {sorted(unknown)[0]} to change.", field=sorted(unknown)[0])
    for name, value in changes.items():
        setattr(sitting, name, value)
    check_sitting(sitting)
    with transaction.atomic():
        before = as_stored(sitting)
        sitting.save(update_fields=sorted(changes))
        tell_of_difference(before, sitting)
        audit.record(
            sitting.institution, sitting, "sitting.changed", actor=actor, detail={"fields": sorted(changes)}
        )
    return sitting


def as_stored(sitting: Sitting) -> Sitting:
    """The sitting as the database has it, for `tell_of_difference` after saving."""
    return Sitting._base_manager.get(pk=sitting.pk)


def tell_of_difference(before: Sitting, sitting: Sitting) -> None:
    """Writes to candidates when something they were told has changed. In the transaction that saved it."""
    if any(getattr(before, name) != getattr(sitting, name) for name in _TOLD):
        mails.tell_of_change(sitting)


def cancel_sitting(sitting: Sitting, *, actor: User | None, reason: str) -> Sitting:
    """Calls a sitting off. Raises Conflict when somebody has started it."""
    with transaction.atomic():
        if has_started(sitting):
            raise Conflict("Candidates have started this sitting; it cannot be cancelled.", code="started")
        if sitting.cancelled_at is None:
            sitting.cancelled_at = clock.now()
            sitting.save(update_fields=["cancelled_at"])
            audit.record(
                sitting.institution, sitting, "sitting.cancelled", actor=actor, detail={"reason": reason}
            )
            mails.tell_of_cancellation(sitting)
    return sitting


def is_empty(sitting: Sitting) -> bool:
    """Whether nobody is or was to take it: such a sitting is deleted, others are called off."""
    is_named = sitting.enrolments.exists() or sitting.pending_enrolments.exists()
    return not is_named and not sitting.rosters.exists()


def delete_sitting(sitting: Sitting, *, actor: User | None) -> None:
    """Deletes an empty sitting. Raises Conflict: `has_enrolments`, and `used` where another row names it."""
    with transaction.atomic():
        lock(sitting)
        if not is_empty(sitting):
            raise Conflict("People are enrolled, or were. Call it off instead.", code="has_enrolments")
        detail = {"title": sitting.title, "exam": sitting.exam_id}
        audit.record(sitting.institution, sitting, "sitting.deleted", actor=actor, detail=detail)
        try:
            sitting.delete()
        except ProtectedError as error:
            raise Conflict("Something else refers to this sitting: it stays.", code="used") from error


def assign_proctor(sitting: Sitting, user: User, *, actor: User | None) -> SittingProctor:
    """Lets a member watch the sitting; a second time changes nothing. Raises InvalidInput (proctors)."""
    if not may_watch_at(sitting.institution, user):
        raise InvalidInput(f"{user} is not a proctor of {sitting.institution}.", field="proctors")
    with transaction.atomic():
        row, is_new = SittingProctor.objects.get_or_create(
            institution=sitting.institution, sitting=sitting, user=user
        )
        if is_new:
            audit.record(
                sitting.institution,
                sitting,
                "sitting.proctor_assigned",
                actor=actor,
                detail={"user": user.pk},
            )
    return row


def unassign_proctor(sitting: Sitting, user: User, *, actor: User | None) -> None:
    """Takes the watching away; whom they looked at first is nobody's then. Raises NotFound."""
    with transaction.atomic():
        row = SittingProctor.objects.filter(sitting=sitting, user=user).select_related("sitting").first()
        if row is None:
            raise NotFound(f"{user} does not watch this sitting.")
        row.delete()
        detail = {"user": user.pk}
        audit.record(sitting.institution, sitting, "sitting.proctor_unassigned", actor=actor, detail=detail)


def may_watch_at(institution: Institution, user: User) -> bool:
    """Whether the person has a role in the institution with which sittings are watched."""
    rows = Membership.objects.filter(institution=institution, user=user, ended_at=None)
    return rows.filter(role__in=WATCHING_ROLES).exists()


def has_started(sitting: Sitting) -> bool:
    """Whether any attempt of the sitting has started."""
    return Attempt.objects.filter(enrolment__sitting=sitting, started_at__isnull=False).exists()


def check_sitting(sitting: Sitting) -> None:
    """Refuses times that make no sense, and changes that those who have started would suffer from.

    Raises InvalidInput naming the field. Works on saved and unsaved sittings.
    """
    try:
        known_time_zone(sitting.time_zone)
    except ValidationError as error:
        raise InvalidInput("; ".join(error.messages), field="time_zone") from error
    for name in ("opens_at", "closes_at"):
        if getattr(sitting, name) is None or getattr(sitting, name).tzinfo is None:
            raise InvalidInput("Give a moment with its time zone.", field=name)
    _check_lengths(sitting)
    _check_practice(sitting)
    _check_outside(sitting)
    if sitting.pk is not None:
        _check_capacity(sitting)
        _check_queue(sitting)
        _check_running(sitting)
    elif sitting.exam_id is not None:
        _check_exam(sitting.exam)


def _check_exam(exam: Exam) -> None:
    """An exam without questions may be scheduled and filled later; a pool that is short would fail unseen."""
    if exam.is_template:
        raise InvalidInput("This is a template. Make an exam from it first.", field="exam", code="template")
    short = next((each for each in findings_of(exam) if each.code == "pool_short"), None)
    if short is not None:
        raise InvalidInput(short.text, field="exam", code=short.code)


def _check_lengths(sitting: Sitting) -> None:
    window = sitting.closes_at - sitting.opens_at
    if window <= timedelta(0):
        raise InvalidInput("The sitting must close after it opens.", field="closes_at")
    if window > _LONGEST:
        raise InvalidInput("A sitting lasts at most a year.", field="closes_at")
    if sitting.duration_minutes < 1:
        raise InvalidInput("The working time is at least one minute.", field="duration_minutes")
    if timedelta(minutes=sitting.duration_minutes) > window:
        raise InvalidInput(
            f"The working time does not fit into the window of {int(window.total_seconds() // 60)} minutes.",
            field="duration_minutes",
        )
    late = sitting.late_entry_minutes
    if late is not None and (late < 0 or timedelta(minutes=late) > window):
        raise InvalidInput("Late entry cannot be longer than the window.", field="late_entry_minutes")
    if sitting.time_up not in TimeUp.values:
        raise InvalidInput(f"Choose one of: {', '.join(TimeUp.values)}.", field="time_up")
    if not 1 <= sitting.grace_minutes <= _LONGEST_GRACE:
        raise InvalidInput(f"A grace period has 1 to {_LONGEST_GRACE} minutes.", field="grace_minutes")


def _check_practice(sitting: Sitting) -> None:
    if not 1 <= sitting.practice_days <= 90:
        raise InvalidInput("Give 1 to 90 days.", field="practice_days")
    if sitting.is_practice and sitting.begins != Beginning.CLOCK:
        raise InvalidInput("Practice begins by the clock: nobody has to be there.", field="begins")


def _check_outside(sitting: Sitting) -> None:
    """What only an exam page could do is not offered where another system has the page."""
    if sitting.exam_id is None or not sitting.exam.is_outside:
        return
    for name, only in (
        ("is_practice", False),
        ("begins", Beginning.CLOCK),
        ("starts_per_minute", None),
        ("time_up", TimeUp.AUTO_SUBMIT),
        ("safe_browser", SafeBrowserUse.OFF),
    ):
        if (getattr(sitting, name) or None) != (only or None):
            raise InvalidInput(
                "Another system delivers this exam, and does this itself if at all.",
                field=name,
                code="outside",
            )


def _check_capacity(sitting: Sitting) -> None:
    if sitting.capacity is None:
        return
    if sitting.capacity < 1:
        raise InvalidInput("There must be room for one candidate at least.", field="capacity")
    taken = Enrolment._base_manager.filter(sitting=sitting, withdrawn_at=None).count()
    taken += PendingEnrolment._base_manager.filter(sitting=sitting).count()
    if taken > sitting.capacity:
        raise InvalidInput(f"{taken} are enrolled or invited already.", field="capacity")


def _check_queue(sitting: Sitting) -> None:
    """The last in the queue must still have the whole working time, and not be too late to enter."""
    if not sitting.starts_per_minute:
        return
    enrolled = Enrolment._base_manager.filter(sitting=sitting, withdrawn_at=None).count()
    queue = timedelta(minutes=max(0, enrolled - 1) // sitting.starts_per_minute)
    left = sitting.closes_at - sitting.opens_at - timedelta(minutes=sitting.duration_minutes)
    if sitting.late_entry_minutes is not None:
        left = min(left, timedelta(minutes=sitting.late_entry_minutes))
    if queue > left:
        raise InvalidInput(
            f"The last of {enrolled} starts {int(queue.total_seconds() // 60)} minutes after the opening; "
            f"window, working time and late entry leave {int(left.total_seconds() // 60)}.",
            field="starts_per_minute",
        )


def _check_running(sitting: Sitting) -> None:
    before = Sitting._base_manager.get(pk=sitting.pk)
    attempts = Attempt._base_manager.filter(enrolment__sitting=sitting)
    is_opened = attempts.exists()
    if before.exam_id != sitting.exam_id and is_opened:
        raise InvalidInput("Papers of this sitting are drawn; its exam is fixed.", field="exam")
    for name in _FIXED_ONCE_OPENED if is_opened else ():
        if getattr(before, name) != getattr(sitting, name):
            raise InvalidInput(
                "Candidates have begun, and were told what this sitting is and what becomes of their data; "
                "this can no longer be changed.",
                field=name,
            )
    if not attempts.filter(started_at__isnull=False).exists():
        return
    for name in _FIXED_ONCE_STARTED:
        if getattr(before, name) != getattr(sitting, name):
            raise InvalidInput(
                "Candidates have started this sitting; this can no longer be changed.", field=name
            )
    running = attempts.filter(state__in=states.RUNNING).exists()
    if running and sitting.closes_at < before.closes_at:
        raise InvalidInput("Candidates are working; the sitting cannot close earlier.", field="closes_at")
