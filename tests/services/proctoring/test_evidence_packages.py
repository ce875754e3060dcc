"""Signed lists and packages: what was altered anywhere is named, here and by the program in the package."""

import io
import json
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from accounts import signing_keys
from accounts.models import AuditEntry, User
from proctor_site.kernel import chains, clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from proctoring import states
from proctoring.evidence import custody, history, manifest, package, parts, store, verify_package
from proctoring.evidence.chain import payload_of
from proctoring.evidence.exhibits import Picture, Recording
from proctoring.models import Case, EvidenceItem, EvidenceManifest, MonitoringSession, SealedPackage
from proctoring.review import cases
from proctoring.rights import erasers
from proctoring.rights.register import Erasing
from tests.capture import RED, frame
from tests.factories.proctoring import make_incident

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("scoped", "folder_store"),
]


@pytest.fixture
def items(session: MonitoringSession) -> list[EvidenceItem]:
    incident = make_incident(session)
    kept = store.keep(incident, [Picture(n, clock.now(), frame(RED, seed=n)) for n in (1, 2)])
    kept += store.keep(
        incident, [Recording(3, clock.now(), b"RIFF" * 50, "audio/wav", {"seconds": 1.5, "text": []})]
    )
    store.flush()
    ended = {"state": states.SESSION_ENDED, "ended_at": clock.now() - timedelta(hours=1)}
    MonitoringSession.objects.filter(pk=session.pk).update(**ended)
    session.refresh_from_db()
    return kept


@pytest.fixture
def case(items: list[EvidenceItem], session: MonitoringSession) -> Case:
    return cases.open_case(session, "incidents")


def sealed(case: Case, officer: User, **more: Any) -> tuple[SealedPackage, dict[str, bytes]]:
    row = package.seal(case, actor=officer, recipient="The board", reason="Hearing of May", **more)
    with (
        package.download(row, package.link_to(row, officer), actor=officer) as file,
        zipfile.ZipFile(file) as archive,
    ):
        assert archive.testzip() is None
        return row, {name: archive.read(name) for name in archive.namelist()}


def told(files: dict[str, bytes], key: bytes | None = None) -> dict[str, Any]:
    return verify_package.verify(files.__getitem__, list(files), key)


def test_ended_sessions_get_a_signed_list_once(items: list[EvidenceItem], session: MonitoringSession) -> None:
    assert manifest.sign_due() == 1
    assert manifest.sign_due() == 0
    (row,) = EvidenceManifest.objects.all()
    assert signing_keys.verify(row.body.encode(), row.kid, row.signature)
    assert (row.count, row.head) == (3, session.evidence_hash)
    assert custody.first_broken(session) is None


def test_a_chain_written_anew_is_named_by_the_list(
    items: list[EvidenceItem], session: MonitoringSession
) -> None:
    """Who can write the database computes right hashes; the signature is what they cannot make."""
    manifest.sign(session)
    last = items[0].hash
    for item in EvidenceItem.objects.filter(sequence__gt=1).order_by("sequence"):
        item.captured_at += timedelta(minutes=3)
        item.previous_hash = last
        item.hash = last = chains.link_hash(last, payload_of(item))
        item.save()
    MonitoringSession.objects.filter(pk=session.pk).update(evidence_hash=last)
    broken = custody.first_broken(session)
    assert broken is not None and broken.item == items[1]
    assert "has another item in this place" in broken.problem


@pytest.mark.parametrize("change", ["body", "signature", "head", "count"])
def test_an_altered_list_is_named(items: list[EvidenceItem], session: MonitoringSession, change: str) -> None:
    row = manifest.sign(session)
    value = {"body": row.body.replace('"count": 3', '"count": 2'), "count": 2}.get(change)
    flipped = getattr(row, change)
    value = value or ("0" if flipped[0] != "0" else "1") + flipped[1:]
    EvidenceManifest.objects.filter(pk=row.pk).update(**{change: value})
    broken = custody.first_broken(session)
    assert broken is not None and "the manifest signed on" in broken.problem


