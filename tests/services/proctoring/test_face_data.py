"""Face data at rest: its key can be changed, and it goes with the consent it rests on."""

from io import StringIO
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from exams.models import Attempt
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Unavailable
from proctoring import sessions
from proctoring.analysis import recent, templates
from proctoring.identity import consent, notice
from proctoring.models import Consent, MonitoringSession, ReferenceFace
from tests.capture import RED, FrameFeed, frame

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scoped")]
VECTOR = np.asarray([0.6, 0.8], np.float32)


def keep_face(session: MonitoringSession, sealed: bytes) -> ReferenceFace:
    return ReferenceFace.objects.create(
        institution=session.institution,
        session=session,
        consent=Consent.objects.get(session=session, withdrawn_at=None),
        engine="an engine",
        template=sealed,
        photo_name="nowhere.jpg",
        photo_sha256="0" * 64,
        created_at=clock.now(),
    )


def rotate() -> str:
    said = StringIO()
    call_command("rotate_template_key", stdout=said)
    return said.getvalue()


def test_the_key_is_changed_without_losing_a_template(session: MonitoringSession, settings: Any) -> None:
    settings.TEMPLATE_KEY = "old"
    face = keep_face(session, templates.seal(VECTOR))
    settings.TEMPLATE_KEY, settings.TEMPLATE_KEY_BEFORE = "new", "old"
    assert templates.unseal(face.template) == pytest.approx(VECTOR)  # nothing stops while both are there
    assert rotate().startswith("1 ")
    assert rotate().startswith("0 ")
    settings.TEMPLATE_KEY_BEFORE = ""
    face.refresh_from_db()
    assert templates.unseal(face.template) == pytest.approx(VECTOR)


def test_a_template_that_no_key_reads_is_left_and_said(session: MonitoringSession, settings: Any) -> None:
    settings.TEMPLATE_KEY = "lost"
    face = keep_face(session, templates.seal(VECTOR))
    settings.TEMPLATE_KEY, settings.TEMPLATE_KEY_BEFORE = "new", "old"
    with pytest.raises(CommandError, match="1 of them cannot be read"):
        rotate()
    with pytest.raises(Unavailable):
        templates.unseal(face.template)
    settings.TEMPLATE_KEY = "lost"
    face.refresh_from_db()
    assert templates.unseal(face.template) == pytest.approx(VECTOR)


@pytest.mark.usefixtures("scripted")
@pytest.mark.django_db(transaction=True)
def test_saying_no_later_forgets_the_last_pictures_too(attempt: Attempt) -> None:
    candidate = attempt.enrolment.candidate
    read = notice.for_attempt(attempt).version
    consent.give(attempt, candidate=candidate, notice=read, camera=True, face_comparison=False)
    session = sessions.session_of(attempt)
    assert session is not None
    FrameFeed(session).send(frame(RED))
    assert recent.load(session.pk) != recent.Memory()
    consent.give(attempt, candidate=candidate, notice=read, camera=False, face_comparison=False)
    assert recent.load(session.pk) == recent.Memory()
