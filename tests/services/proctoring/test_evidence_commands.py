"""The operator's commands about keys: encrypting what was there before, and another master key."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.models import AuditEntry
from proctor_site.kernel import clock
from proctoring import states
from proctoring.evidence import custody, sealing, spool_state, store
from proctoring.evidence.exhibits import Picture
from proctoring.models import EvidenceItem, MonitoringSession
from proctoring.review.cases import open_case
from tests.capture import RED, frame
from tests.factories.proctoring import make_incident

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("scoped")]


@pytest.fixture
def plain(session: MonitoringSession, folder_store: Path) -> list[EvidenceItem]:
    """Two items whose files lie in the store as they did before there were keys."""
    items = store.keep(make_incident(session), [Picture(n, clock.now(), frame(RED, seed=n)) for n in (1, 2)])
    store.flush()
    for number, item in enumerate(items, 1):
        storages["evidence"].delete(item.name)
        storages["evidence"].save(item.name, ContentFile(frame(RED, seed=number)))
    return items


def raw(item: EvidenceItem) -> bytes:
    return Path(storages["evidence"].path(item.name)).read_bytes()


def said(command: str, **options: Any) -> str:
    out = io.StringIO()
    call_command(command, stdout=out, stderr=out, **options)
    return out.getvalue()


def test_a_dry_run_counts_and_changes_nothing(plain: list[EvidenceItem]) -> None:
    assert "2 files not encrypted yet" in said("encrypt_evidence", dry_run=True)
    assert not raw(plain[0]).startswith(sealing.MAGIC)


def test_files_from_before_are_encrypted_once(plain: list[EvidenceItem], session: MonitoringSession) -> None:
    assert "2 files encrypted now" in said("encrypt_evidence")
    first = raw(plain[0])
    assert first.startswith(sealing.MAGIC)
    assert custody.first_broken(session) is None
    assert "2 files encrypted before" in said("encrypt_evidence")
    assert raw(plain[0]) == first
    assert len(list(Path(storages["evidence"].path(plain[0].name)).parent.iterdir())) == 2


def test_an_altered_file_is_named_and_left(plain: list[EvidenceItem]) -> None:
    Path(storages["evidence"].path(plain[0].name)).write_bytes(b"another picture")
    out = io.StringIO()
    with pytest.raises(CommandError, match="1 files were left"):
        call_command("encrypt_evidence", stdout=out, stderr=out)
    assert plain[0].name in out.getvalue()
    assert raw(plain[0]) == b"another picture"
    assert raw(plain[1]).startswith(sealing.MAGIC)


def test_another_master_key_takes_over(session: MonitoringSession, settings: Any) -> None:
    settings.EVIDENCE_KEY = "first"
    (item,) = store.keep(make_incident(session), [Picture(1, clock.now(), frame(RED))])
    settings.EVIDENCE_KEY = "second"
    with pytest.raises(CommandError, match="Do not destroy"):
        said("rotate_evidence_key")
    settings.EVIDENCE_KEYS_BEFORE = ["first"]
    assert "1 keys are under the newest" in said("rotate_evidence_key")
    settings.EVIDENCE_KEYS_BEFORE = []
    assert "Nothing needs a former" in said("rotate_evidence_key")
    assert store.read(item) == frame(RED)


def test_a_full_disk_costs_the_picture_and_not_the_incident(
    session: MonitoringSession, monkeypatch: pytest.MonkeyPatch, folder_store: Path
) -> None:
    def full(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "_write", full)
    found = spool_state.stage_what_can_be(session, [Picture(1, clock.now(), frame(RED))])
    assert (found.staged, found.lost, found.why) == ([], 1, "the disk of the server was full")
    incident = make_incident(session)
    for _ in range(2):
        spool_state.note_lost(incident, found)
    assert spool_state.files_of([incident.pk])[incident.pk].why == found.why
    assert AuditEntry.objects.filter(verb=spool_state.NOT_KEPT).count() == 1
    told = spool_state.state()
    assert (told.waiting, told.not_kept, told.is_well) == (0, 1, False)


def test_what_waits_in_the_spool_is_told(
    session: MonitoringSession, monkeypatch: pytest.MonkeyPatch, folder_store: Path
) -> None:
    monkeypatch.setattr(store, "_push_soon", lambda numbers: None)
    store.keep(make_incident(session), [Picture(1, clock.now(), frame(RED))])
    assert spool_state.state().waiting == 1 and spool_state.state().is_well
    monkeypatch.setattr(spool_state, "LATE_S", -1.0)
    assert not spool_state.state().is_well


def test_one_case_is_verified_and_told_as_json(session: MonitoringSession, folder_store: Path) -> None:
    (item,) = store.keep(make_incident(session), [Picture(1, clock.now(), frame(RED))])
    store.flush()
    MonitoringSession.objects.filter(pk=session.pk).update(state=states.SESSION_ENDED)
    session.refresh_from_db()
    case = open_case(session, "incidents")
    told = json.loads(said("verify_evidence", case=case.pk, json=True))
    assert told == {"sessions": 1, "broken": [], "not_proved": []}
    EvidenceItem.objects.filter(pk=item.pk).update(size=1)
    out = io.StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("verify_evidence", case=case.pk, json=True, stdout=out)
    assert caught.value.returncode == 1
    (broken,) = json.loads(out.getvalue())["broken"]
    assert (broken["item"], broken["session"]) == (1, str(session.public_id))
    with pytest.raises(CommandError, match="There is no case"):
        said("verify_evidence", case=case.pk + 1)
