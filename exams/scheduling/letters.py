"""One e-mail of the outbox as a message: text from its template, and the calendar file."""

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import User
from accounts.services.candidate_offers import fresh_link
from accounts.services.invitations import VALID_FOR
from exams import states
from exams.models import Enrolment, PendingEnrolment, ReleasedResult, SittingMail
from exams.models.sitting_mail import MailKind
from exams.scheduling.calendar_file import calendar_file
from exams.scheduling.wording import moment_for, moment_in
from exams.timing import Window
from proctor_site.kernel import clock

_TAKES_OUT = (MailKind.CANCELLED, MailKind.WITHDRAWN)
_OF_RESULTS = (MailKind.RESULT, MailKind.RESULT_CHANGED)
_PRACTICE = (
    "This is about practice, not about the exam itself. You may practise as often as you like while it is "
    "open. It counts nowhere, and what you do there is deleted {days} days after the end."
)
_WITHOUT_CALENDAR = (MailKind.REMINDER_DAY, MailKind.REMINDER_HOUR, *_OF_RESULTS)


def is_still_true(mail: SittingMail) -> bool:
    """Whether what the e-mail would tell still holds; what does not is not sent."""
    sitting, enrolment = mail.sitting, mail.enrolment
    if mail.kind in _OF_RESULTS:
        return enrolment is not None and _released(enrolment) is not None
    if mail.kind == MailKind.CANCELLED:
        return sitting.cancelled_at is not None
    is_in = enrolment is not None and enrolment.withdrawn_at is None
    if mail.kind == MailKind.WITHDRAWN:
        return not is_in
    if sitting.cancelled_at is not None or _window(mail).closes_at < clock.now():
        return False
    if enrolment is None:
        return PendingEnrolment.objects.filter(sitting=sitting, email=mail.address).exists()
    return is_in


def letter(mail: SittingMail) -> EmailMultiAlternatives:
    """The message. For an invitation this makes the link anew: the newest one is the one that works."""
    sitting = mail.sitting
    person = mail.enrolment.candidate if mail.enrolment else None
    zone = (person.time_zone if person else "") or sitting.institution.time_zone
    link = _link(mail)
    context = _context(mail, zone) | {"link": link, "name": _name(mail, person)}
    text = render_to_string(f"exams/mail/{mail.kind}.txt", context)
    subject, _, body = text.strip().partition("\n")
    if sitting.is_practice:
        subject = f"Practice: {subject}"
        body = f"{_PRACTICE.format(days=sitting.practice_days)}\n\n{body.strip()}"
    message = EmailMultiAlternatives(" ".join(subject.split()), body.strip() + "\n", to=[mail.address])
    if mail.kind not in _WITHOUT_CALENDAR:
        cancels = mail.kind in _TAKES_OUT
        file = calendar_file(
            sitting,
            _window(mail),
            address=mail.address,
            base_url=settings.BASE_URL,
            sender=settings.DEFAULT_FROM_EMAIL,
            # Never the secret link: calendars are shared.
            link=link if mail.enrolment and not cancels else "",
            cancels=cancels,
        )
        method = "CANCEL" if cancels else "REQUEST"
        message.attach_alternative(file.decode(), f"text/calendar; method={method}")
    return message


def _window(mail: SittingMail) -> Window:
    """The times that hold for the reader."""
    return mail.enrolment.window if mail.enrolment else mail.sitting.window


def _context(mail: SittingMail, zone: str) -> dict[str, Any]:
    sitting, window = mail.sitting, _window(mail)
    day = window.opens_at.astimezone(ZoneInfo(zone))
    return {
        "sitting": sitting,
        "exam": sitting.exam,
        "institution": sitting.institution,
        "day": f"{day.day} {day:%B %Y}",
        "opens": moment_for(window.opens_at, zone, sitting.time_zone),
        "closes": moment_for(window.closes_at, zone, sitting.time_zone),
        "link_until": moment_in(clock.now() + VALID_FOR, zone),
    }


def _name(mail: SittingMail, person: User | None) -> str:
    if person is not None:
        return str(person)
    pending = PendingEnrolment.objects.filter(sitting=mail.sitting, email=mail.address).first()
    return pending.name if pending else ""


def _released(enrolment: Enrolment) -> ReleasedResult | None:
    rows = ReleasedResult.objects.filter(attempt__enrolment=enrolment, release__state=states.RELEASED)
    found: ReleasedResult | None = rows.order_by("-attempt_id").first()
    return found


def _link(mail: SittingMail) -> str:
    if mail.enrolment is not None and mail.kind in _OF_RESULTS:
        found = _released(mail.enrolment)
        path = reverse("attempt_result", args=[mail.institution.slug, found.attempt_id]) if found else "/"
        return f"{settings.BASE_URL}{path}"
    if mail.enrolment is not None:
        path = reverse("enrolment", args=[mail.institution.slug, mail.enrolment.pk])
        return f"{settings.BASE_URL}{path}"
    if mail.kind != MailKind.INVITED:
        return ""  # the link of the invitation goes on working
    secret = fresh_link(mail.institution, mail.address)
    return f"{settings.BASE_URL}/invitation/{secret}/" if secret else f"{settings.BASE_URL}/"
