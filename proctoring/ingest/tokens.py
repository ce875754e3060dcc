"""Signed, expiring tokens that let a client send captures for one monitoring session, and nothing else."""

import uuid
from datetime import timedelta

from django.core import signing

from proctor_site.kernel.errors import NotSignedIn
from proctoring.models import MonitoringSession

CAPTURE = "capture"
LIFETIME = timedelta(hours=12)
_SALT = "proctoring.ingest.tokens"
_MOST_CHARACTERS = 400


def make(session: MonitoringSession, *, purpose: str = CAPTURE) -> str:
    """A token for `Authorization: Bearer`, good for `LIFETIME`. Holds the session's public id only."""
    return signing.dumps({"p": purpose, "s": session.public_id.hex}, salt=_SALT)


def read(token: str, *, purpose: str = CAPTURE) -> uuid.UUID:
    """The public id of the session that a token speaks for.

    Raises NotSignedIn with code `token_expired`, `token_wrong_purpose` or `token_invalid`.
    """
    if len(token) > _MOST_CHARACTERS:
        raise _invalid()
    try:
        content = signing.loads(token, salt=_SALT, max_age=LIFETIME)
        found = uuid.UUID(content["s"])
        made_for = content["p"]
    except signing.SignatureExpired as error:
        raise NotSignedIn("This token has expired; ask for a new one.", code="token_expired") from error
    except (signing.BadSignature, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _invalid() from error
    if made_for != purpose:
        raise NotSignedIn("This token was made for something else.", code="token_wrong_purpose")
    return found


def _invalid() -> NotSignedIn:
    return NotSignedIn("This is not a token of ours, or it was changed on the way.", code="token_invalid")
