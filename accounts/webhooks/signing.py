"""Signs what is sent, as Standard Webhooks 1.0.0 says (github.com/standard-webhooks/standard-webhooks).

Number, moment (seconds) and body, joined by full stops, by HMAC-SHA256 in base64. Pure.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence

MARK = "whsec_"
_BYTES = 32


def new_secret() -> str:
    """A secret as people copy it: the mark and 32 random bytes in base64."""
    return MARK + base64.b64encode(secrets.token_bytes(_BYTES)).decode("ascii")


def headers_for(public_id: str, moment: int, body: bytes, keys: Sequence[str]) -> dict[str, str]:
    """The headers of a message. `keys`: the secret, and the former one while both are good."""
    signed = b".".join((public_id.encode(), str(moment).encode(), body))
    return {
        "webhook-id": public_id,
        "webhook-timestamp": str(moment),
        "webhook-signature": " ".join(f"v1,{_signature(key, signed)}" for key in keys),
    }


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(MARK))
    return base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode("ascii")
