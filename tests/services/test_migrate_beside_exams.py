"""`manage.py migrate` gives up its place in the queue for a table, and tries again (decision 0199)."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.core.management.commands import migrate as django_migrate
from django.db import OperationalError, connection

from proctor_site.management.commands import migrate

pytestmark = pytest.mark.django_db


class NotFree(Exception):
    sqlstate = "55P03"


def _limit() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        return str(cursor.fetchone()[0])


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The limit at each try; the list says how many of them find the table in use."""
    seen: list[str] = []

    def handle(command: Any, *args: Any, **options: Any) -> None:
        seen.append(_limit())
        if len(seen) < 3:
            raise OperationalError("canceling statement due to lock timeout") from NotFree()

    monkeypatch.setattr(django_migrate.Command, "handle", handle)
    monkeypatch.setattr(migrate, "PAUSE_S", 0.0)
    return seen


def test_a_table_in_use_is_left_to_its_users_and_tried_again(tried: list[str], monkeypatch: Any) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one lock for everything")
    call_command("migrate", verbosity=0)
    assert tried == ["2s", "2s", "2s"]
    assert _limit() == "0"
    tried.clear()
    monkeypatch.setattr(migrate, "TRIES", 2)
    with pytest.raises(CommandError, match="never free"):
        call_command("migrate", verbosity=0)


def test_other_faults_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def handle(command: Any, *args: Any, **options: Any) -> None:
        raise OperationalError("disk full")

    monkeypatch.setattr(django_migrate.Command, "handle", handle)
    with pytest.raises(OperationalError, match="disk full"):
        call_command("migrate", verbosity=0)
