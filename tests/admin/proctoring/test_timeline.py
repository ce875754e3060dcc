"""The timeline of an attempt: what stands in it, and where it is drawn."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.delivery import attempts
from exams.models import Allowance, Attempt, Enrolment, Sitting
from proctor_site.kernel import clock
from proctoring import sessions, supervision
from proctoring.models import MonitoringSession
from proctoring.timeline import Moment, Span, Timeline, timeline_of
from proctoring.timeline_drawing import LEAST_BAR, LEFT, RIGHT, WIDTH, draw, ticks_of
from tests.factories.exams import enrol
from tests.factories.proctoring import make_incident

START = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def told(institution: Institution, sitting: Sitting, candidate: User, proctor: User) -> MonitoringSession:
    """A whole attempt by the services, a minute between acts."""
    Sitting._base_manager.filter(pk=sitting.pk).update(
        opens_at=START - timedelta(hours=1), closes_at=START + timedelta(hours=3)
    )
    enrolment = Enrolment._base_manager.get(pk=enrol(sitting, candidate).pk)
    Allowance._base_manager.create(
        institution=institution, enrolment=enrolment, extra_minutes=5, reason="dyslexia"
    )
    with within(institution):
        attempt = _at(0, lambda: attempts.open_attempt(enrolment, actor=candidate))
        attempt = _at(0, lambda: attempts.check_in(attempt, actor=candidate))
        session = _at(0, lambda: sessions.ensure(attempt))
        attempt = _at(1, lambda: attempts.admit(attempt, actor=candidate))
        attempt = _at(2, lambda: attempts.start(attempt, actor=candidate, device="device-1"))
        warning = _at(3, lambda: supervision.warn(attempt, proctor=proctor, text="Stay in view."))
        _at(4, lambda: supervision.acknowledge_warning(warning, candidate=candidate))
        attempt = _at(5, lambda: supervision.pause(attempt, proctor=proctor, reason="Fire alarm"))
        attempt = _at(7, lambda: supervision.resume(attempt, proctor=proctor, reason=""))
        _at(9, lambda: supervision.terminate(attempt, proctor=proctor, reason="Left"))
        session.refresh_from_db()
        begun = START + timedelta(minutes=8)
        make_incident(session, started_at=begun, last_seen_at=begun, ended_at=begun + timedelta(seconds=20))
    return session


def _at(minute: int, act: "object") -> "object":
    with clock.at(START + timedelta(minutes=minute)):
        return act()  # type: ignore[operator]


def minutes(moment: datetime) -> float:
    return (moment - START).total_seconds() / 60


def test_moves_warnings_lost_time_and_incidents_stand_in_order(told: MonitoringSession) -> None:
    with within(told.institution):
        lines = timeline_of(told).moments
    assert [(minutes(each.at), each.words, each.detail) for each in lines] == [
        (0.0, "Opened the exam", "by Carla Candidate"),
        (0.0, "Began to check in", "by Carla Candidate"),
        (1.0, "Was admitted", "by Carla Candidate"),
        (2.0, "Started", "by Carla Candidate"),
        (3.0, "Warned", "by Petra Proctor: Stay in view."),
        (4.0, "Confirmed the warning", "Stay in view."),
        (5.0, "Lost time", "paused by a proctor, 120 s credited"),
        (5.0, "Paused", "by Petra Proctor: Fire alarm"),
        (7.0, "Resumed", "by Petra Proctor"),
        (8.0, "Incident: no face", "medium, unreviewed"),
        (9.0, "Terminated", "by Petra Proctor: Left"),
    ]


def test_spans_say_in_which_state_the_time_was_spent(told: MonitoringSession) -> None:
    with within(told.institution):
        timeline = timeline_of(told)
    assert [(each.state, minutes(each.begin), minutes(each.end)) for each in timeline.spans] == [
        ("checking_in", 0.0, 1.0),
        ("ready", 1.0, 2.0),
        ("in_progress", 2.0, 5.0),
        ("paused", 5.0, 7.0),
        ("in_progress", 7.0, 9.0),
    ]
    assert (minutes(timeline.begin), minutes(timeline.end)) == (0.0, 9.0)


def test_the_reason_of_an_allowance_is_not_told(told: MonitoringSession) -> None:
    with within(told.institution):
        assert "dyslexia" not in repr(timeline_of(told))


def test_a_running_attempt_reaches_to_now(session: MonitoringSession, attempt: Attempt) -> None:
    now = clock.now() + timedelta(minutes=5)
    with within(session.institution), clock.at(now):
        make_incident(session)
        assert timeline_of(session).end == now


def test_a_session_without_anything_can_be_drawn(institution: Institution) -> None:
    session = MonitoringSession._base_manager.create(institution=institution, started_at=START)
    with within(institution):
        timeline = timeline_of(session)
    drawing = draw(timeline, zone="UTC")
    assert (drawing.states, drawing.incidents, timeline.begin, timeline.end) == ([], [], START, START)


def test_places_are_shares_of_the_length() -> None:
    half, whole = START + timedelta(minutes=30), START + timedelta(minutes=60)
    moments = [
        Moment(half, "Incident", "incident", until=whole, incident=7, severity="high"),
        Moment(half, "Warned", "warning"),
    ]
    drawing = draw(Timeline(START, whole, moments, [Span("in_progress", START, half)]), zone="UTC", current=7)
    middle = LEFT + (WIDTH - LEFT - RIGHT) / 2
    (incident,), (warning,), (state,) = drawing.incidents, drawing.marks, drawing.states
    assert (incident.x, incident.width, incident.look, incident.is_current) == (
        middle,
        WIDTH - RIGHT - middle,
        "high",
        True,
    )
    assert (warning.x, warning.width, warning.is_current) == (middle, LEAST_BAR, False)
    assert (state.x, state.width, state.title) == (LEFT, middle - LEFT, "in progress")


@pytest.mark.parametrize(
    ("minutes_long", "zone", "labels"),
    [
        (60, "UTC", ["09:10", "09:20", "09:30", "09:40", "09:50", "10:00"]),
        (60, "Asia/Kolkata", ["14:40", "14:50", "15:00", "15:10", "15:20", "15:30"]),
        (1, "UTC", ["09:00:10", "09:00:20", "09:00:30", "09:00:40", "09:00:50", "09:01:00"]),
        (600, "UTC", ["10:00", "12:00", "14:00", "16:00", "18:00"]),
    ],
)
def test_ticks_are_round_in_the_readers_zone(minutes_long: int, zone: str, labels: list[str]) -> None:
    end = START + timedelta(minutes=minutes_long)
    assert [label for _, label in ticks_of(START, end, zone)] == labels