def test_a_list_holds_after_erasing_and_holds_nothing_said(
    items: list[EvidenceItem], session: MonitoringSession, officer: User
) -> None:
    row = manifest.sign(session)
    assert "seconds" not in row.body
    store.erase_items(items[2:], reason="retention", actor=officer)
    assert custody.first_broken(session) is None


def test_a_package_holds_everything_and_is_whole(case: Case, officer: User) -> None:
    row, files = sealed(case, officer)
    key = next(iter(signing_keys.public_keys().values()))
    body = told(files, __import__("base64").b64decode(key))
    assert (body["case"], body["recipient"], body["erased"]) == (case.pk, "The board", 0)
    assert (row.items, row.erased_items) == (3, 0)
    pictures = [name for name in files if name.startswith("files/")]
    assert len(pictures) == 3 and files["files/0001-camera_frame.jpg"] == frame(RED, seed=1)
    page = files["index.html"].decode()
    assert "<script" not in page and "The board" in page and "files/0002-camera_frame.jpg" in page
    assert "readings.json" not in files
    assert [each["verb"] for each in json.loads(files["custody.json"])]


def test_any_altered_file_of_a_package_is_named(case: Case, officer: User) -> None:
    _, files = sealed(case, officer, with_readings=True)
    for name in files:
        changed = dict(files)
        place = len(files[name]) // 2
        changed[name] = files[name][:place] + bytes([files[name][place] ^ 1]) + files[name][place + 1 :]
        with pytest.raises(verify_package.Broken) as caught:
            told(changed)
        expected = "manifest" if name.startswith("manifest") else name
        assert expected in str(caught.value), name
        with pytest.raises(verify_package.Broken, match="is missing"):
            told({other: data for other, data in files.items() if other != name})
    with pytest.raises(verify_package.Broken, match=r"extra\.jpg was added"):
        told(files | {"extra.jpg": b""})
    with pytest.raises(verify_package.Broken, match="another key"):
        told(files, bytes(32))


