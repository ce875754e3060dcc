"""Signed receipts: proof of which journal the server had acknowledged, and when."""

from dataclasses import dataclass
from datetime import datetime

from django.core import signing

from exams.models import Attempt
from proctor_site.kernel import chains, clock
from proctor_site.kernel.errors import InvalidInput

_SALT = "exams.journal.receipt"


@dataclass(frozen=True, slots=True)
class Receipt:
    """At `at` the journal of `attempt` had `length` entries, the last one with `hash`."""

    attempt: int
    length: int
    hash: str
    at: datetime


def sign_receipt(attempt: Attempt) -> str:
    """A receipt (HMAC-SHA256, text) of the journal as it stands now."""
    body = {
        "attempt": attempt.pk,
        "length": attempt.journal_length,
        "hash": attempt.journal_hash,
        "at": clock.now().isoformat(),
    }
    return signing.dumps(body, salt=_SALT)


def verify_receipt(text: str) -> Receipt:
    """What a genuine receipt says. Raises InvalidInput for anything that this server did not sign."""
    try:
        body = signing.loads(text, salt=_SALT)
        return Receipt(body["attempt"], body["length"], body["hash"], datetime.fromisoformat(body["at"]))
    except (signing.BadSignature, KeyError, TypeError, ValueError) as error:
        raise InvalidInput(
            "This is not a receipt of this server, or it was altered.", field="receipt"
        ) from error


def journal_matches(attempt: Attempt, receipt: Receipt) -> bool:
    """Whether the journal still holds everything that the receipt of this attempt acknowledged."""
    if receipt.attempt != attempt.pk:
        return False
    if receipt.length == 0:
        return receipt.hash == chains.GENESIS
    return attempt.journal.filter(sequence=receipt.length, hash=receipt.hash).exists()


def is_before_the_end(attempt: Attempt, receipt: Receipt) -> bool:
    """Whether the receipt fits the last length and hash of a journal whose entries are thrown away.

    Shorter ones cannot be compared any more: their entries are gone.
    """
    if receipt.attempt != attempt.pk or receipt.length > attempt.journal_length:
        return False
    return receipt.length < attempt.journal_length or receipt.hash == attempt.journal_hash
