"""A look only at check-in: after consent, judged as a photo would be, and nothing stays."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache

from accounts.tenancy import within
from exams import states
from exams.models import Attempt
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, Overloaded
from proctoring.analysis import pool
from proctoring.identity import consent, look, notice
from proctoring.models import Consent, MonitoringSession, Policy
from tests.capture import BLUE, RED, black_frame, frame

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scripted")]


@pytest.fixture
def in_scope(institution: Any) -> Iterator[None]:
    with within(institution):
        yield


@pytest.fixture
def unasked(in_scope: None, attempt: Attempt, session: MonitoringSession) -> MonitoringSession:
    """A session in check-in, before the candidate has chosen."""
    Consent.objects.all().delete()
    Attempt._base_manager.filter(pk=attempt.pk).update(state=states.CHECKING_IN)
    return MonitoringSession.objects.select_related("attempt", "institution").get(pk=session.pk)


def agree(session: MonitoringSession, *, camera: bool = True) -> None:
    attempt = session.attempt
    assert attempt is not None
    version = notice.for_attempt(attempt).version
    person = attempt.enrolment.candidate
    consent.give(attempt, candidate=person, notice=version, camera=camera, face_comparison=False)


@pytest.fixture
def agreed(unasked: MonitoringSession) -> MonitoringSession:
    agree(unasked)
    return unasked


def rows() -> Counter[str]:
    return Counter({each.__name__: each._base_manager.count() for each in apps.get_models()})


def test_what_the_camera_needs_is_told_in_words(agreed: MonitoringSession, monkeypatch: Any) -> None:
    good = look.take(agreed, frame(RED))
    assert (good.looked, good.problems, good.width, good.height) == (True, (), 640, 480)
    assert good.face is not None
    monkeypatch.setattr(look, "LEAST_APART_S", 0)
    two = look.take(agreed, frame(RED, BLUE))
    assert [code for code, _ in two.problems] == ["several_faces"]
    assert "be alone" in two.problems[0][1]
    covered = look.take(agreed, black_frame())
    assert ([code for code, _ in covered.problems], covered.face) == (["camera_covered"], None)
    assert good.next_after_ms > two.next_after_ms  # what is well is asked less often


def test_nothing_of_the_picture_stays(
    agreed: MonitoringSession, settings: Any, tmp_path: Path, monkeypatch: Any, caplog: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    kept: list[object] = []
    real = cache.set
    monkeypatch.setattr(cache, "set", lambda key, value, *rest: (kept.append(value), real(key, value, *rest)))
    pool.start()  # says so in the log
    caplog.clear()
    before = rows()

    with caplog.at_level("DEBUG", logger="proctoring"):
        assert look.take(agreed, frame(RED)).looked

    assert rows() == before
    assert list(tmp_path.rglob("*")) == []
    assert [type(each) for each in kept] == [float]  # the moment alone
    assert caplog.records == []


def test_no_template_is_made(agreed: MonitoringSession) -> None:
    assert pool.look(frame(RED)).vector is None
    assert pool.enrol(frame(RED)).vector is not None


def test_only_after_consent_to_the_camera_and_during_check_in(unasked: MonitoringSession) -> None:
    def refusal() -> str:
        with pytest.raises(Conflict) as caught:
            look.take(unasked, frame(RED))
        return caught.value.code

    assert refusal() == "consent_missing"
    agree(unasked, camera=False)
    assert refusal() == "consent_missing"
    agree(unasked)
    assert look.take(unasked, frame(RED)).looked
    attempt = unasked.attempt
    assert attempt is not None
    consent.withdraw(attempt, candidate=attempt.enrolment.candidate)
    assert refusal() == "consent_missing"
    agree(unasked)
    Policy.objects.create(institution=attempt.institution, name="Other", is_default=True, phone="off")
    assert refusal() == "notice_outdated"
    attempt.state = states.IN_PROGRESS
    assert refusal() == "not_checking_in"


def test_too_soon_or_busy_says_nothing_wrong(agreed: MonitoringSession, monkeypatch: Any) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    assert look.take(agreed, frame(RED)).looked
    soon = look.take(agreed, black_frame())
    assert (soon.looked, soon.problems, soon.face) == (False, (), None)

    monkeypatch.setattr(clock, "now", lambda: now + timedelta(seconds=look.LEAST_APART_S))

    def shed(image: bytes) -> None:
        raise Overloaded("Every analyser is busy.")

    monkeypatch.setattr(pool, "look", shed)
    busy = look.take(agreed, black_frame())
    assert (busy.looked, busy.problems) == (False, ())
    assert busy.next_after_ms > soon.next_after_ms


def test_what_is_no_picture_is_refused(agreed: MonitoringSession) -> None:
    with pytest.raises(InvalidInput) as caught:
        look.take(agreed, b"no picture")
    assert (caught.value.code, caught.value.field) == ("not_an_image", "frame")
