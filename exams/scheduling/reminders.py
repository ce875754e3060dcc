"""Reminders: a day and an hour before a sitting opens, once each."""

from datetime import timedelta

from accounts.tenancy import within
from exams.models import Enrolment, Sitting, SittingMail
from exams.models.sitting_mail import MailKind
from exams.scheduling import mails
from proctor_site.kernel import clock

DAY_BEFORE = timedelta(hours=24)
HOUR_BEFORE = timedelta(hours=1)


def write_due_reminders() -> None:
    """Writes the reminders whose time has come, in all institutions; safe at once in several processes.

    Who was enrolled within that time gets none: the e-mail about the enrolment has just told them. A sitting
    that is put off reminds again before its new time.
    """
    now = clock.now()
    # _base_manager: this looks at every institution.
    coming = Sitting._base_manager.filter(
        opens_at__gt=now, opens_at__lte=now + DAY_BEFORE, cancelled_at=None, tells_candidates=True
    )
    for sitting in coming.select_related("institution"):
        with within(sitting.institution):
            if sitting.opens_at - now <= HOUR_BEFORE:
                _remind(sitting, MailKind.REMINDER_HOUR, HOUR_BEFORE)
            else:
                _remind(sitting, MailKind.REMINDER_DAY, DAY_BEFORE)


def _remind(sitting: Sitting, kind: MailKind, before: timedelta) -> None:
    occasion = sitting.opens_at.isoformat()
    reminded = SittingMail.objects.filter(sitting=sitting, kind=kind, occasion=occasion)
    due = Enrolment.objects.filter(
        sitting=sitting, withdrawn_at=None, created_at__lt=sitting.opens_at - before
    ).exclude(pk__in=reminded.values("enrolment"))
    rows = list(due.select_related("candidate"))
    if rows:
        mails.write_to_enrolled(sitting, rows, kind, occasion=occasion)
