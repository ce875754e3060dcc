"""Empties the database after a test that commits, in a hundredth of the time that Django takes for it.

Django truncates every table, which on PostgreSQL makes each index anew on disk, and then makes all content
types and permissions anew (2026-11: 0.3 s for each test, up to 2 s on a disk that others use as well).
Deleting the few rows there are leaves the same empty tables; content types and permissions stay.
"""

from collections.abc import Iterator

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import TransactionTestCase

KEPT = frozenset({"django_content_type", "auth_permission"})
"""Made from the models, so a test that commits leaves them as they are."""


def empty_after_tests_that_commit() -> None:
    """Has all such tests of this process emptied this way."""
    TransactionTestCase._fixture_teardown = _fixture_teardown  # type: ignore[method-assign]


def _fixture_teardown(case: TransactionTestCase) -> None:
    for alias in case._databases_names(include_mirrors=False):
        empty(connections[alias])


def empty(connection: BaseDatabaseWrapper) -> None:
    """Deletes all rows but those of `KEPT`; foreign keys are all checked at the end of the transaction."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        # The audit log may be emptied by this transaction alone.
        cursor.execute("INSERT INTO accounts_audit_opening (opened) VALUES (1)")
        for table in _tables(connection):
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")  # noqa: S608  names of our models
        cursor.execute("DELETE FROM accounts_audit_opening")


def _tables(connection: BaseDatabaseWrapper) -> Iterator[str]:
    names = connection.introspection.django_table_names(only_existing=False, include_views=False)
    return (name for name in names if name not in KEPT)
