"""Photos of candidates in the admin: upload, report, import, look, delete; no page holds a template."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, Institution, User
from accounts.tenancy import within
from proctor_site.kernel import clock
from proctoring.analysis import templates
from proctoring.identity import officer_photos
from proctoring.models import Consent, MonitoringSession, OfficerPhoto, PhotoUpload, ReferenceFace
from tests.capture import RED, frame, scripted  # noqa: F401

pytestmark = pytest.mark.usefixtures("scripted", "folder_store")
Browser = Callable[..., Client]


def upload(client: Client, name: str) -> Any:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, frame(RED))
    body = {"file": SimpleUploadedFile("photos <b>.zip", packed.getvalue())}
    return client.post(reverse("admin:proctoring_photoupload_add"), body)


def test_upload_report_import_look_delete(
    institution: Institution, officer: User, candidate: User, browser_of: Browser
) -> None:
    client = browser_of(officer)
    answer = upload(client, f"{candidate.email}.jpg")
    with within(institution):
        found = PhotoUpload.objects.get()
    report = reverse("admin:proctoring_photoupload_change", args=[found.pk])
    assert (answer.status_code, answer["Location"]) == (302, report)
    page = client.get(report).content.decode()
    assert "What would become of the rows" in page and "Import 1 photo<" in page and "<b>.zip" not in page
    page = client.post(
        reverse("admin:proctoring_photoupload_confirm", args=[found.pk]), follow=True
    ).content.decode()
    assert "1 candidate got a photo" in page
    with within(institution):
        photo = OfficerPhoto.objects.get()
    page = client.get(reverse("admin:proctoring_officerphoto_change", args=[photo.pk])).content.decode()
    assert "no template is made before the candidate agrees" in page
    picture = client.get(reverse("admin:proctoring_officerphoto_picture", args=[photo.pk]))
    assert (picture.content, picture["Content-Type"]) == (frame(RED), "image/jpeg")
    assert "no-store" in picture["Cache-Control"]
    with within(institution):
        assert AuditEntry.objects.filter(verb="officer_photo.viewed", actor=officer).count() == 1
    delete = reverse("admin:proctoring_officerphoto_delete", args=[photo.pk])
    assert "Say why the photo is deleted." in client.post(delete, {"reason": ""}).content.decode()
    assert client.post(delete, {"reason": "Left the course"}).status_code == 302
    with within(institution):
        assert not OfficerPhoto.objects.exists()


def test_a_file_that_is_no_zip_is_refused_in_the_form(officer: User, browser_of: Browser) -> None:
    body = {"file": SimpleUploadedFile("photos.zip", b"not a zip")}
    page = browser_of(officer).post(reverse("admin:proctoring_photoupload_add"), body).content.decode()
    assert "This is no whole zip file" in page


def test_no_page_and_no_file_holds_a_template(
    institution: Institution,
    officer: User,
    candidate: User,
    session: MonitoringSession,
    browser_of: Browser,
) -> None:
    """Whatever the office may open about a candidate: neither a template nor where a photo lies."""
    client = browser_of(officer)
    with within(institution):
        photo = officer_photos.keep(
            candidate, institution=institution, name="secret-place.picture", sha256="5" * 64, actor=officer
        )
        sealed = templates.seal(np.asarray([0.6, 0.8], np.float32))
        face = ReferenceFace.objects.create(
            institution=institution,
            session=session,
            view="officer",
            officer_photo=photo,
            likeness="alike",
            consent=Consent.objects.get(session=session),
            engine="an engine",
            template=sealed,
            photo_name="secret-place.picture",
            photo_sha256="5" * 64,
            created_at=clock.now(),
        )
        consent = Consent.objects.get(session=session)
    pages = [
        f"/admin/proctoring/{model}/{tail}"
        for model, row in (("officerphoto", photo), ("monitoringsession", session), ("consent", consent))
        for tail in ("", f"{row.pk}/change/", f"{row.pk}/history/", "?q=secret-place")
    ]
    pages += ["/admin/accounts/auditentry/", f"/admin/proctoring/officerphoto/{photo.pk}/delete/"]
    for address in pages:
        answer = client.get(address)
        assert answer.status_code in (200, 302, 403), address
        for secret in (sealed, b"secret-place.picture", b"5" * 64):
            assert secret not in answer.content.replace(b'value="secret-place', b""), address
    assert client.get(f"/admin/proctoring/referenceface/{face.pk}/change/").status_code == 404
