"""One byte is changed in each thing that proves evidence, one after the other: the verifier names it."""

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, models

from accounts.audit_removal import open_log
from accounts.models import AuditEntry, Institution, User
from exams.models import Attempt
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict
from proctoring.evidence import custody, manifest, package, store
from proctoring.evidence.exhibits import Picture, Recording
from proctoring.models import (
    DataKey,
    EvidenceItem,
    EvidenceManifest,
    MonitoringSession,
    PersonKey,
    SealedPackage,
    Showing,
)
from proctoring.review.cases import open_case
from tests.capture import RED, frame
from tests.factories.calls import make_call
from tests.factories.proctoring import make_incident

pytestmark = pytest.mark.usefixtures("scoped", "folder_store")
NO_CLAIM = {"id", "created_at", "stored_at"}
"""Bookkeeping of the server, about which the chain says nothing."""
ITEM = [each.name for each in EvidenceItem._meta.concrete_fields if each.name not in NO_CLAIM]
MANIFEST = [each.name for each in EvidenceManifest._meta.concrete_fields if each.name not in NO_CLAIM]


@pytest.fixture
def items(session: MonitoringSession) -> list[EvidenceItem]:
    """A picture in the store, a recording in the spool; the session is over and has a signed list."""
    said = Recording(2, clock.now(), b"RIFF" * 50, "audio/wav", {"seconds": 1.5, "text": []})
    incident = make_incident(session)
    kept = store.keep(incident, [Picture(1, clock.now() - timedelta(seconds=1), frame(RED)), said])
    store._push(kept[0])
    MonitoringSession.objects.filter(pk=session.pk).update(state="ended", ended_at=clock.now())
    manifest.sign(session)
    session.refresh_from_db()
    assert verdict(session) == "", "whole before anything is changed"
    return kept


def verdict(session: MonitoringSession) -> str:
    """What `verify_evidence` says of the session; "" when all is whole."""
    out = io.StringIO()
    try:
        call_command("verify_evidence", stdout=out)
    except CommandError:
        return out.getvalue()
    return ""


