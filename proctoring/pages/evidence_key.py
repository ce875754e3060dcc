"""The public keys with which anybody checks signed lists and packages of evidence."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from accounts import signing_keys


@require_safe
def evidence_key(request: HttpRequest) -> JsonResponse:
    """Today's key first, then the former ones. Public: it only checks, it opens nothing."""
    known = [{"kid": kid, "public_key": key} for kid, key in signing_keys.public_keys().items()]
    return JsonResponse({"algorithm": "Ed25519 (RFC 8032)", "keys": known})
