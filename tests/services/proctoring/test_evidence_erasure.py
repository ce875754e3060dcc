"""Erased evidence: nothing of it opens any more, the chain holds, and a gap without an entry is damage."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.db import models

from accounts import audit
from accounts.audit_removal import open_log
from accounts.models import AuditEntry, User
from proctor_site.kernel import chains, clock
from proctor_site.kernel.errors import NotFound
from proctoring import states
from proctoring.evidence import custody, sealing, store
from proctoring.evidence.chain import payload_of
from proctoring.evidence.exhibits import Picture, Recording
from proctoring.models import DataKey, EvidenceItem, MonitoringSession, PersonKey
from tests.capture import RED, frame
from tests.factories.proctoring import make_incident

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("scoped")]
SAID = {"seconds": 1.5, "text": [{"words": "the answer to seven is blue"}]}


@pytest.fixture
def items(session: MonitoringSession, folder_store: Path) -> list[EvidenceItem]:
    incident = make_incident(session)
    kept = store.keep(incident, [Picture(n, clock.now(), frame(RED, seed=n)) for n in (1, 2)])
    kept += store.keep(incident, [Recording(3, clock.now(), b"RIFF" * 50, "audio/wav", SAID)])
    store.flush()
    MonitoringSession.objects.filter(pk=session.pk).update(state=states.SESSION_ENDED)
    return kept


def erase(items: list[EvidenceItem], actor: User) -> int:
    return store.erase_items(items, reason="retention", actor=actor)


def test_the_chain_holds_over_erased_items(
    items: list[EvidenceItem], session: MonitoringSession, officer: User
) -> None:
    assert erase(items[1:], officer) == 2
    assert erase(items[1:], officer) == 0
    assert custody.first_broken(session) is None
    entry = AuditEntry.objects.get(verb=store.ERASED)
    assert entry.detail["reason"] == "retention"
    assert [each[1] for each in entry.detail["items"]] == [2, 3]
    with pytest.raises(NotFound):
        store.read(EvidenceItem.objects.get(pk=items[1].pk))
    assert store.read(items[0]) == frame(RED, seed=1)


def test_nothing_that_was_kept_opens_what_was_erased(
    items: list[EvidenceItem], session: MonitoringSession, officer: User, folder_store: Path
) -> None:
    """Not even with a copy of the file, the master key and everything that the database still says."""
    copies = {item.name: Path(storages["evidence"].path(item.name)).read_bytes() for item in items}
    assert all(raw.startswith(sealing.MAGIC) for raw in copies.values())
    erase(items, officer)
    assert not [path for path in folder_store.rglob("*") if path.is_file()]
    for item in items:
        path = Path(storages["evidence"].path(item.name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(copies[item.name])
        row = EvidenceItem.objects.get(pk=item.pk)
        row.erased_at = None
        with pytest.raises(NotFound):
            store.read(row)
    said = [
        repr(value)
        for model in (EvidenceItem, AuditEntry, MonitoringSession, DataKey, PersonKey)
        for row in model._base_manager.values()
        for value in row.values()
    ]
    assert not [text for text in said if "blue" in text or "RIFF" in text]
    wrapped = [bytes(row.wrapped) for row in DataKey.objects.exclude(destroyed_at=None)]
    assert len(wrapped) == 2 and not any(wrapped)


def test_what_was_said_cannot_be_found_out_by_trying(items: list[EvidenceItem], officer: User) -> None:
    erase(items, officer)
    row = EvidenceItem.objects.get(pk=items[2].pk)
    assert (row.about, row.about_salt) == ({}, "") and row.about_sha256


@pytest.mark.parametrize("column", ["about_sha256", "sha256", "hash", "name", "previous_hash"])
def test_an_altered_tombstone_is_named(
    items: list[EvidenceItem], session: MonitoringSession, officer: User, column: str
) -> None:
    erase(items[1:2], officer)
    EvidenceItem.objects.filter(pk=items[1].pk).update(**{column: "f" * 64})
    broken = custody.first_broken(session)
    assert broken is not None and broken.item == items[1]


def test_a_gap_without_an_entry_is_damage(items: list[EvidenceItem], session: MonitoringSession) -> None:
    rows: models.QuerySet[EvidenceItem] = EvidenceItem.objects.filter(pk=items[1].pk)
    rows.update(erased_at=clock.now(), about={}, about_salt="")
    storages["evidence"].delete(items[1].name)
    broken = custody.first_broken(session)
    assert broken is not None
    assert (broken.item, broken.problem) == (
        items[1],
        "it was erased without a true audit entry that names it",
    )


def test_an_entry_about_another_item_or_altered_proves_nothing(
    items: list[EvidenceItem], session: MonitoringSession, officer: User
) -> None:
    erase(items[1:2], officer)
    EvidenceItem.objects.filter(pk=items[0].pk).update(erased_at=clock.now(), about={}, about_salt="")
    broken = custody.first_broken(session)
    assert broken is not None and broken.item == items[0]
    entry = AuditEntry.objects.get(verb=store.ERASED)
    detail = {**entry.detail, "items": [[items[0].pk, 1, items[0].hash], *entry.detail["items"]]}
    with open_log():
        AuditEntry.objects.filter(pk=entry.pk).update(detail=detail)
    broken = custody.first_broken(session)
    assert broken is not None and broken.item == items[0]


def test_changed_words_are_named(items: list[EvidenceItem], session: MonitoringSession) -> None:
    EvidenceItem.objects.filter(pk=items[2].pk).update(about={"text": []})
    broken = custody.first_broken(session)
    assert broken is not None
    assert (broken.item, broken.problem) == (items[2], "what is said about it was altered")


def test_items_from_before_stay_whole_and_can_be_erased(
    session: MonitoringSession, officer: User, folder_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def first_form(item: Any) -> None:
        item.chain_version = 1

    monkeypatch.setattr(store, "hash_about", first_form)
    incident = make_incident(session)
    kept = store.keep(incident, [Recording(n, clock.now(), b"RIFF" * n, "audio/wav", SAID) for n in (1, 2)])
    store.flush()
    assert "about" in payload_of(kept[0])
    assert custody.first_broken(session) is None
    erase(kept[:1], officer)
    assert custody.first_broken(session) is None
    EvidenceItem.objects.filter(pk=kept[0].pk).update(hash=chains.GENESIS)
    broken = custody.first_broken(session)
    assert broken is not None and broken.item == kept[0]


def test_a_file_that_is_left_behind_is_named(
    items: list[EvidenceItem], session: MonitoringSession, officer: User
) -> None:
    raw = Path(storages["evidence"].path(items[0].name)).read_bytes()
    erase(items[:1], officer)
    Path(storages["evidence"].path(items[0].name)).write_bytes(raw)
    broken = custody.first_broken(session)
    assert broken is not None and broken.problem == "its file is left, although it was erased"


def test_the_key_stays_while_the_session_runs(
    items: list[EvidenceItem], session: MonitoringSession, officer: User
) -> None:
    MonitoringSession.objects.filter(pk=session.pk).update(state=states.SESSION_LIVE)
    erase(items[:2], officer)
    assert not DataKey.objects.exclude(destroyed_at=None).exists()
    MonitoringSession.objects.filter(pk=session.pk).update(state=states.SESSION_ENDED)
    erase(items[2:], officer)
    assert not DataKey.objects.filter(destroyed_at=None).exists()
    assert custody.first_broken(session) is None
    assert audit.first_broken_entry(session.institution, audit.stream_of(session)) is None
