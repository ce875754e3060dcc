"""What can be refused, and how each refusal reads; edges translate these, nothing else."""

from collections.abc import Mapping
from typing import Any


class Refusal(Exception):
    """A request that is refused for a reason the caller can act on.

    `code` is stable and machine-readable, `message` is a plain sentence, `field` names the input at fault,
    `status` is the HTTP status an edge answers with, `details` are further plain facts.
    """

    status = 400
    code = "refused"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        field: str | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.field = field
        self.details = dict(details or {})


class InvalidInput(Refusal):
    """The input itself is wrong: type, range, shape."""

    status = 400
    code = "invalid"


class NotSignedIn(Refusal):
    """No credentials, or credentials that are wrong or expired."""

    status = 401
    code = "not_signed_in"


class NotAllowed(Refusal):
    """Known who asks, but the role does not allow it."""

    status = 403
    code = "not_allowed"


class NotFound(Refusal):
    """There is no such thing, or it belongs to somebody else: both look the same from outside."""

    status = 404
    code = "not_found"


class Conflict(Refusal):
    """The thing is in a state in which this cannot be done."""

    status = 409
    code = "conflict"


class IllegalMove(Conflict):
    """A state table does not allow this move from the present state."""

    code = "illegal_move"


class TooLate(Conflict):
    """After a deadline or outside a window."""

    code = "too_late"


class TooLarge(Refusal):
    """More bytes, pixels or items than allowed."""

    status = 413
    code = "too_large"


class Overloaded(Refusal):
    """Shed to protect answers; try again after `details["retry_after_ms"]`."""

    status = 429
    code = "overloaded"


class Unavailable(Refusal):
    """A part of the system that is needed does not answer."""

    status = 503
    code = "unavailable"
