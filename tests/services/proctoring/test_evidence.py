"""Evidence: links, rights, the log of views, the chain, and the command that names what was altered."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.models import AuditEntry, User
from accounts.tenancy import within
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, NotAllowed, NotFound, Unavailable
from proctoring.evidence import custody, store
from proctoring.evidence.exhibits import Picture
from proctoring.models import EvidenceItem, Incident, MonitoringSession
from tests.capture import RED, frame
from tests.factories.proctoring import make_incident

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("scoped")]


@pytest.fixture
def incident(session: MonitoringSession) -> Incident:
    return make_incident(session)


@pytest.fixture
def items(incident: Incident) -> list[EvidenceItem]:
    pictures = [
        Picture(number, clock.now() + timedelta(seconds=number), frame(RED, seed=number))
        for number in range(1, 5)
    ]
    kept = store.keep(incident, pictures)
    store.flush()
    for item in kept:
        item.refresh_from_db()
    return kept


def test_files_are_stored_hashed_and_chained(items: list[EvidenceItem], session: MonitoringSession) -> None:
    assert [item.sequence for item in items] == [1, 2, 3, 4]
    assert [item.previous_hash for item in items[1:]] == [item.hash for item in items[:-1]]
    session.refresh_from_db()
    assert (session.evidence_hash, session.evidence_count) == (items[-1].hash, 4)
    assert all(item.stored_at for item in items)
    assert len({item.name for item in items}) == 4
    assert custody.first_broken(session) is None


@pytest.mark.usefixtures("folder_store")
def test_files_are_private_and_names_cannot_be_guessed(
    items: list[EvidenceItem], browser_of: Any, proctor: User
) -> None:
    path = Path(storages["evidence"].path(items[0].name))
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(path.stem) >= 32
    client = browser_of(proctor)
    for address in (storages["evidence"].url(items[0].name), f"/media/{items[0].name}"):
        assert client.get(address).status_code == 404


@pytest.mark.usefixtures("folder_store")
def test_a_failed_transaction_leaves_no_file(incident: Incident, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("no database")

    monkeypatch.setattr(store, "attach", fail)
    with pytest.raises(RuntimeError):
        store.keep(incident, [Picture(1, clock.now(), frame(RED))])
    assert not list(Path(settings.EVIDENCE_SPOOL).rglob("*.jpg"))


@pytest.mark.parametrize("who", ["proctor", "officer", "admin_member", "reviewer"])
def test_who_may_see_opens_it_and_is_logged(request: Any, items: list[EvidenceItem], who: str) -> None:
    viewer = request.getfixturevalue(who)
    opened = custody.open_for(items[0].pk, custody.make_link(items[0].pk, viewer), viewer)
    assert (opened.data, opened.content_type) == (frame(RED, seed=1), "image/jpeg")
    entry = AuditEntry.objects.get(verb="evidence.viewed")
    assert (entry.actor_id, entry.stream) == (viewer.pk, f"evidenceitem:{items[0].pk}")


@pytest.mark.parametrize(
    "who", ["candidate", "second_proctor", "author", "stranger", "foreign_proctor", "foreign_officer"]
)
def test_who_may_not_see_does_not(request: Any, items: list[EvidenceItem], who: str) -> None:
    viewer = request.getfixturevalue(who)
    with pytest.raises(NotAllowed) as caught:
        custody.open_for(items[0].pk, custody.make_link(items[0].pk, viewer), viewer)
    assert caught.value.code == "not_allowed"
    assert not AuditEntry.objects.filter(verb="evidence.viewed").exists()


def test_a_foreign_institution_does_not_even_find_it(
    items: list[EvidenceItem], other_institution: Any, foreign_officer: User
) -> None:
    link = custody.make_link(items[0].pk, foreign_officer)
    with within(other_institution), pytest.raises(NotFound):
        custody.open_for(items[0].pk, link, foreign_officer)


def test_a_link_works_for_its_viewer_its_file_and_its_time_only(
    items: list[EvidenceItem], proctor: User, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = custody.make_link(items[0].pk, proctor)
    wrong = [
        (items[0].pk, link, officer),
        (items[1].pk, link, proctor),
        (items[0].pk, link[:-2] + "xx", proctor),
        (items[0].pk, "", proctor),
        (items[0].pk, "a:b:c", proctor),
    ]
    for item_id, used, viewer in wrong:
        with pytest.raises(NotAllowed) as caught:
            custody.open_for(item_id, used, viewer)
        assert caught.value.code == "link_invalid"
    monkeypatch.setattr(custody, "LINK_LIFETIME", timedelta(seconds=-1))
    with pytest.raises(NotAllowed) as caught:
        custody.open_for(items[0].pk, link, proctor)
    assert caught.value.code == "link_expired"


def test_an_exchanged_file_is_not_shown(items: list[EvidenceItem], proctor: User) -> None:
    _overwrite(items[0], frame(RED, seed=99))
    with pytest.raises(Conflict) as caught:
        custody.open_for(items[0].pk, custody.make_link(items[0].pk, proctor), proctor)
    assert caught.value.code == "altered"
    assert AuditEntry.objects.filter(verb="evidence.found_altered").count() == 1


def _overwrite(item: EvidenceItem, data: bytes) -> None:
    storages["evidence"].delete(item.name)
    storages["evidence"].save(item.name, ContentFile(data))


def test_one_flipped_bit_in_a_file_is_named(items: list[EvidenceItem], session: MonitoringSession) -> None:
    data = bytearray(store.read(items[2]))
    data[1000] ^= 1
    _overwrite(items[2], bytes(data))
    broken = custody.first_broken(session)
    assert broken is not None
    assert (broken.item, broken.problem) == (items[2], "its file was altered")
    assert custody.first_broken(session, check_files=False) is None


@pytest.mark.parametrize(
    "change",
    [
        {"captured_at": clock.now() - timedelta(hours=1)},
        {"sha256": "0" * 64},
        {"name": "elsewhere.jpg"},
        {"frame_sequence": 77},
        {"hash": "f" * 64},
        {"previous_hash": "f" * 64},
        {"size": 1},
    ],
    ids=lambda change: next(iter(change)),
)
def test_an_altered_record_is_named(
    items: list[EvidenceItem], session: MonitoringSession, change: dict[str, Any]
) -> None:
    EvidenceItem.objects.filter(pk=items[1].pk).update(**change)
    broken = custody.first_broken(session)
    assert broken is not None
    assert broken.item == items[1]


def test_a_removed_record_is_noticed_in_the_middle_and_at_the_end(
    items: list[EvidenceItem], session: MonitoringSession
) -> None:
    EvidenceItem.objects.filter(pk=items[3].pk).delete()
    broken = custody.first_broken(session)
    assert broken is not None
    assert broken.item is None
    EvidenceItem.objects.filter(pk=items[1].pk).delete()
    broken = custody.first_broken(session)
    assert broken is not None
    assert broken.item == items[2]


def test_a_missing_file_is_an_alteration_a_silent_store_is_not(
    items: list[EvidenceItem], session: MonitoringSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    storages["evidence"].delete(items[1].name)
    broken = custody.first_broken(session)
    assert broken is not None
    assert (broken.item, broken.problem) == (items[1], "its file is missing")

    def silent(*args: Any, **kwargs: Any) -> None:
        raise ConnectionError("no answer")

    monkeypatch.setattr(storages["evidence"], "open", silent)
    monkeypatch.setattr(storages["evidence"], "exists", silent)
    with pytest.raises(Unavailable):
        custody.first_broken(session)


def test_the_command_says_all_is_whole(items: list[EvidenceItem]) -> None:
    out = io.StringIO()
    call_command("verify_evidence", stdout=out)
    assert out.getvalue() == "1 sessions checked, all whole.\n"
    out = io.StringIO()
    call_command("verify_evidence", institution="north-college", records_only=True, stdout=out)
    assert "all whole" in out.getvalue()


def test_the_command_names_the_first_altered_item(items: list[EvidenceItem]) -> None:
    _overwrite(items[2], b"something else")
    out = io.StringIO()
    with pytest.raises(CommandError, match="1 of 1 sessions are not whole"):
        call_command("verify_evidence", stdout=out)
    assert f"first break at item 3 (id {items[2].pk}): its file was altered" in out.getvalue()


def test_the_command_notices_a_session_whose_items_are_all_gone(items: list[EvidenceItem]) -> None:
    EvidenceItem.objects.all().delete()
    with pytest.raises(CommandError):
        call_command("verify_evidence", stdout=io.StringIO())


def test_the_command_refuses_an_unknown_institution(db: None) -> None:
    with pytest.raises(CommandError, match="no institution 'nowhere'"):
        call_command("verify_evidence", institution="nowhere")


def test_orphans_in_the_spool_are_removed_after_a_day(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(settings, "EVIDENCE_SPOOL", tmp_path)  # others leave files in the common one
    path = Path(settings.EVIDENCE_SPOOL) / "1" / "x" / "orphan.jpg"
    store._write(path, b"x")
    monkeypatch.setattr(store, "RETRY_AFTER_S", -1.0)
    monkeypatch.setattr(store, "_store_down_until", 0.0)
    assert store.retry_spooled() == 0
    assert path.exists()
    monkeypatch.setattr(store, "ORPHAN_AFTER_S", -1.0)
    # An upload of an earlier test may have failed meanwhile, in its thread, and asked for a pause.
    monkeypatch.setattr(store, "_store_down_until", 0.0)
    store.retry_spooled()
    assert not path.exists()


@pytest.mark.usefixtures("folder_store")
def test_orphans_hold_up_no_file_that_has_a_row(incident: Incident, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are, and although they are older."""
    for number in range(2 * store.RETRY_MOST + 1):
        store._write(Path(settings.EVIDENCE_SPOOL) / "1" / "x" / f"{number}.jpg", b"x")
    monkeypatch.setattr(store, "_push_soon", lambda ids: None)
    (item,) = store.keep(incident, [Picture(1, clock.now(), frame(RED))])
    monkeypatch.setattr(store, "RETRY_AFTER_S", -1.0)
    monkeypatch.setattr(store, "_store_down_until", 0.0)
    assert store.retry_spooled() == 1
    item.refresh_from_db()
    assert item.stored_at is not None


@pytest.mark.usefixtures("folder_store")
def test_an_interrupted_upload_is_repeated_without_a_second_file(
    incident: Incident, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process died after the store had the file and before the row said so."""
    monkeypatch.setattr(store, "_push_soon", lambda ids: None)
    (item,) = store.keep(incident, [Picture(1, clock.now(), frame(RED))])
    storages["evidence"].save(item.name, ContentFile(frame(RED)))
    monkeypatch.setattr(store, "RETRY_AFTER_S", -1.0)
    monkeypatch.setattr(store, "_store_down_until", 0.0)
    assert store.retry_spooled() == 1
    folder = Path(storages["evidence"].path(item.name)).parent
    assert len(list(folder.iterdir())) == 1
    assert custody.first_broken(incident.session) is None
