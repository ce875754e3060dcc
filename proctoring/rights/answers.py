"""The answer to a request for erasure by e-mail: refused with the reason, or done, with what is left."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.jobs.kinds import Progress, job_kind
from accounts.models import Job
from proctor_site.kernel import clock
from proctoring import states
from proctoring.models import DeletionCertificate, ErasureRequest
from proctoring.rights import requests

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is written to, kept in memory while the account loses its name."""

    name: str
    email: str


def tell_done(request: ErasureRequest, to: Recipient) -> bool:
    """Sends certificate number, its page, and what remains. False when the mail server refuses.

    Erased is erased: nothing is tried again later, because no address is left. `told_at` says to the officer
    whether it went out.
    """
    certificate = DeletionCertificate.objects.get(request=request)
    context = {
        "kept": request.kept,
        "answer": request.answer,
        "certificate": certificate.public_id,
        "link": settings.BASE_URL + page_of(certificate),
    }
    try:
        _letter("erasure_done", request, to, context).send()
    except (SMTPException, OSError):
        log.exception("the answer to erasure request %s could not be sent", request.pk)
        return False
    ErasureRequest.objects.filter(pk=request.pk).update(told_at=clock.now())
    return True


@job_kind(requests.TELL, tries=8)
def tell_refused(job: Job, progress: Progress) -> Mapping[str, Any]:
    """Sends the reason of a refusal, once."""
    rows = ErasureRequest.objects.select_related("institution", "person")
    request = rows.get(pk=job.arguments["request"])
    if request.told_at is not None or request.state != states.ERASURE_REFUSED:
        return {"sent": 0}
    to = Recipient(request.person.name, request.person.email)
    _letter("erasure_refused", request, to, {"answer": request.answer}).send()
    ErasureRequest.objects.filter(pk=request.pk).update(told_at=clock.now())
    return {"sent": 1}


def page_of(certificate: DeletionCertificate) -> str:
    """The address of the page of a certificate: unguessable, and nothing to sign in to."""
    return reverse("deletion_certificate", args=[certificate.public_id])


def _letter(name: str, request: ErasureRequest, to: Recipient, context: dict[str, Any]) -> EmailMessage:
    more = {"name": to.name, "institution": request.institution, "number": request.pk, **context}
    text = render_to_string(f"proctoring/mail/{name}.txt", more)
    subject, _, body = text.strip().partition("\n")
    return EmailMessage(" ".join(subject.split()), body.strip() + "\n", to=[to.email])
