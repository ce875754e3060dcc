"""What candidates were asked to show, in review and face data: words, logged links, rights, deletion."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import storages
from django.test import Client

from accounts.models import AuditEntry, Institution, User
from accounts.roles import Role
from accounts.tenancy import within
from exams import states
from exams.models import Attempt
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Unavailable
from proctoring.evidence import store as evidence
from proctoring.evidence.exhibits import Picture
from proctoring.identity import store
from proctoring.models import Incident, MonitoringSession, Showing
from proctoring.models.evidence import EvidenceKind
from tests.capture import RED, frame
from tests.factories.accounts import make_member

Browser = Callable[..., Client]
PHOTO = frame(RED)


def asked(session: MonitoringSession, proctor: User, what: str, **more: Any) -> Showing:
    now = clock.now()
    return Showing.objects.create(
        institution=session.institution,
        session=session,
        what=what,
        state="done",
        asked_by=proctor,
        reason="A check for <everybody>.",
        asked_at=now,
        expires_at=now,
        ended_at=now,
        **more,
    )


@pytest.fixture
def desk(session: MonitoringSession, proctor: User, folder_store: Any) -> Showing:
    """A desk that was shown in one picture."""
    with within(session.institution):
        made = asked(session, proctor, "desk")
        about = {"step": "desk", "what": "desk"}
        evidence.keep(made, [Picture(0, clock.now(), PHOTO, EvidenceKind.SHOWN, about)])
    evidence.flush()
    return made


@pytest.fixture
def face(session: MonitoringSession, proctor: User, folder_store: Any) -> Showing:
    """A photo of the face that was asked for."""
    with within(session.institution):
        name = store.save(session, PHOTO, ending="jpg")
        digest = hashlib.sha256(PHOTO).hexdigest()
        return asked(session, proctor, "face", photo_name=name, photo_sha256=digest, answer="unlike")


def links_in(page: str, part: str) -> list[str]:
    return [each.replace("&amp;", "&") for each in page.split('"') if part in each]


def test_reviewers_see_it_beside_an_incident_and_in_the_session(
    desk: Showing, face: Showing, incident: Incident, reviewer: User, browser_of: Browser
) -> None:
    client = browser_of(reviewer)
    page = client.get(f"/admin/proctoring/incident/{incident.pk}/change/").content.decode()
    assert 'alt="On the desk, shown by Carla Candidate at ' in page
    assert "A check for &lt;everybody&gt;." in page
    assert "the program finds it unlike the photo of check-in; an indication only" in page
    assert "/photo/" not in page  # of the face: for the exam office and data protection
    of_session = client.get(f"/admin/proctoring/monitoringsession/{incident.session_id}/change/")
    for text in (page, of_session.content.decode()):
        picture = client.get(links_in(text, "/evidence/")[-1])
        assert (picture.status_code, picture["Content-Type"]) == (200, "image/jpeg")
    with within(incident.institution):
        assert AuditEntry.objects.filter(verb="evidence.viewed", actor=reviewer).count() == 2


def test_who_may_not_see_evidence_gets_no_address_of_it(
    desk: Showing, incident: Incident, institution: Institution, browser_of: Browser
) -> None:
    keeper = browser_of(make_member(institution, Role.DATA_PROTECTION_OFFICER))
    for path in (f"incident/{incident.pk}", f"monitoringsession/{incident.session_id}"):
        answer = keeper.get(f"/admin/proctoring/{path}/change/")
        assert answer.status_code == 200
        assert not links_in(answer.content.decode(), "/evidence/")


def test_photos_of_the_face_are_kept_face_data_looked_at_and_deleted_as_such(
    face: Showing,
    attempt: Attempt,
    institution: Institution,
    officer: User,
    browser_of: Browser,
    django_capture_on_commit_callbacks: Any,
) -> None:
    keeper = browser_of(make_member(institution, Role.DATA_PROTECTION_OFFICER))
    base = f"/admin/proctoring/keptfacedata/{face.session_id}"
    page = keeper.get(f"{base}/change/").content.decode()  # nothing else is kept of this face
    address = links_in(page, "&amp;showing=")[0]
    assert keeper.get(address).content == PHOTO
    office = browser_of(officer)
    assert office.get(address).status_code == 403  # another viewer's link
    for number in (str(face.pk + 1), "x", "9" * 30):
        assert keeper.get(address.split("showing=")[0] + f"showing={number}").status_code == 404
    with within(institution):
        assert AuditEntry.objects.filter(verb="showing.photo_viewed").count() == 1
        Attempt.objects.filter(pk=attempt.pk).update(state=states.SUBMITTED)
    with django_capture_on_commit_callbacks(execute=True):
        assert office.post(f"{base}/delete/", {"reason": "Asked for erasure"}).status_code == 302
    with within(institution):
        assert Showing.objects.get().photo_name == ""
        entry = AuditEntry.objects.get(verb="session.face_data_deleted")
        assert entry.detail["later_photos"] == 1
    with pytest.raises(Unavailable):  # the file is gone
        store.read(face.photo_name)
    assert not storages["identity"].exists(face.photo_name)
