"""Keys of stored files: nothing lies readable on disk, and what was destroyed opens nowhere."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from accounts.models import AuditEntry, User
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, NotFound, Unavailable
from proctoring.evidence import custody, keys, sealing, store
from proctoring.evidence.exhibits import Picture, Recording
from proctoring.identity import store as identity
from proctoring.models import DataClass, DataKey, EvidenceItem, Incident, MonitoringSession, PersonKey
from proctoring.models.evidence import EvidenceKind
from tests.capture import RED, frame
from tests.factories.proctoring import make_incident

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("scoped")]


@pytest.fixture
def incident(session: MonitoringSession) -> Incident:
    return make_incident(session)


def kept(incident: Incident, number: int = 1) -> EvidenceItem:
    (item,) = store.keep(incident, [Picture(number, clock.now(), frame(RED, seed=number))])
    store.flush()
    item.refresh_from_db()
    return item


def test_nothing_readable_lies_in_spool_or_store(
    incident: Incident, folder_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pushed: list[list[int]] = []
    monkeypatch.setattr(store, "_push_soon", pushed.append)
    data = frame(RED, seed=1)
    (item,) = store.keep(incident, [Picture(1, clock.now(), data)])
    identity.save(incident.session, data, ending="jpg")
    files = [path for path in folder_store.rglob("*") if path.is_file()]
    assert len(files) == 2 and pushed == [[item.pk]]
    for path in files:
        raw = path.read_bytes()
        assert raw.startswith(sealing.MAGIC) and data[100:132] not in raw
    assert store.read(item) == data


def test_each_kind_of_file_has_its_key_and_the_person_one(incident: Incident, candidate: User) -> None:
    kept(incident), kept(incident, 2)
    sound = Recording(9, clock.now(), b"RIFF", "audio/wav", {"seconds": 1.0}, EvidenceKind.SOUND)
    store.keep(incident, [sound])
    store.flush()
    rows = DataKey.objects.values_list("data_class", "session", "person_key__person")
    assert sorted(rows) == [
        ("camera", incident.session_id, candidate.pk),
        ("sound", incident.session_id, candidate.pk),
    ]
    assert PersonKey.objects.count() == 1


def test_a_destroyed_key_leaves_the_other_kinds_readable(incident: Incident) -> None:
    item = kept(incident)
    name = identity.save(incident.session, b"a face", ending="jpg")
    assert keys.destroy_for_session(incident.session, DataClass.CAMERA) == 1
    with pytest.raises(NotFound) as caught:
        store.read(item)
    assert caught.value.code == "erased"
    assert identity.read(name) == b"a face"
    entry = AuditEntry.objects.get(verb=keys.DESTROYED)
    assert entry.detail == {"classes": ["camera"]}
    assert kept(incident, 2).pk  # a new key is made for what comes later


def test_a_persons_key_takes_everything_along(incident: Incident, candidate: User) -> None:
    item, institution = kept(incident), incident.institution
    name = identity.save_of_person(institution, candidate, f"{institution.pk}/officer/1.picture", b"office")
    assert identity.read(name) == b"office"
    assert keys.destroy_for_person(institution, candidate) == 3
    for read in (lambda: store.read(item), lambda: identity.read(name)):
        with pytest.raises(NotFound):
            read()
    rows = [*PersonKey.objects.all(), *DataKey.objects.all()]
    assert all(bytes(row.wrapped) == b"" and row.destroyed_at for row in rows)


def test_another_master_key_reads_nothing_until_the_former_is_named(
    incident: Incident, settings: Any
) -> None:
    settings.EVIDENCE_KEY = "first"
    item = kept(incident)
    settings.EVIDENCE_KEY = "second"
    with pytest.raises(Unavailable) as caught:
        store.read(item)
    assert caught.value.code == "no_master_key"
    settings.EVIDENCE_KEYS_BEFORE = ["first"]
    assert store.read(item) == frame(RED, seed=1)
    (row,) = PersonKey.objects.all()
    assert keys.wrap_anew(row) and not keys.wrap_anew(PersonKey.objects.get())
    settings.EVIDENCE_KEYS_BEFORE = []
    assert store.read(item) == frame(RED, seed=1)


def test_the_first_master_key_of_an_installation_still_reads_what_was_there(
    incident: Incident, settings: Any
) -> None:
    settings.EVIDENCE_KEY = ""
    item = kept(incident)
    settings.EVIDENCE_KEY = "the first of its own"
    assert store.read(item) == frame(RED, seed=1)


@pytest.mark.parametrize("model", [PersonKey, DataKey])
def test_an_altered_key_row_is_named(incident: Incident, model: Any) -> None:
    item = kept(incident)
    row = model.objects.get()
    wrapped = bytearray(row.wrapped)
    wrapped[20] ^= 1
    model.objects.filter(pk=row.pk).update(wrapped=bytes(wrapped))
    with pytest.raises(Conflict) as caught:
        store.read(item)
    assert caught.value.code == "key_altered"
    broken = custody.first_broken(incident.session)
    assert broken is not None and (broken.item, broken.problem) == (item, "the key of its file was altered")


def test_files_from_before_encryption_are_read_as_they_are(incident: Incident) -> None:
    item = kept(incident)
    storages["evidence"].delete(item.name)
    storages["evidence"].save(item.name, ContentFile(frame(RED, seed=1)))
    assert store.read(item) == frame(RED, seed=1)
    assert custody.first_broken(incident.session) is None


def test_a_part_of_a_film_is_read_without_the_rest(incident: Incident) -> None:
    data = bytes(range(256)) * 1_000
    film = Recording(1, clock.now(), data, "video/webm", {"seconds": 1.0}, EvidenceKind.SCREEN_CLIP)
    (item,) = store.keep(incident, [film])
    assert store.read_part(item, 70_000, 70_009) == data[70_000:70_010]
    store.flush()
    item.refresh_from_db()
    for first, last in ((0, 0), (65_530, 65_540), (255_990, 255_999)):
        assert store.read_part(item, first, last) == data[first : last + 1]
    item.size += 1
    with pytest.raises(Conflict):
        store.read_part(item, 0, 10)
