"""Officers' photos: uploads tried out and imported, compared at check-in under consent, and deleted."""

import io
import zipfile
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages

from accounts import states
from accounts.models import AuditEntry, Institution, Job, Membership, User
from accounts.tenancy import within
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, Overloaded, TooLarge
from proctoring.analysis import pool
from proctoring.identity import (
    officer_photos,
    photo_uploads,
)
from proctoring.identity.photo_verdicts import Outcome, problem_of
from proctoring.models import (
    OfficerPhoto,
    PhotoUpload,
)
from tests.capture import BLUE, RED, frame
from tests.factories.exams import enrol

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("scripted", "scoped", "folder_store"),
]
ANA, BEN = frame(RED), frame(BLUE)


def zipped(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def upload(institution: Institution, officer: User, files: Mapping[str, bytes], **more: Any) -> PhotoUpload:
    data = zipped(files)
    return photo_uploads.receive(institution, file_name="photos.zip", data=data, actor=officer, **more)


def outcomes(found: PhotoUpload) -> list[tuple[str, str]]:
    return [(row["outcome"], row["words"]) for row in found.rows]


def stored() -> int:
    """How many files the identity store holds."""
    return sum(path.is_file() for path in Path(storages["identity"].location).rglob("*"))


@pytest.fixture
def photo(institution: Institution, officer: User, candidate: User) -> OfficerPhoto:
    found = upload(institution, officer, {f"{candidate.email}.jpg": ANA})
    photo_uploads.ask(found, actor=officer)
    return OfficerPhoto.objects.get()


def test_an_upload_is_tried_out_row_by_row_then_imported(
    institution: Institution, officer: User, candidate: User, second_candidate: User
) -> None:
    table = (
        "e-mail,file\n"
        f"{candidate.email},ana.jpg\n{second_candidate.email},two.jpg\nnobody@example.org,ben.jpg\n"
        f"{officer.email},dark.jpg\n"
    )
    files = {"list.csv": table.encode(), "ana.jpg": ANA, "two.jpg": frame(RED, BLUE), "ben.jpg": BEN}
    found = upload(institution, officer, files | {"dark.jpg": ANA, "readme.txt": b"Hello"})
    assert outcomes(found) == [
        ("new", ""),
        ("refused", "There is more than one face."),
        ("refused", f"There is no candidate with this address in {institution.name}."),
        ("refused", f"There is no candidate with this address in {institution.name}."),
    ]
    assert found.unnamed_files == ["readme.txt"]
    assert (OfficerPhoto.objects.count(), stored()) == (0, 0)
    found = photo_uploads.ask(found, actor=officer)
    assert found.imported_at is not None and found.stored_name == ""
    kept = OfficerPhoto.objects.get()
    assert (kept.candidate, kept.kept_by) == (candidate, officer)
    assert officer_photos.look_at(kept, viewer=officer) == ANA
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {"officer_photo.kept", "officer_photo.viewed", "photoupload.imported"} <= verbs
    photo_uploads.ask(found, actor=officer)
    assert (OfficerPhoto.objects.count(), stored()) == (1, 1)


def test_a_second_upload_replaces_or_leaves_alone(
    institution: Institution, officer: User, candidate: User, photo: OfficerPhoto
) -> None:
    again = upload(institution, officer, {f"{candidate.email}.jpg": ANA})
    assert outcomes(again) == [("same", "")]
    other = photo_uploads.ask(upload(institution, officer, {f"{candidate.email}.jpg": BEN}), actor=officer)
    assert outcomes(other) == [("replaced", "")]
    assert officer_photos.look_at(OfficerPhoto.objects.get(), viewer=officer) == BEN
    assert stored() == 1


def test_two_people_cannot_share_a_picture_and_a_sitting_takes_only_its_own(
    institution: Institution, officer: User, candidate: User, second_candidate: User, sitting: Any
) -> None:
    enrol(sitting, candidate)
    files = {f"{candidate.email}.jpg": ANA, f"{second_candidate.email}.jpg": ANA}
    refused = sorted(outcomes(upload(institution, officer, files)))
    assert refused[0] == ("new", "") and "the very same picture" in refused[1][1]
    files = {f"{candidate.email}.jpg": ANA, f"{second_candidate.email}.jpg": BEN}
    found = upload(institution, officer, files, sitting=sitting)
    assert photo_uploads.counts_of(found)[Outcome.NEW] == 1
    assert photo_uploads.counts_of(found)[Outcome.REFUSED] == 1


def test_nobody_of_another_institution_gets_a_photo(
    institution: Institution, officer: User, foreign_candidate: User
) -> None:
    [(outcome, words)] = outcomes(upload(institution, officer, {f"{foreign_candidate.email}.jpg": ANA}))
    assert outcome == "refused" and "no candidate with this address" in words


def test_rows_may_name_candidates_by_number_but_never_those_of_another_institution(
    institution: Institution,
    other_institution: Institution,
    officer: User,
    candidate: User,
    second_candidate: User,
    foreign_candidate: User,
) -> None:
    Membership.objects.filter(user=candidate).update(external_id="S-1")
    Membership.objects.filter(user=second_candidate).update(external_id="S-2")
    with within(other_institution):
        Membership.objects.filter(user=foreign_candidate).update(external_id="F-1")
    rows = [
        *("s-1,,ana.jpg", f"S-2,{candidate.email},ben.jpg", f",{candidate.email},ben.jpg", "F-1,,ben.jpg"),
        f"F-1,{foreign_candidate.email},ben.jpg",
    ]
    pictures = {"ana.jpg": ANA, "ben.jpg": BEN}
    told = [
        outcomes(
            upload(institution, officer, pictures, table=f"student id,mail,photo\n{rows[0]}\n{row}".encode())
        )
        for row in rows[1:]
    ]
    assert {each[0] for each in told} == {("new", "")}
    missing = f"There is no candidate with this {{}} in {institution.name}."
    assert [each[1] for each in told] == [
        ("refused", "The address and the candidate number belong to two different people."),
        ("refused", "Row 2 has a photo for this candidate already."),
        ("refused", missing.format("number")),
        ("refused", missing.format("address")),
    ]
    found = photo_uploads.ask(upload(institution, officer, {"S-2.jpg": BEN}), actor=officer)
    assert outcomes(found) == [("new", "")]
    assert OfficerPhoto.objects.get().candidate == second_candidate
    Membership.objects.filter(user=second_candidate).update(external_id="")
    Membership.objects.filter(user=candidate).update(external_id="S-2")
    again = photo_uploads.ask(upload(institution, officer, {"S-2.jpg": ANA}), actor=officer)
    assert OfficerPhoto.objects.get(candidate=candidate) and outcomes(again) == [("new", "")]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"no zip at all", "no whole zip"),
        (zipped({"../../etc/passwd": b"x"}), "points out of it"),
        (zipped({"bomb.jpg": b"\0" * 30_000_000}), "made to do harm"),
    ],
    ids=["no zip", "path", "bomb"],
)
def test_a_hostile_zip_is_refused_at_once(
    institution: Institution, officer: User, data: bytes, said: str
) -> None:
    with pytest.raises(InvalidInput, match=said) as caught:
        photo_uploads.receive(institution, file_name="x.zip", data=data, actor=officer)
    assert caught.value.field == "file"
    assert not PhotoUpload.objects.exists() and not Job.objects.exists()


