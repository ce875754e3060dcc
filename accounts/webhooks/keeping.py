"""The secrets of webhooks: readable for signing, encrypted in the database with the operator's key."""

from datetime import datetime

from cryptography.exceptions import InvalidTag

from accounts import operator_keys
from accounts.models import WebhookEndpoint
from proctor_site.kernel.errors import Unavailable

_PURPOSE = b"proctor webhooks v1"


def seal(secret: str) -> bytes:
    """The secret encrypted (AES-256-GCM)."""
    return operator_keys.seal(_PURPOSE, secret.encode())


def secrets_of(endpoint: WebhookEndpoint, now: datetime) -> list[str]:
    """The secret, and the former one while both sign. Raises Unavailable when the operator's key is lost."""
    sealed = [endpoint.secret]
    if endpoint.secret_before is not None and endpoint.before_until and endpoint.before_until > now:
        sealed.append(endpoint.secret_before)
    return [unseal(bytes(each)) for each in sealed]


def unseal(sealed: bytes) -> str:
    """What `seal` encrypted. Raises Unavailable when the operator's key is lost."""
    try:
        return operator_keys.unseal(_PURPOSE, sealed).decode()
    except InvalidTag as error:
        raise Unavailable(
            "The key of this webhook's secret is not known here; give it a new secret."
        ) from error
