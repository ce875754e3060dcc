"""Makes a practice sitting out of a sitting: the same settings and people, a window of its own."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from accounts import audit
from accounts.models import User
from exams.models import Allowance, Enrolment, Exam, Sitting
from exams.models.sitting import Beginning
from exams.models.sitting_mail import MailKind
from exams.scheduling import mails
from exams.scheduling.group_allowances import follow
from exams.scheduling.queries import counted_sittings
from exams.scheduling.safe_browser import copy_terms
from exams.scheduling.sittings import create_sitting
from proctor_site.kernel import clock

_SAME = (
    "title",
    "time_zone",
    "duration_minutes",
    "late_entry_minutes",
    "time_up",
    "grace_minutes",
    "late_upload_minutes",
    "starts_per_minute",
    "credits_outages",
    "credits_connection",
    "credit_least_seconds",
    "credit_most_minutes",
    "capacity",
    "tells_candidates",
)
"""Not who begins it: nobody has to be there."""
_SAME_TIME = (
    "extra_minutes",
    "factor",
    "break_minutes",
    "camera_free",
    "without_safe_browser",
    "muted_detectors",
    "reason",
)
"""What an allowance takes along; a window of its own belongs to the exam."""


def make_practice(
    sitting: Sitting,
    *,
    actor: User,
    exam: Exam,
    opens_at: datetime,
    closes_at: datetime,
    practice_days: int,
    with_candidates: bool,
) -> Sitting:
    """A practice sitting of `exam` with the settings of `sitting`; if wanted with its people and allowances.

    Another exam keeps the questions of the sitting's own secret. Raises InvalidInput naming the field.
    """
    settings = {name: getattr(sitting, name) for name in _SAME}
    late = settings["late_entry_minutes"]
    if late is not None and timedelta(minutes=late) > closes_at - opens_at:
        settings["late_entry_minutes"] = None  # entry until the shorter window closes
    with transaction.atomic():
        made = create_sitting(
            exam,
            actor=actor,
            **settings,
            opens_at=opens_at,
            closes_at=closes_at,
            begins=Beginning.CLOCK,
            is_practice=True,
            practice_days=practice_days,
        )
        copy_terms(sitting, made)
        if with_candidates:
            _enrol_the_same(sitting, made, actor)
        detail = {"practice": made.pk}
        audit.record(sitting.institution, sitting, "sitting.practice_made", actor=actor, detail=detail)
    return made


def _enrol_the_same(sitting: Sitting, made: Sitting, actor: User) -> None:
    """In few queries, however many there are."""
    before = Enrolment.objects.filter(sitting=sitting, withdrawn_at=None).select_related("candidate")
    enrolments = [
        Enrolment(institution=made.institution, sitting=made, candidate=each.candidate) for each in before
    ]
    Enrolment.objects.bulk_create(enrolments, batch_size=500)
    audit.record_first(made.institution, enrolments, "enrolment.created", actor=actor)
    of_person = {each.candidate_id: each for each in enrolments}
    rows = Allowance.objects.filter(enrolment__in=before).select_related("enrolment")
    # What a group has in every sitting comes by `follow`; what it has in this one is taken along.
    rows = rows.exclude(from_group__isnull=False, from_group__sitting=None)
    Allowance.objects.bulk_create(_allowances(rows.order_by("pk"), of_person), batch_size=500)
    follow(of_person, actor=actor)
    mails.write_to_enrolled(made, enrolments, MailKind.ENROLLED)


def _allowances(rows: Sequence[Allowance], of_person: dict[int, Enrolment]) -> list[Allowance]:
    found = []
    for row in rows:
        enrolment = of_person[row.enrolment.candidate_id]
        same = {name: getattr(row, name) for name in _SAME_TIME}
        found.append(Allowance(institution=enrolment.institution, enrolment=enrolment, **same))
    return found


def shows_secrets(exam: Exam) -> bool:
    """Whether practising with the exam would show questions that somebody will still be asked in earnest."""
    ahead = counted_sittings().filter(exam=exam, cancelled_at=None, closes_at__gt=clock.now())
    return ahead.exists()
