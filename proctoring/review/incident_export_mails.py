"""E-mails that say that a list of incidents is ready as a file; importing this registers their job."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.jobs.kinds import Progress, job_kind
from accounts.jobs.services import enqueue
from accounts.models import Job
from accounts.outbox import Outbox, send_waiting
from proctor_site.kernel import clock
from proctoring.models import IncidentExport, IncidentExportMail
from proctoring.review.incident_exports import is_there

JOB = "proctoring.send_export_mails"


def write(export: IncidentExport) -> None:
    """One e-mail to who asked, sent by a job after the commit."""
    IncidentExportMail.objects.create(institution=export.institution, export=export, written_at=clock.now())
    enqueue(export.institution, JOB, title="Send e-mails about exports", actor=None, key=JOB)


@job_kind(JOB, tries=8)
def send(job: Job, progress: Progress) -> dict[str, Any]:
    """Sends all that waits, as `accounts.outbox` says."""
    return send_waiting(Outbox(_rows, _is_still_true, letter), job, progress)


def letter(mail: IncidentExportMail) -> EmailMessage:
    """The message: how many rows, for how long, and where; nothing of what is in the file."""
    export = mail.export
    address = reverse("open_incident_export", args=[export.institution.slug, export.pk])
    context = {"export": export, "person": export.asked_by, "link": settings.BASE_URL + address}
    text = render_to_string("proctoring/mail/incident_export.txt", context)
    subject, _, body = text.strip().partition("\n")
    return EmailMessage(" ".join(subject.split()), body.strip() + "\n", to=[export.asked_by.email])


def _rows() -> QuerySet[IncidentExportMail]:
    found: QuerySet[IncidentExportMail] = IncidentExportMail.objects.select_related(
        "export__institution", "export__asked_by"
    )
    return found


def _is_still_true(mail: IncidentExportMail) -> bool:
    return is_there(mail.export) and mail.export.asked_by.is_active
