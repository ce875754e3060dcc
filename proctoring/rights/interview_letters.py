"""One e-mail about an interview as a message: plain words, times and a link, never what was found."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from exams.scheduling.wording import moment_in
from proctor_site.kernel import clock
from proctoring import states
from proctoring.models import CaseMail, Interview
from proctoring.models.reply import CaseMailKind

_OFF = (states.INTERVIEW_CANCELLED, states.INTERVIEW_MISSED, states.INTERVIEW_LAPSED)


def is_still_true(mail: CaseMail) -> bool:
    """Whether what the e-mail would tell still holds."""
    interview = _interview(mail)
    if mail.kind == CaseMailKind.INTERVIEW_OFFERED:
        return interview.state == states.INTERVIEW_OFFERED and interview.answer_until > clock.now()
    if mail.kind == CaseMailKind.INTERVIEW_OFF:
        return interview.state in _OFF
    if mail.kind == CaseMailKind.INTERVIEW_RESULT:
        return interview.state == states.INTERVIEW_HELD
    return mail.occasion.split(":")[1] == interview.state  # news: as it was when it was written


def letter(mail: CaseMail) -> EmailMessage:
    """The message, with times in the reader's own zone."""
    interview, case, person = _interview(mail), mail.case, mail.to
    zone = person.time_zone or mail.institution.time_zone
    sitting = case.session.sitting
    slots = interview.slots.filter(withdrawn_at=None).order_by("begins_at")
    context = {
        "name": str(person),
        "case_number": case.pk,
        "interview": interview,
        "institution": mail.institution,
        "exam": sitting.exam.title if sitting else "an exam",
        "times": [moment_in(each.begins_at, zone) for each in slots],
        "answer_until": moment_in(interview.answer_until, zone),
        "begins": moment_in(interview.begins_at, zone) if interview.begins_at else "",
        "reply_until": _reply_until(mail, zone),
        "link": f"{settings.BASE_URL}{_path(mail)}",
    }
    text = render_to_string(f"proctoring/mail/case_{mail.kind}.txt", context)
    subject, _, body = text.strip().partition("\n")
    return EmailMessage(" ".join(subject.split()), body.strip() + "\n", to=[person.email])


def _interview(mail: CaseMail) -> Interview:
    assert mail.interview is not None
    return mail.interview


def _reply_until(mail: CaseMail, zone: str) -> str:
    case = mail.case
    if case.state != states.CASE_REPLY_WINDOW or case.reply_until is None:
        return ""
    return moment_in(case.reply_until, zone)


def _path(mail: CaseMail) -> str:
    slug, interview = mail.institution.slug, _interview(mail)
    if mail.kind == CaseMailKind.INTERVIEW_NEWS:
        return reverse("interview", args=[slug, interview.pk])
    attempt = mail.case.session.attempt_id
    if mail.kind == CaseMailKind.INTERVIEW_OFFERED:
        return reverse("my_record_interview", args=[slug, attempt, interview.number])
    return reverse("my_record_attempt", args=[slug, attempt])
