"""What in a migration would fail the code of before, or stop those who use a large table meanwhile."""

from collections.abc import Iterator
from typing import Any

from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.db import models
from django.db.migrations import operations as ops
from django.db.migrations.migration import Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

LARGE = frozenset(
    {
        "accounts.auditentry", "exams.journalentry", "exams.attempt", "proctoring.evidenceitem",
        "proctoring.incident", "proctoring.liveevent", "proctoring.observationminute",
        "proctoring.observedclip", "proctoring.coverageminute", "proctoring.monitoringsession",
    }
)  # fmt: skip
"""Tables of a large installation with so many rows that an index or a check of all takes minutes."""
_GONE = (ops.RemoveField, ops.RenameField, ops.RenameModel, ops.DeleteModel, ops.AlterModelTable)


def dangers(migration: Migration, before: ProjectState) -> list[str]:
    """A line for each operation that wants a written reason. `before`: the models as they were."""
    state = before.clone()
    return [
        f"{name}: {why}"
        for operation in migration.operations
        for name, why in _of(operation, migration, state)
    ]


def _of(operation: Operation, migration: Migration, state: ProjectState) -> Iterator[tuple[str, str]]:
    app = migration.app_label
    if isinstance(operation, ops.SeparateDatabaseAndState):
        for each in operation.database_operations:
            yield from _of(each, migration, state)
        return
    model = str(getattr(operation, "model_name", "") or getattr(operation, "name", "")).lower()
    name = f"{type(operation).__name__} {app}.{model}"
    field = getattr(operation, "field", None)
    if field is not None:
        name += f".{operation.name}"  # type: ignore[attr-defined]
    why = _why(operation, f"{app}.{model}", field, state)
    operation.state_forwards(app, state)
    if why:
        yield name, why


def _why(operation: Operation, table: str, field: Any, state: ProjectState) -> str:
    if isinstance(operation, _GONE):
        return "the code of before still uses it"
    if isinstance(operation, ops.AddField):
        return _added(field, table)
    if isinstance(operation, ops.AlterField):
        return _altered(state.models[tuple(table.split("."))].fields[operation.name], field, table)
    is_index = isinstance(operation, ops.AddIndex) and not isinstance(operation, AddIndexConcurrently)
    is_check = isinstance(operation, ops.AddConstraint) and not isinstance(operation, AddConstraintNotValid)
    if table in LARGE and (is_index or is_check):
        return "nobody writes to this large table until all of it was read"
    if isinstance(operation, ops.AlterUniqueTogether):
        return "nobody writes to this table until all of it was read"
    return ""


def _added(field: models.Field[Any, Any], table: str) -> str:
    if field.many_to_many:
        return ""
    if not field.null and not field.has_db_default():
        return "the code of before inserts no value for it: null=True or db_default"
    if table in LARGE and (field.db_index or field.unique):
        return "its index stops this large table"
    return ""


def _altered(old: models.Field[Any, Any], new: models.Field[Any, Any], table: str) -> str:
    if old.null and not new.null:
        return "the code of before may write NULL, and all rows are read"
    if new.db_default is models.NOT_PROVIDED and old.db_default is not models.NOT_PROVIDED:
        return "the code of before relies on the default of the database"
    if type(old) is not type(new) or old.max_length != new.max_length and _is_narrower(old, new):
        return "the table may be written anew, or refuse what it holds"
    if table in LARGE and not (old.db_index or old.unique) and (new.db_index or new.unique):
        return "its index stops this large table"
    return ""


def _is_narrower(old: models.Field[Any, Any], new: models.Field[Any, Any]) -> bool:
    return new.max_length is not None and (old.max_length is None or new.max_length < old.max_length)
