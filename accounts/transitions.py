"""The one function that changes a state column: table, conditional update, audit entry."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import models, transaction

from accounts import audit
from accounts.models import User
from accounts.tenancy import TenantModel
from proctor_site.kernel.errors import Conflict
from proctor_site.kernel.states import MoveTable

Subject = TypeVar("Subject", bound=TenantModel)


def apply_move(
    subject: Subject,
    table: MoveTable,
    verb: str,
    *,
    actor: User | None,
    column: str = "state",
    values: Mapping[str, Any] | None = None,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
) -> Subject:
    """Moves `subject` by `verb`, sets `values` in the same UPDATE, and writes the audit entry.

    The update is conditional on the state that was read, so of two simultaneous moves one wins and the other
    raises Conflict. Raises IllegalMove when the table does not allow the verb. What listens (signals,
    publishing) is the caller's, inside the same transaction.
    """
    before = getattr(subject, column)
    after = table.target(before, verb)
    changes = {column: after, **(values or {})}
    model = type(subject)
    # No savepoint of its own: update and entry stand or fall with the transaction that is open already.
    with transaction.atomic(savepoint=False):
        # _base_manager: the row is already in hand, and sweeps run across institutions.
        changed = model._base_manager.filter(pk=subject.pk, **{column: before}).update(**changes)
        if changed:
            audit.record(
                subject.institution,
                subject,
                f"{subject._meta.model_name}.{verb}",
                actor=actor,
                detail={"from": before, "to": after, "reason": reason, **(detail or {})},
            )
    if not changed:
        raise Conflict(
            f"This {table.name} was changed by somebody else at the same moment; reload and look again.",
            code="changed_meanwhile",
        )
    for name, value in changes.items():
        setattr(subject, name, value)
    return subject


def lock(subject: models.Model, *related: str) -> None:
    """Re-reads the row under a lock (PostgreSQL) for a check that must hold until the transaction ends.

    One query, which reads the rows of `related` (as for select_related) along, without locking them; what
    else the subject knew of other rows is forgotten. SQLite needs no row locks: IMMEDIATE transactions admit
    one writer.
    """
    rows = type(subject)._base_manager.select_for_update(of=("self",))
    subject.refresh_from_db(from_queryset=rows.select_related(*related) if related else rows)
