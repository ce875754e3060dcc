"""The one way past the database's refusal to change the log: a detail is emptied for erasure, and noted.

Triggers refuse UPDATE and DELETE while the table `accounts_audit_opening` is empty. A row in it opens the log
for the transaction that wrote it alone, which takes it away again before it commits: other transactions
never see it (docs/decisions/0145).
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from accounts import audit
from accounts.models import AuditEntry, Institution, User
from proctor_site.kernel import clock
from proctor_site.kernel.errors import InvalidInput

OPENINGS = "accounts_audit_opening"
REDACTED = "audit.redacted"


@contextmanager
def open_log() -> Iterator[None]:
    """Lets this transaction, and no other, change the log within the block. For this module and for tests."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {OPENINGS} (opened) VALUES (1)")  # noqa: S608  a constant
        yield
        cursor.execute(f"DELETE FROM {OPENINGS}")  # noqa: S608  a constant


def redact(
    institution: Institution, entries: Iterable[AuditEntry], *, reason: str, actor: User | None = None
) -> int:
    """Empties the detail of these entries for good, such as words about an erased person; how many.

    Their hashes stay, so the chains go on, and one entry about the institution names each emptied one:
    without it the check of the log would call them altered. Raises InvalidInput without a reason.
    """
    if not reason.strip():
        raise InvalidInput("Say why these details are removed.", field="reason")
    with transaction.atomic():
        rows = [each for each in entries if each.redacted_at is None and each.verb != REDACTED]
        if not rows:
            return 0
        with open_log():
            AuditEntry._base_manager.filter(
                institution=institution, pk__in=[each.pk for each in rows], redacted_at=None
            ).update(detail={}, redacted_at=clock.now())
        places = [[each.stream, each.sequence, each.hash] for each in rows]
        audit.record(
            institution, institution, REDACTED, actor=actor, detail={"reason": reason, "entries": places}
        )
    return len(rows)
