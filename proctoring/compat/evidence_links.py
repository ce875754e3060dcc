"""Links to evidence for the admin of a Dyte meeting: signed, good for minutes, each look logged."""

from django.conf import settings
from django.core import signing
from django.http import HttpResponse

from proctor_site.kernel.errors import NotFound
from proctoring import compat_keys
from proctoring.compat.calls import Call
from proctoring.evidence import custody
from proctoring.models import EvidenceItem, Incident

_SALT = "proctoring.compat.evidence"


def address_of(call: Call, incident: Incident) -> str:
    """The address of the newest file of an incident that is still there; "" where there is none."""
    rows = EvidenceItem.objects.filter(incident=incident, erased_at=None).order_by("-sequence")
    item = rows.first()
    if item is None:
        return ""
    ticket = signing.dumps([item.pk, call.key.pk], salt=_SALT)
    return f"{settings.BASE_URL}/compat/{call.secret}/files/{ticket}"


def open_ticket(call: Call, ticket: str) -> HttpResponse:
    """The file of a ticket, within `custody.LINK_LIFETIME`. Raises NotFound, Conflict, Unavailable."""
    try:
        item_id, key_id = signing.loads(ticket, salt=_SALT, max_age=custody.LINK_LIFETIME)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise NotFound("This link has expired or is not valid; read the list again.") from error
    its_own = compat_keys.sessions_of(call.key)
    item = EvidenceItem.objects.filter(pk=item_id, session__in=its_own).first()
    if item is None or key_id != call.key.pk:
        raise NotFound("There is no such file here.")
    data = custody.read_for(item, call.actor)
    response = HttpResponse(data, content_type=item.content_type)
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