def test_the_program_in_the_package_runs_alone(case: Case, officer: User, tmp_path: Path) -> None:
    _, files = sealed(case, officer)
    for name, data in files.items():
        path = tmp_path / "package" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def run() -> tuple[int, str]:
        command = [sys.executable, "-I", str(tmp_path / "package" / "verify.py")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout

    status, said = run()
    assert status == 0 and "Whole:" in said, said
    (tmp_path / "package" / "files" / "0002-camera_frame.jpg").write_bytes(b"another")
    assert run() == (1, "NOT WHOLE: files/0002-camera_frame.jpg was altered.\n")


def test_what_was_erased_is_named_and_not_in_it(case: Case, items: list[EvidenceItem], officer: User) -> None:
    store.erase_items(items[:1], reason="retention", actor=officer)
    row, files = sealed(case, officer)
    assert (row.items, row.erased_items) == (2, 1)
    assert told(files)["erased"] == 1
    assert "files/0001-camera_frame.jpg" not in files and "erased on" in files["index.html"].decode()


def test_what_is_not_whole_is_not_sealed(case: Case, items: list[EvidenceItem], officer: User) -> None:
    EvidenceItem.objects.filter(pk=items[1].pk).update(size=1)
    with pytest.raises(Conflict) as caught:
        package.seal(case, actor=officer, recipient="The board", reason="Hearing")
    assert caught.value.code == "altered"


@pytest.mark.parametrize("who", ["proctor", "reviewer", "candidate", "stranger", "foreign_officer"])
def test_only_the_exam_office_hands_over(request: Any, case: Case, officer: User, who: str) -> None:
    person = request.getfixturevalue(who)
    with pytest.raises(NotAllowed):
        package.seal(case, actor=person, recipient="x", reason="y")
    row, _ = sealed(case, officer)
    with pytest.raises(NotAllowed):
        package.download(row, package.link_to(row, person), actor=person)


def test_for_whom_and_why_are_asked(case: Case, officer: User) -> None:
    for field in ("recipient", "reason"):
        given = {"recipient": "The board", "reason": "Hearing"} | {field: " \x00 "}
        with pytest.raises(InvalidInput) as caught:
            package.seal(case, actor=officer, **given)
        assert caught.value.field == field
    assert not SealedPackage.objects.exists()


def test_links_are_for_one_person_and_some_minutes_and_each_download_is_logged(
    case: Case, officer: User, admin_member: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, _ = sealed(case, officer)
    link = package.link_to(row, officer)
    for used, viewer in ((link, admin_member), (link[:-2] + "xx", officer), ("", officer)):
        with pytest.raises(NotAllowed):
            package.download(row, used, actor=viewer)
    monkeypatch.setattr(package, "LINK_LIFETIME", timedelta(seconds=-1))
    with pytest.raises(NotAllowed) as caught:
        package.download(row, link, actor=officer)
    assert caught.value.code == "link_expired"
    assert AuditEntry.objects.filter(verb="evidence.package_downloaded").count() == 1


def test_a_package_goes_after_its_days_and_with_the_sessions_keys(
    case: Case, officer: User, folder_store: Path
) -> None:
    row, _ = sealed(case, officer)
    assert package.remove_expired() == 0
    SealedPackage.objects.update(expires_at=clock.now())
    assert package.remove_expired() == 1
    assert not list(folder_store.rglob("*.zip"))
    row.refresh_from_db()
    with pytest.raises(NotFound):
        package.download(row, package.link_to(row, officer), actor=officer)


def test_the_history_says_who_saw_what(
    case: Case, items: list[EvidenceItem], officer: User, proctor: User, session: MonitoringSession
) -> None:
    custody.open_for(items[0].pk, custody.make_link(items[0].pk, proctor), proctor)
    sealed(case, officer)
    store.erase_items(items[1:2], reason="retention", actor=officer)
    found = history.history_of(session)
    assert found.is_whole
    said = [(deed.who, deed.what, deed.number) for deed in reversed(found.deeds)]
    assert said == [
        (proctor.name, "looked at", 1),
        (officer.name, "package asked for", None),
        ("", "signed list made", None),
        (officer.name, "package made", None),
        (officer.name, "package downloaded", None),
        (officer.name, "erased", None),
    ]
    one = history.history_of(session, items[0])
    assert [deed.what for deed in one.deeds] == ["erased", "looked at"]


def test_erasing_evidence_takes_its_packages_and_their_key_along(
    case: Case, items: list[EvidenceItem], officer: User, institution: Any, folder_store: Path
) -> None:
    """A package holds the pictures in clear: else what was erased could be downloaded for a week."""
    row, _ = sealed(case, officer)
    (path,) = folder_store.rglob("*.zip")
    copy = path.read_bytes()
    rows = EvidenceItem.objects.filter(pk=items[0].pk)
    erasing = Erasing(institution, officer, "retention", None)
    assert erasers.evidence(rows, erasing) == 1
    assert not path.exists()
    path.write_bytes(copy)  # from a backup of the store
    with pytest.raises(NotFound):
        parts.copy("evidence", row.name, io.BytesIO())
    assert len(erasing.keys) == 1  # the camera's has the second picture still
    assert told(sealed(case, officer)[1])["erased"] == 1


def test_a_package_that_was_overtaken_by_an_erasure_is_not_finished(
    case: Case, items: list[EvidenceItem], officer: User, folder_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_file = package._store

    def erase_meanwhile(*args: Any) -> None:
        store_file(*args)
        store.erase_items(items[:1], reason="retention", actor=officer)

    monkeypatch.setattr(package, "_store", erase_meanwhile)
    row = package.seal(case, actor=officer, recipient="The board", reason="Hearing")
    assert (row.made_at, row.name) == (None, "")
    assert row.job is not None and "was erased while the package was made" in row.job.reason
    assert not list(folder_store.rglob("*.zip"))
