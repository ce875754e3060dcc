"""E-mails to admins and data protection officers: the documents changed. Importing registers the job."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.jobs.kinds import Progress, job_kind
from accounts.jobs.services import enqueue
from accounts.models import Institution, Job, Membership, User
from accounts.roles import Role
from proctor_site.kernel import clock
from proctoring.models import LawDocument

JOB = "proctoring.tell_changed_documents"
_TOLD = (Role.DATA_PROTECTION_OFFICER, Role.ADMIN)


def write(institution: Institution) -> None:
    """Has one e-mail sent to each of them about all versions that nobody was told of yet."""
    enqueue(institution, JOB, title="Send e-mails about changed documents", actor=None, key=JOB)


@job_kind(JOB, tries=5)
def send(job: Job, progress: Progress) -> dict[str, Any]:
    """Sends them; versions that were told of are told once."""
    rows = list(LawDocument.objects.filter(institution=job.institution, told_at=None, number__gt=1))
    if not rows:
        return {"sent": 0}
    people = Membership.objects.filter(institution=job.institution, role__in=_TOLD, ended_at=None)
    told = list(User.objects.filter(pk__in=people.values("user"), is_active=True).order_by("pk"))
    for number, person in enumerate(told, start=1):
        letter(job.institution, person, rows).send()
        progress.tell(number, len(told))
    LawDocument.objects.filter(pk__in=[each.pk for each in rows]).update(told_at=clock.now())
    return {"sent": len(told)}


def letter(institution: Institution, person: User, rows: list[LawDocument]) -> EmailMessage:
    """What changed, by how many lines, and where to read it side by side."""
    here = [institution.slug]
    changes = [
        {
            "title": each.content["title"],
            "number": each.number,
            "lines": each.changed_lines,
            "link": settings.BASE_URL + reverse("law_changes", args=[*here, each.kind, each.number]),
        }
        for each in rows
    ]
    context = {"person": person, "institution": institution, "changes": changes}
    text = render_to_string("proctoring/mail/documents_changed.txt", context)
    subject, _, body = text.strip().partition("\n")
    return EmailMessage(" ".join(subject.split()), body.strip() + "\n", to=[person.email])
