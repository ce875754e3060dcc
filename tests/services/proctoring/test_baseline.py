"""How a candidate usually sits: learnt at check-in or in the first half minute, and gone with the consent."""

from datetime import timedelta
from typing import Any

import cv2
import numpy as np
import pytest

from exams import states
from exams.models import Attempt
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput
from proctoring.analysis import context, recent
from proctoring.identity import baseline, consent
from proctoring.models import Consent, HeadBaseline, Incident, MonitoringSession, Policy
from proctoring.observations import ObservationKind
from proctoring.vision.baseline import Baseline
from tests.capture import RED, FrameFeed, frame, give_consent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scripted", "in_scope")]


@pytest.fixture
def in_scope(institution: Any) -> Any:
    from accounts.tenancy import within

    with within(institution):
        yield


def head(turn: float = 0.0) -> bytes:
    """A painted person whose head is turned: `turn` 1 is 60 degrees to the right of the picture."""
    picture = cv2.imdecode(np.frombuffer(frame(RED), np.uint8), cv2.IMREAD_COLOR)
    nose = 160 + round(80 * turn)
    cv2.rectangle(picture, (nose - 8, 214), (nose + 8, 236), (0, 0, 0), -1)
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()


def in_state(attempt: Attempt, state: str) -> None:
    Attempt._base_manager.filter(pk=attempt.pk).update(state=state)
    attempt.refresh_from_db()


@pytest.fixture
def checking_in(attempt: Attempt, session: MonitoringSession) -> MonitoringSession:
    in_state(attempt, states.CHECKING_IN)
    session.refresh_from_db()
    return MonitoringSession.objects.select_related("attempt", "institution").get(pk=session.pk)


def learnt(session: MonitoringSession) -> Baseline | None:
    row = HeadBaseline.objects.filter(session=session).first()
    return Baseline.from_json(row.numbers) if row else None


def test_calm_looks_at_check_in_become_the_baseline(checking_in: MonitoringSession) -> None:
    picture = head(-0.3)
    for number in range(1, baseline.WANTED):
        progress = baseline.take_look(checking_in, picture)
        assert (progress.looks, progress.done) == (number, False)
    assert learnt(checking_in) is None
    assert baseline.take_look(checking_in, picture).done
    found = learnt(checking_in)
    assert found is not None
    assert found.usual.yaw == pytest.approx(18, abs=3)
    assert (found.learnt_from, found.looks) == ("check_in", baseline.WANTED)
    assert context.of(checking_in).baseline == found
    assert baseline.take_look(checking_in, picture).done  # again: nothing more is needed


def test_what_is_not_calm_does_not_count_and_is_said(checking_in: MonitoringSession) -> None:
    far = baseline.take_look(checking_in, head(0.8))
    assert (far.looks, far.text) == (0, baseline._NOT_CALM)
    nobody = baseline.take_look(checking_in, frame())
    assert nobody.looks == 0 and "cannot see your face" in nobody.text


def test_a_restless_head_is_asked_to_sit_still_and_may_go_on(checking_in: MonitoringSession) -> None:
    pictures = [head(-0.4), head(0.4)]
    for number in range(baseline.WANTED + 3):
        progress = baseline.take_look(checking_in, pictures[number % 2])
    assert not progress.done and "sit still" in progress.text
    assert progress.looks < progress.wanted
    assert learnt(checking_in) is None


def test_no_look_without_consent_outside_check_in_or_at_what_is_no_picture(
    checking_in: MonitoringSession, attempt: Attempt
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        baseline.take_look(checking_in, b"no picture at all")
    assert refusal.value.field == "frame"
    Consent.objects.update(withdrawn_at=clock.now())
    with pytest.raises(Conflict) as conflict:
        baseline.take_look(checking_in, head())
    assert conflict.value.code == "consent_missing"
    in_state(attempt, states.IN_PROGRESS)
    checking_in.attempt = attempt
    with pytest.raises(Conflict) as conflict:
        baseline.take_look(checking_in, head())
    assert conflict.value.code == "not_checking_in"


def test_withdrawing_the_consent_deletes_the_baseline_and_what_it_was_learnt_from(
    checking_in: MonitoringSession, attempt: Attempt
) -> None:
    for _ in range(baseline.WANTED - 1):
        baseline.take_look(checking_in, head())
    consent.withdraw(attempt, candidate=attempt.enrolment.candidate)
    give_consent(checking_in)
    assert baseline.take_look(checking_in, head()).looks == 1
    for _ in range(baseline.WANTED):
        baseline.take_look(checking_in, head())
    assert learnt(checking_in) is not None
    consent.withdraw(attempt, candidate=attempt.enrolment.candidate)
    assert not HeadBaseline.objects.exists()


def test_changes_are_judged_from_the_own_seat(checking_in: MonitoringSession, attempt: Attempt) -> None:
    for _ in range(baseline.WANTED):
        baseline.take_look(checking_in, head(-0.4))
    in_state(attempt, states.IN_PROGRESS)
    feed = FrameFeed(MonitoringSession.objects.select_related("attempt", "institution").get())
    for _ in range(5):
        assert feed.send(head(-0.4)).incidents == []
    for _ in range(8):  # a head that hardly moves is looked at every four seconds only
        answer = feed.send(head(0.0))
    assert ObservationKind.LOOKING_AWAY.value in answer.incidents
    incident = Incident.objects.get(kind=ObservationKind.LOOKING_AWAY)
    assert "to the right of the picture; degrees to the side: -24" in incident.explanation
    assert "how the candidate sat at check-in" in incident.explanation


def test_without_a_baseline_it_is_learnt_from_the_first_half_minute(
    session: MonitoringSession, django_capture_on_commit_callbacks: Any
) -> None:
    feed = FrameFeed(session)
    picture = head(-0.3)
    for _ in range(30):
        feed.send(picture)
        assert learnt(session) is None
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(6):
            feed.send(picture)
    found = learnt(session)
    assert found is not None and found.learnt_from == "exam"
    assert recent.load(session.pk).head.calm == ()
    for _ in range(8):
        answer = feed.send(head(0.2))
    assert answer.incidents == [ObservationKind.LOOKING_AWAY.value]
    assert "first half minute" in Incident.objects.get().explanation


def test_nothing_is_stored_once_the_consent_is_gone(session: MonitoringSession) -> None:
    found = Baseline.from_json(
        {
            "usual": {
                "yaw": 0,
                "pitch": 0,
                "roll": 0,
                "gaze_x": 0.5,
                "eyes_closed": 0,
                "mouth_open": 0,
                "presence": 1,
            },
            "spread": 1,
            "looks": 10,
            "learnt_from": "exam",
        }
    )
    Consent.objects.update(withdrawn_at=clock.now() - timedelta(seconds=1))
    baseline.store(session, found)
    assert learnt(session) is None


@pytest.mark.parametrize(
    ("engine", "fields", "expected"),
    [
        ("some.engine", {}, True),
        ("", {}, False),
        ("some.engine", {"looking_away": "off"}, False),
        ("some.engine", {"camera_required": False}, False),
    ],
)
def test_check_in_learns_it_only_where_it_is_used(
    settings: Any, engine: str, fields: dict[str, Any], expected: bool
) -> None:
    settings.HEAD_ENGINE = engine
    assert baseline.is_learnt(Policy(**fields)) is expected
