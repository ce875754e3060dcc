"""The answer to a request for erasure by e-mail: refused with the reason, or done, with what is left."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from accounts import operator_keys
from accounts import states as job_states
from accounts.jobs import services as jobs
from accounts.jobs.kinds import Progress, job_kind
from accounts.models import Job
from proctor_site.kernel import clock
from proctoring import states
from proctoring.models import DeletionCertificate, ErasureRequest
from proctoring.rights import requests

_PURPOSE = b"proctor erasure answers v1"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is written to, while the account loses its name."""

    name: str
    email: str


def have_told(request: ErasureRequest, to: Recipient) -> Job:
    """Asks for the answer to be sent, in the transaction that takes the address off everything else.

    Until it is sent, the address stands in the arguments of this job alone, encrypted with the operator's
    key; then it goes from there too. `standing` says to the officer how far it is.
    """
    sealed = operator_keys.seal(_PURPOSE, json.dumps([to.name, to.email]).encode(), str(request.pk).encode())
    return jobs.enqueue(
        request.institution,
        requests.TELL_DONE,
        title=f"Send the answer to request {request.pk}",
        actor=request.decided_by,
        arguments={"request": request.pk, "to": base64.b64encode(sealed).decode()},
    )


@job_kind(requests.TELL_DONE, tries=12)
def tell_done(job: Job, progress: Progress) -> Mapping[str, Any]:
    """Sends certificate number, its page, and what remains, once; then forgets to whom."""
    rows = ErasureRequest.objects.select_related("institution")
    request = rows.get(pk=job.arguments["request"])
    if request.told_at is not None or "to" not in job.arguments:
        return {"sent": 0}
    sealed = base64.b64decode(job.arguments["to"])
    to = Recipient(*json.loads(operator_keys.unseal(_PURPOSE, sealed, str(request.pk).encode())))
    certificate = DeletionCertificate.objects.get(request=request)
    context = {
        "kept": request.kept,
        "answer": request.answer,
        "certificate": certificate.public_id,
        "link": settings.BASE_URL + page_of(certificate),
    }
    _letter("erasure_done", request, to, context).send()
    ErasureRequest.objects.filter(pk=request.pk).update(told_at=clock.now())
    Job.objects.filter(pk=job.pk).update(arguments={"request": request.pk})
    return {"sent": 1}


def standing(request: ErasureRequest) -> str:
    """How far the answer is, for the officer: sent when, or why not yet, or that nobody was reached."""
    if request.told_at is not None:
        return f"Sent at {request.told_at:%Y-%m-%d %H:%M} UTC."
    kinds = (requests.TELL, requests.TELL_DONE)
    rows = Job.objects.filter(institution=request.institution, kind__in=kinds, arguments__request=request.pk)
    job = rows.order_by("-pk").first()
    if job is None:
        return "-"
    if job.state == job_states.FAILED:
        return f"Not sent. {job.reason} Once e-mail works, have job {job.pk} of the list of jobs tried again."
    return f"Not sent yet, after {job.tries} tries. {job.reason}".strip()


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
