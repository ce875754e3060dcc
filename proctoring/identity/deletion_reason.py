"""The reason for which an officer deletes something of a candidate; it stays in the audit log (pure)."""

from proctor_site.kernel.errors import InvalidInput

LONGEST = 500


def required_reason(reason: object, *, what: str) -> str:
    """The reason without outer spaces. `what`: such as "the photo is". Raises InvalidInput."""
    if not isinstance(reason, str) or not reason.strip():
        raise InvalidInput(f"Say why {what} deleted.", field="reason", code="required")
    if len(reason) > LONGEST:
        raise InvalidInput(f"At most {LONGEST} characters.", field="reason", code="too_long")
    return reason.strip()
