"""Secret links sent by e-mail: only the hash of the secret is stored."""

import hashlib
import secrets
from datetime import datetime

from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, NotFound, TooLate


def make_secret() -> tuple[str, str]:
    """A new secret for a link (256 random bits), and the hash to store."""
    secret = secrets.token_urlsafe(32)
    return secret, hash_of(secret)


def hash_of(secret: str) -> str:
    """What is stored of a secret. No salt is needed: the secret is random and long."""
    return hashlib.sha256(secret.encode()).hexdigest()


def unknown_link() -> NotFound:
    """The refusal of a link that was never sent, was replaced by a newer one, or is incomplete."""
    return NotFound(
        "We do not know this link. Use the newest e-mail you got, and make sure the link is complete.",
        code="link_unknown",
    )


def refuse_if_over(
    *, used_at: datetime | None, withdrawn_at: datetime | None = None, expires_at: datetime
) -> None:
    """Raises Conflict (link_used, link_withdrawn) or TooLate (link_expired)."""
    if withdrawn_at is not None:
        raise Conflict(
            "This invitation was withdrawn. Ask the person who invited you.", code="link_withdrawn"
        )
    if used_at is not None:
        raise Conflict("This link has been used already. Sign in to go on.", code="link_used")
    if expires_at <= clock.now():
        raise TooLate("This link has expired. Ask for a new one.", code="link_expired")
