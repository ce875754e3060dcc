"""One e-mail about a case as a message: plain words and a link, never what was found."""

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from exams.scheduling.wording import moment_in
from proctoring.models import Case, CaseMail, Reply, ReplyFile, ReplyWindow
from proctoring.models.reply import CaseMailKind
from proctoring.review.verdicts import is_window_closed
from proctoring.rights import interview_letters
from proctoring.rights.wording import ADVERSE
from proctoring.states import CASE_APPEALED, CASE_DECIDED, CASE_REPLY_WINDOW


def is_still_true(mail: CaseMail) -> bool:
    """Whether what the e-mail would tell still holds; what does not is not sent."""
    case = mail.case
    if mail.interview_id is not None:
        return interview_letters.is_still_true(mail)
    if mail.kind in (CaseMailKind.REPLY_OPENED, CaseMailKind.REPLY_REMINDER):
        return case.state == CASE_REPLY_WINDOW and not is_window_closed(case)
    if mail.kind == CaseMailKind.READY:
        return case.state == CASE_REPLY_WINDOW
    if mail.kind == CaseMailKind.APPEAL_DECIDED:
        return case.appeal_decided_at is not None
    if mail.kind == CaseMailKind.APPEAL_RECEIVED:
        return case.state == CASE_APPEALED
    return case.state in (CASE_DECIDED, CASE_APPEALED)


def letter(mail: CaseMail) -> EmailMessage:
    """The message, with times in the reader's own zone."""
    if mail.interview_id is not None:
        return interview_letters.letter(mail)
    case, person = mail.case, mail.to
    zone = person.time_zone or mail.institution.time_zone
    sitting = case.session.sitting
    context = {
        "name": str(person),
        "case_number": case.pk,
        "institution": mail.institution,
        "exam": sitting.exam.title if sitting else "an exam",
        "about": f"{sitting.exam.title} ({sitting})" if sitting else "of another system",
        "reply_until": _moment(case.reply_until, zone),
        "appeal_until": _moment(case.appeal_until, zone) if case.verdict in ADVERSE else "",
        "said_all": case.said_all_at is not None,
        "has_replied": Reply.objects.filter(case=case, part="reply", is_late=False).exists(),
        "has_draft": mail.kind == CaseMailKind.REPLY_REMINDER and _has_draft(case),
        "link": f"{settings.BASE_URL}{_path(mail)}",
    }
    text = render_to_string(f"proctoring/mail/case_{mail.kind}.txt", context)
    subject, _, body = text.strip().partition("\n")
    return EmailMessage(" ".join(subject.split()), body.strip() + "\n", to=[person.email])


def _path(mail: CaseMail) -> str:
    case = mail.case
    if mail.kind == CaseMailKind.READY:
        return reverse("admin:proctoring_case_change", args=[case.pk])
    if case.session.attempt_id is None:
        return "/"
    return reverse("my_record_attempt", args=[mail.institution.slug, case.session.attempt_id])


def _moment(moment: datetime | None, zone: str) -> str:
    return moment_in(moment, zone) if moment else ""


def _has_draft(case: Case) -> bool:
    """Whether something was written or added, and not handed in."""
    written = ReplyWindow.objects.filter(case=case, part="reply").exclude(draft="").exists()
    return written or ReplyFile.objects.filter(case=case, part="reply", reply=None).exists()
