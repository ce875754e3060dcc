"""A sitting for systems that know of none: made when it is first needed, and anew when it closes."""

from datetime import timedelta

from django.db import transaction

from accounts.models import Institution, User
from accounts.transitions import lock
from exams.bank.exam_settings import create_exam
from exams.models import Exam, Sitting
from exams.scheduling.sittings import assign_proctor, create_sitting, may_watch_at
from proctor_site.kernel import clock

LASTS = timedelta(days=365)
LONGEST_SESSION_MINUTES = 12 * 60
"""A session that nobody ends ends by itself then; as long as a capture token is good."""
OPENED_BEFORE = timedelta(hours=1)
"""So that a film that is sent right away lies in it: its session begins as long ago as it is long."""
_MARGIN = timedelta(days=1)


def default_sitting(
    institution: Institution,
    *,
    label: str,
    actor: User | None,
    longest_minutes: int = LONGEST_SESSION_MINUTES,
) -> Sitting:
    """The open sitting of the outside exam that is called `label`; both are made when there is none.

    A session that nobody ends ends by itself after `longest_minutes`. One a label, however many calls come at
    once. The exam office sees and changes it as any other.
    """
    with transaction.atomic():
        lock(institution)
        now = clock.now()
        exams = Exam.objects.filter(institution=institution, is_outside=True, title=label)
        exam = exams.order_by("pk").first() or create_exam(
            institution, actor=actor, is_outside=True, title=label
        )
        found = _open_one(exam)
        if found is not None:
            return found
        return create_sitting(
            exam,
            actor=actor,
            title=label,
            opens_at=now - OPENED_BEFORE,
            closes_at=now + LASTS,
            time_zone=institution.time_zone,
            duration_minutes=longest_minutes,
            tells_candidates=False,
        )


def is_closing(sitting: Sitting) -> bool:
    """Whether it closes so soon that a session begun now might be cut short, or has closed."""
    return sitting.closes_at <= clock.now() + _MARGIN


def following(sitting: Sitting, *, actor: User | None) -> Sitting:
    """The open sitting that goes on in place of one that closes: of the same exam, with the same proctors.

    One, however many calls come at once; made when there is none. Sessions of the earlier one go on in it.
    """
    with transaction.atomic():
        lock(sitting.exam)
        found = _open_one(sitting.exam)
        if found is not None:
            return found
        now = clock.now()
        made = create_sitting(
            sitting.exam,
            actor=actor,
            title=sitting.title,
            opens_at=now - OPENED_BEFORE,
            closes_at=now + LASTS,
            time_zone=sitting.time_zone,
            duration_minutes=sitting.duration_minutes,
            tells_candidates=False,
        )
        watching = User.objects.filter(pk__in=sitting.proctors.values("user")).order_by("pk")
        for each in watching:
            if may_watch_at(sitting.institution, each):  # who has left since does not
                assign_proctor(made, each, actor=actor)
        return made


def _open_one(exam: Exam) -> Sitting | None:
    now = clock.now()
    open_ones = Sitting.objects.filter(exam=exam, cancelled_at=None, opens_at__lte=now)
    return open_ones.filter(closes_at__gt=now + _MARGIN).order_by("-closes_at").first()
