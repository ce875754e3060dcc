"""What is kept of a candidate's face, in the admin: counts, dates and words; a logged link; deletion."""

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, Institution, User
from accounts.roles import Role
from accounts.tenancy import within
from exams import states
from exams.models import Attempt
from proctor_site.kernel import clock
from proctoring.analysis import templates
from proctoring.identity import store
from proctoring.models import Consent, HeadBaseline, MonitoringSession, ReferenceFace
from proctoring.observations import Head
from proctoring.vision.baseline import Baseline, LearntFrom
from tests.capture import RED, frame
from tests.factories.accounts import make_member
from tests.watched_sitting import verbs_of

Browser = Callable[..., Client]
PHOTO = frame(RED)
LIST = "/admin/proctoring/keptfacedata/"


@pytest.fixture
def kept(institution: Institution, session: MonitoringSession, folder_store: Any) -> MonitoringSession:
    """A session with a check-in photo, its template and a baseline."""
    with within(institution):
        consent = Consent.objects.get(session=session)
        own = {"institution": institution, "session": session, "consent": consent, "created_at": clock.now()}
        ReferenceFace.objects.create(
            engine="an engine",
            template=templates.seal(np.asarray([0.6, 0.8], np.float32)),
            photo_name=store.save(session, PHOTO, ending="jpg"),
            photo_sha256=hashlib.sha256(PHOTO).hexdigest(),
            **own,
        )
        usual = Head(-6.2, 4.0, 0.1, 0.54, 0.1, 0.02, 0.9)
        learnt = Baseline(usual, 3.2, 15, LearntFrom.CHECK_IN)
        HeadBaseline.objects.create(numbers=learnt.to_json(), **own)
    return session


def test_list_and_logged_link_for_one_viewer(
    institution: Institution,
    kept: MonitoringSession,
    officer: User,
    reviewer: User,
    candidate: User,
    browser_of: Browser,
) -> None:
    keeper = browser_of(make_member(institution, Role.DATA_PROTECTION_OFFICER))
    assert candidate.email in keeper.get(LIST, {"q": candidate.name}).content.decode()
    page = keeper.get(reverse("admin:proctoring_keptfacedata_change", args=[kept.pk])).content.decode()
    assert "turned to the right of the picture" in page and "From 15 looks at check-in" in page
    assert "One of the photo of check-in" in page
    address = next(part for part in page.split('"') if "/picture/?link=" in part)
    picture = keeper.get(address)
    assert (picture.content, picture["Content-Type"]) == (PHOTO, "image/jpeg")
    assert "no-store" in picture["Cache-Control"]
    assert verbs_of(institution, f"monitoringsession:{kept.pk}")[-1] == "session.reference_viewed"
    history = keeper.get(reverse("admin:proctoring_keptfacedata_history", args=[kept.pk])).content.decode()
    assert "session.reference_viewed" in history
    office = browser_of(officer)
    assert office.get(address).status_code == 403  # another viewer's link
    assert office.get(address.split("?")[0]).status_code == 403
    assert "turned to the right" in office.get(f"{LIST}{kept.pk}/change/").content.decode()
    assert browser_of(reviewer).get(address).status_code == 403


def test_deletion_waits_for_the_end_and_needs_a_reason(
    institution: Institution, attempt: Attempt, kept: MonitoringSession, officer: User, browser_of: Browser
) -> None:
    office, delete = browser_of(officer), reverse("admin:proctoring_keptfacedata_delete", args=[kept.pk])
    with within(institution):
        photo_name = ReferenceFace.objects.get().photo_name
    assert "The exam is not over" in office.post(delete, {"reason": "Asked"}).content.decode()
    with within(institution):
        Attempt.objects.filter(pk=attempt.pk).update(state=states.TERMINATED)
    assert "Say why the face data is deleted." in office.post(delete, {"reason": " "}).content.decode()
    with within(institution):
        assert ReferenceFace.objects.exists() and store.read(photo_name) == PHOTO
    assert office.post(delete, {"reason": "Asked for erasure"}).status_code == 302
    with within(institution):
        assert not ReferenceFace.objects.exists() and not HeadBaseline.objects.exists()
        entry = AuditEntry.objects.get(verb="session.face_data_deleted")
        assert entry.detail == {"reason": "Asked for erasure", "views": 1, "baseline": True}
        assert entry.actor == officer
    assert office.get(f"{LIST}{kept.pk}/change/").status_code == 404