def changed(value: Any) -> Any:
    """The same kind of value, with the least change."""
    if isinstance(value, bytes | memoryview):
        raw = bytearray(value)
        raw[len(raw) // 2] ^= 1
        return bytes(raw)
    if isinstance(value, str):
        place = len(value) // 2
        return value[:place] + ("x" if value[place : place + 1] != "x" else "y") + value[place + 1 :]
    if isinstance(value, datetime):
        return value + timedelta(microseconds=1)
    return {"seconds": 1.6} if isinstance(value, dict) else int(value or 0) + 1


def flip(row: models.Model, column: str, values: Any = None) -> None:
    """Writes past every service, as somebody with the password of the database would."""
    value = changed(getattr(row, column)) if values is None else values
    type(row)._base_manager.filter(pk=row.pk).update(**{column: value})  # type: ignore[attr-defined]


def flip_file(path: Path) -> None:
    path.write_bytes(changed(path.read_bytes()))


@pytest.fixture
def other(
    session: MonitoringSession,
    attempt: Attempt,
    proctor: User,
    second_candidate: User,
    other_institution: Institution,
) -> Callable[[str], Any]:
    """Another row for a column that names one."""

    def make(column: str) -> Any:
        if column == "session":
            fields = {"institution": session.institution, "started_at": clock.now()}
            return MonitoringSession.objects.create(**fields)
        if column == "showing":
            now, of = clock.now(), {"institution": session.institution, "session": session}
            return Showing.objects.create(
                **of, what="desk", asked_by=proctor, reason="x", asked_at=now, expires_at=now
            )
        return {
            "institution": lambda: other_institution,
            "incident": lambda: make_incident(session),
            "call": lambda: make_call(session, proctor, lasted_s=1),
            "person": lambda: second_candidate,
        }[column]()

    return make


@pytest.mark.parametrize("column", ITEM)
def test_a_changed_record_of_an_item_is_named(
    items: list[EvidenceItem], session: MonitoringSession, other: Callable[[str], Any], column: str
) -> None:
    item = EvidenceItem.objects.get(pk=items[1].pk)
    field = EvidenceItem._meta.get_field(column)
    value = other(column) if field.is_relation else clock.now() if column == "erased_at" else None
    flip(item, column, value)
    said = verdict(session)
    # Moved to another session it is missing in this one, and strange in that one.
    assert (f"(id {item.pk})" in said) or (column == "session" and "2 items" in said), said


@pytest.mark.parametrize("column", ["evidence_hash", "evidence_count", "public_id"])
def test_a_changed_head_is_named(items: list[EvidenceItem], session: MonitoringSession, column: str) -> None:
    flip(session, column, "00000000-0000-4000-8000-000000000000" if column == "public_id" else None)
    assert "the end of the chain" in verdict(session)


def test_a_changed_file_is_named_in_store_and_spool(
    items: list[EvidenceItem], session: MonitoringSession
) -> None:
    flip_file(Path(settings.EVIDENCE_SPOOL) / items[1].name)
    assert f"item 2 (id {items[1].pk}): its file was altered" in verdict(session)
    flip_file(Path(storages["evidence"].path(items[0].name)))
    assert f"item 1 (id {items[0].pk}): its file was altered" in verdict(session)


@pytest.mark.parametrize(
    ("model", "column"),
    [
        (PersonKey, "wrapped"),
        (PersonKey, "label"),
        (PersonKey, "person"),
        (PersonKey, "institution"),
        (PersonKey, "master"),
        (PersonKey, "destroyed_at"),
        (DataKey, "wrapped"),
        (DataKey, "label"),
        (DataKey, "session"),
        (DataKey, "institution"),
        (DataKey, "destroyed_at"),
        (DataKey, "data_class"),
    ],
    ids=lambda each: each if isinstance(each, str) else each.__name__,
)
def test_a_changed_key_is_named(
    items: list[EvidenceItem],
    session: MonitoringSession,
    other: Callable[[str], Any],
    model: Any,
    column: str,
) -> None:
    row = model.objects.order_by("pk").first()
    chosen = {"label": "00000000-0000-4000-8000-000000000000", "destroyed_at": clock.now()}.get(column)
    relation = model._meta.get_field(column).is_relation
    flip(row, column, other(column) if relation else chosen)
    said = verdict(session)
    if column == "master":  # what would open it is not known: neither whole nor proved to be altered
        assert "has not the master key" in said
    else:
        assert "item 1" in said and ("key" in said or "altered" in said), said


@pytest.mark.parametrize("column", [*MANIFEST, "(row)"])
def test_a_changed_list_is_named(
    items: list[EvidenceItem], session: MonitoringSession, other: Callable[[str], Any], column: str
) -> None:
    row = EvidenceManifest.objects.get()
    if column == "(row)":
        EvidenceManifest.objects.all()._raw_delete(using=connection.alias)
    else:
        flip(row, column, other(column) if EvidenceManifest._meta.get_field(column).is_relation else None)
    assert "the manifest signed on" in verdict(session)


@pytest.mark.parametrize("column", ["actor", "verb", "detail", "at", "hash", "previous_hash", "(row)"])
def test_a_changed_entry_of_the_log_is_named(
    items: list[EvidenceItem], session: MonitoringSession, proctor: User, officer: User, column: str
) -> None:
    for _ in range(2):
        custody.open_for(items[0].pk, custody.make_link(items[0].pk, proctor), proctor)
    entry = AuditEntry.objects.filter(verb="evidence.viewed").order_by("sequence").first()
    assert entry is not None
    with open_log():
        if column == "(row)":
            AuditEntry.objects.filter(pk=entry.pk).delete()
        else:
            flip(entry, column, officer if column == "actor" else None)
    assert (
        f"the log of who saw it was altered, or an entry is missing: evidenceitem:{items[0].pk}"
        in verdict(session)
    )


@pytest.mark.parametrize("what", ["file", "sha256", "size", "name"])
def test_a_changed_package_is_not_handed_out(
    items: list[EvidenceItem], session: MonitoringSession, officer: User, what: str
) -> None:
    case = open_case(session, "incidents")
    row = package.seal(case, actor=officer, recipient="The board", reason="Hearing")
    assert row.made_at is not None
    path = Path(storages["evidence"].path(row.name))
    if what == "file":
        flip_file(path)
    elif what == "name":
        other = path.with_name("another.zip")
        path.rename(other)
        flip(row, "name", row.name.replace(path.name, other.name))
    else:
        flip(row, what)
    row = SealedPackage.objects.get()
    with pytest.raises(Conflict) as caught:
        package.download(row, package.link_to(row, officer), actor=officer)
    assert caught.value.code == "altered"
