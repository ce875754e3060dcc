"""Writes the e-mails of a sitting into the outbox and asks the job to send them; each only once."""

from collections.abc import Iterable, Sequence

from django.db.models import F

from accounts.jobs.services import enqueue
from accounts.models import Institution
from exams.models import Enrolment, PendingEnrolment, Sitting, SittingMail
from exams.models.sitting_mail import MailKind
from proctor_site.kernel import clock

JOB = "exams.send_mails"


def calendars_have_to_hear(sitting: Sitting) -> None:
    """The next calendar files of the sitting outdo those that were sent before (SEQUENCE grows)."""
    Sitting.objects.filter(pk=sitting.pk).update(calendar_sequence=F("calendar_sequence") + 1)
    sitting.refresh_from_db(fields=["calendar_sequence"])


def write_to_enrolled(
    sitting: Sitting, enrolments: Sequence[Enrolment], kind: MailKind, *, occasion: str = ""
) -> None:
    """One e-mail to each of these candidates; the same kind and occasion to the same address: none."""
    _write(sitting, [(each.candidate.email, each) for each in enrolments], kind, occasion)


def write_to_invited(
    sitting: Sitting, addresses: Iterable[str], kind: MailKind, *, occasion: str = ""
) -> None:
    """The same to people who have not accepted their invitation yet."""
    _write(sitting, [(address, None) for address in addresses], kind, occasion)


def write_to_all(sitting: Sitting, kind: MailKind, *, occasion: str) -> None:
    """To everybody who is enrolled or invited."""
    enrolled = Enrolment.objects.filter(sitting=sitting, withdrawn_at=None).select_related("candidate")
    write_to_enrolled(sitting, list(enrolled), kind, occasion=occasion)
    invited = PendingEnrolment.objects.filter(sitting=sitting).values_list("email", flat=True)
    write_to_invited(sitting, invited, kind, occasion=occasion)


def tell_of_change(sitting: Sitting) -> None:
    """After times, zone, working time or title have changed; a notice not sent yet is replaced."""
    calendars_have_to_hear(sitting)
    SittingMail.objects.filter(sitting=sitting, kind=MailKind.CHANGED, claimed_at=None).delete()
    if sitting.cancelled_at is None and sitting.closes_at > clock.now():
        write_to_all(sitting, MailKind.CHANGED, occasion=str(sitting.calendar_sequence))


def tell_of_cancellation(sitting: Sitting) -> None:
    """What was not sent yet is dropped: only the cancellation counts now."""
    calendars_have_to_hear(sitting)
    SittingMail.objects.filter(sitting=sitting, claimed_at=None).exclude(kind=MailKind.WITHDRAWN).delete()
    write_to_all(sitting, MailKind.CANCELLED, occasion="")


def _write(
    sitting: Sitting, people: Sequence[tuple[str, Enrolment | None]], kind: MailKind, occasion: str
) -> None:
    # Invitations carry the only link to accept them, so they are sent in any case.
    if sitting.exam.is_outside:
        return
    if not people or not (sitting.tells_candidates or kind == MailKind.INVITED):
        return
    now = clock.now()
    if kind in (MailKind.ENROLLED, MailKind.INVITED, MailKind.WITHDRAWN):
        # May happen again, and each time is asked for once.
        occasion = f"{sitting.calendar_sequence}, {now.isoformat()}"
    rows = [
        SittingMail(
            institution=sitting.institution,
            sitting=sitting,
            enrolment=enrolment,
            address=address,
            kind=kind,
            occasion=occasion,
            written_at=now,
        )
        for address, enrolment in people
    ]
    SittingMail.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    ask_for_sending(sitting.institution)


def ask_for_sending(institution: Institution) -> None:
    """One job that sends what waits in the outbox of the institution."""
    enqueue(institution, JOB, title="Send e-mails to candidates", actor=None, key=JOB)
