"""The audit log cannot be changed, and whoever changes it in the database all the same is found out."""

import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from accounts import audit, audit_checkpoints, audit_verification
from accounts.audit_removal import open_log, redact
from accounts.models import AuditCheckpoint, AuditEntry, Institution, User
from proctor_site.kernel import clock
from proctor_site.kernel.errors import InvalidInput

pytestmark = pytest.mark.django_db


@pytest.fixture
def log(scoped: Institution, admin_member: User, officer: User, settings: Any, tmp_path: Path) -> Institution:
    """Three chains of five, one and one entries under one checkpoint, and one entry after it."""
    settings.DATA_DIR = tmp_path
    for number in range(5):
        audit.record(scoped, admin_member, "person.changed", actor=officer, detail={"number": number})
    audit.record(scoped, officer, "person.changed", actor=admin_member, detail={"to": "a"})
    audit.record(scoped, scoped, "institution.changed", actor=admin_member, detail={"to": "b"})
    assert audit_checkpoints.make(scoped, until=clock.now()) == 1
    audit.record(scoped, officer, "person.changed", actor=admin_member, detail={"to": "c"})
    return scoped


def findings(institution: Institution) -> list[tuple[str, str, int | None]]:
    found = audit_verification.verify(institution, list(audit_checkpoints.anchors())).findings
    return [(each.what, each.stream, each.sequence) for each in found]


def nth(stream: str, sequence: int) -> Any:
    return AuditEntry._base_manager.filter(stream=stream, sequence=sequence)


def test_an_untouched_log_is_whole(log: Institution) -> None:
    result = audit_verification.verify(log, list(audit_checkpoints.anchors()))
    assert result.findings == []
    assert (result.entries, result.streams, result.checkpoints, result.uncovered) == (8, 3, 1, 1)
    assert audit_verification.faults_of_protection() == []


@pytest.mark.parametrize("rows", [AuditEntry, AuditCheckpoint], ids=["entry", "checkpoint"])
def test_the_database_refuses_to_change_or_delete(log: Institution, rows: Any) -> None:
    one = rows._base_manager.all()[:1].get()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        rows._base_manager.filter(pk=one.pk).update(hash="0" * 64)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        rows._base_manager.filter(pk=one.pk)._raw_delete("default")
    assert findings(log) == []


def test_the_log_is_closed_again_even_after_a_failure(log: Institution) -> None:
    with pytest.raises(RuntimeError), open_log():
        raise RuntimeError
    with open_log():
        pass
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AuditEntry._base_manager.update(verb="x")


def _later(value: Any) -> Any:
    return value + timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("column", "other"),
    [
        ("at", _later),
        ("actor", None),
        ("verb", "person.added"),
        ("detail", {"number": 3}),
        ("detail", {"number": 2, "more": ""}),
        ("previous_hash", "f" * 64),
        ("hash", "f" * 64),
    ],
)
def test_one_changed_column_is_named(log: Institution, admin_member: User, column: str, other: Any) -> None:
    stream = audit.stream_of(admin_member)
    value = other(nth(stream, 3).get().at) if callable(other) else other
    with open_log():
        nth(stream, 3).update(**{column: value})
    assert findings(log) == [("altered", stream, 3)]


def test_one_flipped_byte_of_the_detail_is_named(log: Institution, admin_member: User) -> None:
    entry = nth(audit.stream_of(admin_member), 2).get()
    with open_log(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_auditentry SET detail = %s WHERE id = %s", ['{"numbes": 1}', entry.pk]
        )
    assert findings(log) == [("altered", entry.stream, 2)]


def test_another_place_or_chain_is_named(log: Institution, admin_member: User) -> None:
    stream = audit.stream_of(admin_member)
    with open_log():
        nth(stream, 3).update(sequence=9)
    assert findings(log) == [("missing", stream, 3)]
    with open_log():
        nth(stream, 9).update(sequence=3, stream="user:999999")
    assert set(findings(log)) == {("missing", stream, 3), ("missing", "user:999999", 1)}


def test_an_entry_moved_to_another_institution_is_named(
    log: Institution, other_institution: Institution, admin_member: User
) -> None:
    stream = audit.stream_of(admin_member)
    with open_log():
        nth(stream, 5).update(institution=other_institution)
    assert findings(log) == [("missing", stream, 5)]
    assert findings(other_institution) == [("missing", stream, 1)]


def test_swapped_entries_are_named(log: Institution, admin_member: User) -> None:
    stream = audit.stream_of(admin_member)
    second, third = nth(stream, 2).get(), nth(stream, 3).get()
    with open_log():
        nth(stream, 2).update(sequence=99)
        AuditEntry._base_manager.filter(pk=third.pk).update(sequence=2)
        AuditEntry._base_manager.filter(pk=second.pk).update(sequence=3)
    assert findings(log) == [("altered", stream, 2)]


def test_a_deleted_entry_end_and_chain_are_named(log: Institution, admin_member: User) -> None:
    stream = audit.stream_of(admin_member)
    with open_log():
        nth(stream, 5).delete()
    assert findings(log) == [("missing", stream, 5)]
    with open_log():
        nth(stream, 2).delete()
    assert findings(log) == [("missing", stream, 2)]
    with open_log():
        AuditEntry._base_manager.filter(stream=stream).delete()
    assert findings(log) == [("missing", stream, 1)]


