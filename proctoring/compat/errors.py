"""Refusals in the shapes that the clients of the replaced systems read."""

from typing import Any

from proctor_site.kernel.errors import Refusal
from proctoring.compat.calls import Answer
from proctoring.models.compat import Contract


def body_of(contract: str, message: str, code: str) -> dict[str, Any]:
    """The body of an error: FastAPI's `detail` for Dyte's clients, `success` and `error` for the others.

    `status` is what the newest VideoProctoring client looks at; `code` is ours, for programs.
    """
    if contract == Contract.DYTE:
        return {"detail": message, "code": code}
    return {"success": False, "status": "error", "error": message, "code": code}


def answer_for(contract: str, refusal: Refusal) -> Answer:
    """The answer to a refusal, with `Retry-After` where waiting helps."""
    headers = {}
    if "retry_after_ms" in refusal.details:
        headers["Retry-After"] = str(max(1, -(-int(refusal.details["retry_after_ms"]) // 1000)))
    # Their clients know 400 for a state that does not allow it, and nothing of 409.
    status = 400 if refusal.status == 409 else refusal.status
    if refusal.field and contract == Contract.DYTE and refusal.code == "required":
        status = 422  # FastAPI's answer to a field that is missing
    return Answer(status, body_of(contract, refusal.message, refusal.code), headers)