def test_a_link_and_a_zip_in_the_zip_are_refused(
    institution: Institution, officer: User, candidate: User
) -> None:
    link = zipfile.ZipInfo("link.jpg")
    link.external_attr = 0o120777 << 16
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(InvalidInput, match="a link or a device"):
        photo_uploads.receive(institution, file_name="x.zip", data=packed.getvalue(), actor=officer)
    nested = upload(institution, officer, {f"{candidate.email}.jpg": zipped({"a.jpg": ANA})})
    [(outcome, words)] = outcomes(nested)
    assert outcome == "refused" and "not a JPEG, PNG or WebP" in words


def test_a_table_beside_the_zip_is_refused_by_its_own_name(institution: Institution, officer: User) -> None:
    with pytest.raises(InvalidInput) as caught:
        upload(institution, officer, {"a.jpg": ANA}, table=b"name\nAna\n")
    assert caught.value.field == "table"


def test_too_large_a_zip_is_refused(
    institution: Institution, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photo_uploads, "MOST_BYTES", 10)
    with pytest.raises(TooLarge):
        upload(institution, officer, {"a.jpg": ANA})


def test_a_zip_without_rows_ends_its_job_and_is_deleted(institution: Institution, officer: User) -> None:
    found = upload(institution, officer, {"list.csv": b"name\nAna\n"})
    assert found.job is not None and found.job.state == states.FAILED
    assert "must name a column" in found.job.reason
    assert found.stored_name == "" and not list(storages["imports"].listdir(f"{institution.pk}")[1])
    with pytest.raises(Conflict, match="not looked at"):
        photo_uploads.ask(found, actor=officer)