def test_a_chain_written_anew_with_right_hashes_is_named(log: Institution, admin_member: User) -> None:
    """Whoever knows how hashes are made can make a chain that fits, but not its signed mark."""
    stream = audit.stream_of(admin_member)
    with open_log():
        AuditEntry._base_manager.filter(stream=stream, sequence__gte=4).delete()
    audit.record(log, admin_member, "person.changed", detail={"number": "forged"})
    audit.record(log, admin_member, "person.changed", detail={"number": "forged"})
    assert audit.first_broken_entry(log, stream) is None
    assert findings(log) == [("altered", stream, 5)]


@pytest.mark.parametrize(
    "values", [{"heads": {}}, {"signature": "A" * 88}, {"kid": "0" * 16}, {"through": 1}, {"hash": "0" * 64}]
)
def test_a_changed_checkpoint_is_named(log: Institution, values: dict[str, Any]) -> None:
    with open_log():
        AuditCheckpoint._base_manager.update(**values)
    assert ("checkpoint", "", None) in findings(log)


def test_a_removed_checkpoint_is_named(log: Institution) -> None:
    assert audit_checkpoints.make(log, until=clock.now()) == 1
    with open_log():
        AuditCheckpoint._base_manager.filter(number=1).delete()
    assert ("checkpoint", "", None) in findings(log)


def test_the_newest_checkpoint_is_missed_by_the_line_kept_beside_the_database(log: Institution) -> None:
    with open_log():
        AuditCheckpoint._base_manager.all().delete()
    assert findings(log) == [("checkpoint", "", None)]
    audit_checkpoints.anchor_file().write_text("rubbish\n")
    assert findings(log) == []


def test_checkpoints_are_made_hourly_and_wait_for_open_transactions(
    scoped: Institution, officer: User, settings: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    settings.DATA_DIR = tmp_path
    audit.record(scoped, officer, "person.changed")
    assert audit_checkpoints.make(scoped) == 0, "younger than five minutes"
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=6))
    assert audit_checkpoints.make_due() == 1
    assert audit_checkpoints.make_due() == 0, "it has just looked"


def test_a_large_log_gets_several_checkpoints(log: Institution, officer: User, monkeypatch: Any) -> None:
    monkeypatch.setattr(audit_checkpoints, "MOST_ENTRIES", 2)
    for number in range(4):
        audit.record(log, officer, "person.changed", detail={"number": number})
    assert audit_checkpoints.make(log, until=clock.now()) == 3
    assert findings(log) == []


def test_a_detail_is_removed_and_the_chain_still_stands(log: Institution, admin_member: User) -> None:
    stream = audit.stream_of(admin_member)
    assert redact(log, nth(stream, 2), reason="erasure of a person", actor=admin_member) == 1
    assert nth(stream, 2).get().detail == {}
    assert redact(log, nth(stream, 2), reason="once more") == 0
    result = audit_verification.verify(log)
    assert (result.findings, result.redacted) == ([], 1)
    assert audit.first_broken_entry(log, stream) is None
    with pytest.raises(InvalidInput, match="Say why"):
        redact(log, nth(stream, 1), reason=" ")


def test_a_removal_that_nobody_noted_is_named(log: Institution, admin_member: User) -> None:
    stream = audit.stream_of(admin_member)
    with open_log():
        nth(stream, 2).update(detail={}, redacted_at=clock.now())
    assert findings(log) == [("removed_unnoted", stream, 2)]


def test_missing_protection_is_named(log: Institution) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        on = "" if connection.vendor == "sqlite" else " ON accounts_auditentry"
        cursor.execute(f"DROP TRIGGER audit_entry_no_delete{on}")  # noqa: S608
        cursor.execute("INSERT INTO accounts_audit_opening (opened) VALUES (1)")
        words = [each.words for each in audit_verification.faults_of_protection()]
        transaction.set_rollback(True)
    assert len(words) == 2 and "audit_entry_no_delete" in words[0] and "left open" in words[1]


@pytest.fixture
def verify_audit() -> Callable[..., tuple[int, str]]:
    def run(*args: str) -> tuple[int, str]:
        out = io.StringIO()
        try:
            call_command("verify_audit", *args, stdout=out)
        except CommandError as error:
            return error.returncode, out.getvalue() + str(error)
        return 0, out.getvalue()

    return run


def test_the_command_says_what_is_wrong(
    log: Institution, admin_member: User, verify_audit: Callable[..., tuple[int, str]]
) -> None:
    code, text = verify_audit()
    assert code == 0 and "north-college: whole; 8 entries in 3 chains" in text
    stream = audit.stream_of(admin_member)
    with open_log():
        nth(stream, 4).update(verb="other")
    code, text = verify_audit("--institution", log.slug)
    assert code == 1 and f"{stream}: entry 4 was altered." in text
    code, text = verify_audit("--json")
    said = json.loads(text[: text.rindex("}") + 1])
    assert code == 1 and not said["whole"]
    assert said["institutions"][0]["findings"][0]["sequence"] == 4
    assert verify_audit("--institution", "nobody")[0] == 2
    assert verify_audit("--anchors", "/nowhere")[0] == 2
