"""E-mails to exam officers and admins about a detector that became advisory; importing registers the job."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.jobs.kinds import Progress, job_kind
from accounts.jobs.services import enqueue
from accounts.models import Job, Membership
from accounts.outbox import Outbox, send_waiting
from accounts.roles import Role
from proctor_site.kernel import clock
from proctoring.models import DetectorStanding, StandingMail
from proctoring.review.intervals import Figures
from proctoring.states import ADVISORY

JOB = "proctoring.send_standing_mails"
_TOLD = (Role.EXAM_OFFICER, Role.ADMIN)


def write(standing: DetectorStanding) -> None:
    """One e-mail to each exam officer and admin of the institution, sent by a job after the commit."""
    people = Membership.objects.filter(institution=standing.institution, role__in=_TOLD, ended_at=None)
    ids = set(people.filter(user__is_active=True).values_list("user", flat=True))
    now = clock.now()
    StandingMail.objects.bulk_create(
        StandingMail(institution=standing.institution, standing=standing, person_id=each, written_at=now)
        for each in sorted(ids)
    )
    if ids:
        title = "Send e-mails about detectors that became advisory"
        enqueue(standing.institution, JOB, title=title, actor=None, key=JOB)


@job_kind(JOB, tries=8)
def send(job: Job, progress: Progress) -> dict[str, Any]:
    """Sends all that waits, as `accounts.outbox` says."""
    return send_waiting(Outbox(_rows, _is_still_true, letter), job, progress)


def letter(mail: StandingMail) -> EmailMessage:
    """The message: what happened, by which verdicts, and how to bring the detector back."""
    standing = mail.standing
    text = render_to_string(
        "proctoring/mail/detector_advisory.txt",
        {
            "person": mail.person,
            "institution": standing.institution,
            "detector": standing.kind.replace("_", " "),
            "figures": Figures(standing.upheld, standing.dismissed),
            "link": settings.BASE_URL + reverse("open_precision", args=[standing.institution.slug]),
        },
    )
    subject, _, body = text.strip().partition("\n")
    return EmailMessage(" ".join(subject.split()), body.strip() + "\n", to=[mail.person.email])


def _rows() -> QuerySet[StandingMail]:
    found: QuerySet[StandingMail] = StandingMail.objects.select_related("standing__institution", "person")
    return found


def _is_still_true(mail: StandingMail) -> bool:
    return mail.standing.state == ADVISORY
