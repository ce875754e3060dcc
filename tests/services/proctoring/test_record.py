"""What a candidate reads about the own data: what is kept until when, and what became of a consent."""

from datetime import timedelta

import pytest

from accounts.models import Institution, User
from exams import states as exam_states
from proctor_site.kernel import clock
from proctoring import states
from proctoring.models import Consent, DocumentCheck, MonitoringSession, OfficerPhoto, ReferenceFace
from proctoring.models.identity import View
from proctoring.rights import periods, record, retention
from proctoring.rights.kinds import KINDS
from proctoring.rights.retention import Keeping
from tests.capture import give_consent
from tests.factories.cases import make_case
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.proctoring import make_incident, make_session
from tests.factories.talk import make_message
from tests.watched_sitting import keep_pictures

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scoped")]


@pytest.fixture
def session(institution: Institution, candidate: User) -> MonitoringSession:
    """Over for five days, with two pictures of an incident and a message."""
    at = clock.now() - timedelta(days=5)
    sitting = make_sitting(make_exam(institution))
    attempt = make_attempt(enrol(sitting, candidate), state=exam_states.SUBMITTED, ended_at=at)
    session = make_session(attempt, state=states.SESSION_ENDED, ended_at=at)
    keep_pictures(make_incident(session), 2)
    make_message(attempt, candidate)
    return session


def kept(session: MonitoringSession) -> dict[str, tuple[int, Keeping]]:
    return {each.code: (each.count, each.keeping) for each in record.kept_of(session)}


def test_each_kind_is_told_with_its_day(
    institution: Institution, session: MonitoringSession, officer: User
) -> None:
    periods.change(institution, "messages", actor=officer, days="30", reason="Our own rule.")
    ended = session.ended_at
    assert ended is not None
    assert kept(session) == {
        "camera_frame": (2, Keeping(180, ended + timedelta(days=180))),
        "messages": (1, Keeping(30, ended + timedelta(days=30))),
    }


def test_the_days_are_those_on_which_the_night_deletes(session: MonitoringSession) -> None:
    for code, keeping in retention.keeping_of(session).items():
        if KINDS[code].has_spans:
            assert keeping.until == retention.keep_until(session, code), code


def test_while_a_case_is_open_no_day_is_promised(session: MonitoringSession) -> None:
    make_case(session, state=states.CASE_SECOND_READ)
    assert kept(session)["camera_frame"] == (2, Keeping(180, None, is_held=True))


def test_photos_with_a_day_of_their_own_are_told_with_it(
    institution: Institution, session: MonitoringSession, candidate: User, officer: User
) -> None:
    now = clock.now()
    soon = now + timedelta(days=3)
    own = {"institution": institution, "session": session}
    DocumentCheck.objects.create(**own, answer="alike", photo_name="document", created_at=now, delete_at=soon)
    photo = OfficerPhoto.objects.create(
        institution=institution, candidate=candidate, photo_name="o", photo_sha256="0" * 64, kept_at=now,
        kept_by=officer,
    )  # fmt: skip
    found = kept(session)
    assert found["document_photo"][1].until == soon
    assert "officer_photo" not in found, "it was not compared with this session"
    consent = give_consent(session)
    ReferenceFace.objects.create(
        **own, consent=consent, view=View.OFFICER, officer_photo=photo, template=b"x", created_at=now
    )
    assert kept(session)["officer_photo"] == (1, Keeping(730, now + timedelta(days=730)))


def test_what_was_taken_back_is_told(session: MonitoringSession) -> None:
    first = give_consent(session)
    Consent.objects.filter(pk=first.pk).update(microphone=True, withdrawn_at=clock.now())
    second = give_consent(session)
    first.refresh_from_db()
    ending = record.ending_of(first, second)
    assert ending is not None
    assert (ending.at, ending.chosen_anew, ending.gone) == (
        first.withdrawn_at,
        second.given_at,
        ["Microphone"],
    )
    assert record.ending_of(second, None) is None
    second.withdrawn_at = clock.now()
    last = record.ending_of(second, None)
    assert last is not None and last.chosen_anew is None and "Camera" in last.gone