def test_an_import_that_is_stopped_leaves_whole_portions_and_goes_on(
    institution: Institution,
    officer: User,
    candidate: User,
    second_candidate: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(photo_uploads, "AT_ONCE", 1)
    files = {f"{candidate.email}.jpg": ANA, f"{second_candidate.email}.jpg": BEN}
    found = upload(institution, officer, files)
    real, calls = officer_photos.keep, []

    def fails_second(*given: Any, **more: Any) -> OfficerPhoto:
        calls.append(1)
        if len(calls) == 2:
            raise ZeroDivisionError
        return real(*given, **more)

    monkeypatch.setattr(officer_photos, "keep", fails_second)
    found = photo_uploads.ask(found, actor=officer)
    assert found.job is not None and (found.job.state, found.job.tries) == (states.DONE, 2)
    assert found.imported_at is not None
    assert (OfficerPhoto.objects.count(), stored()) == (2, 2)  # the failed try left no file behind
    assert AuditEntry.objects.filter(verb="officer_photo.kept").count() == 2
    with pytest.raises(Conflict, match="has begun"):
        photo_uploads.drop(found, actor=officer)


def test_who_has_left_between_dry_run_and_import_gets_no_photo(
    institution: Institution, officer: User, candidate: User
) -> None:
    found = upload(institution, officer, {f"{candidate.email}.jpg": ANA})
    candidate.memberships.update(ended_at=clock.now())
    found = photo_uploads.ask(found, actor=officer)
    assert outcomes(found) == [("refused", "This candidate is no longer here.")]
    assert not OfficerPhoto.objects.exists()


def test_a_dry_run_makes_no_template_and_waits_for_free_analysers(monkeypatch: pytest.MonkeyPatch) -> None:
    assert pool.enrol(ANA, with_template=False).vector is None
    assert problem_of(ANA) == ""

    def busy(*given: Any, **more: Any) -> None:
        raise Overloaded("busy")

    monkeypatch.setattr(pool, "enrol", busy)
    with pytest.raises(TimeoutError):
        problem_of(ANA)


def test_what_nobody_uses_is_cleared(
    institution: Institution, officer: User, candidate: User, photo: OfficerPhoto
) -> None:
    waiting = upload(institution, officer, {f"{candidate.email}.jpg": BEN})
    assert (photo_uploads.clear_unused(), officer_photos.clear_unused()) == (0, 0)
    with clock.at(clock.now() + photo_uploads.KEPT_UNUSED_FOR + timedelta(minutes=1)):
        assert (photo_uploads.clear_unused(), officer_photos.clear_unused()) == (1, 0)
    waiting.refresh_from_db()
    assert waiting.dropped_at is not None and waiting.stored_name == ""
    with clock.at(clock.now() + timedelta(days=91)):
        assert officer_photos.clear_unused() == 1
    assert not OfficerPhoto.objects.exists() and stored() == 0
    assert AuditEntry.objects.filter(verb="officer_photo.deleted").count() == 1
