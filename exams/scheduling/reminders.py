"""Reminders: a day and an hour before the exam opens for a candidate, once each."""

from collections import defaultdict
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from accounts.tenancy import within
from exams.models import Allowance, Enrolment, Sitting, SittingMail
from exams.models.sitting_mail import MailKind
from exams.scheduling import mails
from proctor_site.kernel import clock

DAY_BEFORE = timedelta(hours=24)
HOUR_BEFORE = timedelta(hours=1)


def write_due_reminders() -> None:
    """Writes the reminders whose time has come, in all institutions; safe at once in several processes.

    Who has a window of their own is reminded before that one opens. Who was enrolled within that time gets
    none: the e-mail about the enrolment has just told them. A sitting that is put off reminds again before
    its new time.
    """
    now = clock.now()
    soon = (now, now + DAY_BEFORE)
    own = Q(enrolments__allowances__opens_at__gt=soon[0], enrolments__allowances__opens_at__lte=soon[1])
    # _base_manager: this looks at every institution.
    coming = Sitting._base_manager.filter(
        Q(opens_at__gt=soon[0], opens_at__lte=soon[1]) | own,
        cancelled_at=None,
        tells_candidates=True,
        exam__is_outside=False,
    )
    for sitting in coming.select_related("institution").distinct():
        with within(sitting.institution):
            _remind_of(sitting, now)


def _remind_of(sitting: Sitting, now: datetime) -> None:
    enrolled = Enrolment.objects.filter(sitting=sitting, withdrawn_at=None).select_related("candidate")
    has_own = Q(pk__in=Allowance.objects.filter(opens_at__isnull=False).values("enrolment"))
    _remind(sitting, sitting.opens_at, enrolled.exclude(has_own), now)
    by_opening: dict[datetime, list[int]] = defaultdict(list)
    for enrolment in enrolled.filter(has_own).select_related("sitting").prefetch_related("allowances"):
        by_opening[enrolment.window.opens_at].append(enrolment.pk)
    for opens_at, found in by_opening.items():
        _remind(sitting, opens_at, enrolled.filter(pk__in=found), now)


def _remind(sitting: Sitting, opens_at: datetime, enrolled: QuerySet[Enrolment], now: datetime) -> None:
    if not now < opens_at <= now + DAY_BEFORE:
        return
    is_hour = opens_at - now <= HOUR_BEFORE
    kind = MailKind.REMINDER_HOUR if is_hour else MailKind.REMINDER_DAY
    occasion = opens_at.isoformat()
    reminded = SittingMail.objects.filter(sitting=sitting, kind=kind, occasion=occasion)
    due = enrolled.filter(created_at__lt=opens_at - (HOUR_BEFORE if is_hour else DAY_BEFORE))
    rows = list(due.exclude(pk__in=reminded.values("enrolment")))
    if rows:
        mails.write_to_enrolled(sitting, rows, kind, occasion=occasion)
