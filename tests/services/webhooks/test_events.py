"""What happens in exams and reviews is told as the table of events says, without names; practice is not."""

import json
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Institution, User, WebhookMessage
from accounts.webhooks import outbox
from accounts.webhooks.events import EVENTS
from exams import states
from exams.delivery import attempts
from exams.models import Attempt
from exams.signals import results_released
from proctor_site.kernel import clock
from proctoring import sessions, supervision
from proctoring.incidents import services as incidents
from proctoring.incidents.recording import tell_proctors
from proctoring.meetings.own import making, room
from proctoring.models import Case
from proctoring.review.signals import case_moved
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.meetings import agree, invitation_of, make_interview
from tests.factories.outside import make_outside_sitting, start_session
from tests.factories.proctoring import make_incident, make_session
from tests.factories.webhooks import new_webhook


@pytest.fixture
def told(scoped: Institution, admin_member: User, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What another system hears, as (event, data)."""
    monkeypatch.setattr(outbox, "ask_for_sending", lambda *_, **__: None)
    new_webhook(scoped, "https://register.example/", *EVENTS, actor=admin_member)

    def read() -> list[tuple[str, dict[str, Any]]]:
        bodies = [json.loads(each.body) for each in WebhookMessage.objects.order_by("pk")]
        return [(each["type"], each["data"]) for each in bodies]

    return read


def _attempt(institution: Institution, candidate: User, proctor: User, state: str, **sitting: Any) -> Attempt:
    made = make_sitting(make_exam(institution), proctors=[proctor], **sitting)
    return make_attempt(enrol(made, candidate), state=state)


def test_an_attempt_its_session_and_results(
    scoped: Institution, candidate: User, proctor: User, told: Any
) -> None:
    attempt = _attempt(scoped, candidate, proctor, states.READY)
    session = make_session(attempt)
    attempts.start(attempt, actor=candidate, device="tab")
    attempts.submit(attempt, actor=candidate, ended_by="candidate")
    sitting = attempt.enrolment.sitting
    results_released.send(sender=type(sitting), sitting=sitting, actor=proctor)
    heard = dict(told())
    assert set(heard) == {"attempt.started", "session.ended", "attempt.ended", "results.released"}
    assert heard["session.ended"]["session"] == str(session.public_id)
    assert candidate.name not in str(heard) and candidate.email not in str(heard)


def test_an_incident_and_a_case(
    scoped: Institution, candidate: User, proctor: User, reviewer: User, told: Any
) -> None:
    session = make_session(_attempt(scoped, candidate, proctor, states.IN_PROGRESS))
    incident = make_incident(session)
    tell_proctors(incident, "incident.opened")
    incidents.dismiss(incident, actor=reviewer)
    case = Case.objects.create(
        institution=scoped,
        session=session,
        sitting=session.sitting,
        opened_for="random",
        created_at=clock.now(),
    )
    for verb in ("opened", "read", "appeal"):
        case_moved.send(sender=Case, case=case, verb=verb, actor=None)
    names = [event for event, _ in told()]
    assert names == ["incident.raised", "incident.reviewed", "case.opened", "case.appealed"]
    assert told()[1][1]["review_state"] == "dismissed"
    sessions.end(session, actor=None)
    assert told()[-1][0] == "session.ended"
    assert {event: set(data) - {"institution"} for event, data in told()} == {
        event: set(EVENTS[event].fields) for event, _ in told()
    }


def test_what_a_proctor_does_to_a_session_of_another_system(
    scoped: Institution, officer: User, told: Any
) -> None:
    session = start_session(make_outside_sitting(scoped), officer, shows_warnings=True)
    assert session.attempt is not None
    warning = supervision.warn(session.attempt, proctor=officer, text="Look at the screen.")
    supervision.withdraw_warning(warning, proctor=officer)
    supervision.pause(session.attempt, proctor=officer, reason="Alarm.")
    supervision.resume(session.attempt, proctor=officer)
    supervision.terminate(session.attempt, proctor=officer, reason="Left.")
    heard = [(event, data.get("warning")) for event, data in told() if event.startswith("session.")]
    assert heard == [
        ("session.warned", warning.pk),
        ("session.warning_withdrawn", warning.pk),
        ("session.paused", None),
        ("session.resumed", None),
        ("session.ended", None),
    ]
    assert {data["session"] for event, data in told() if event.startswith("session.")} == {
        str(session.public_id)
    }
    assert "Look at the screen" not in str(told()) and "Alarm" not in str(told())


def test_warnings_in_exams_of_ours_are_not_told(
    scoped: Institution, candidate: User, proctor: User, told: Any
) -> None:
    attempt = _attempt(scoped, candidate, proctor, states.IN_PROGRESS)
    supervision.warn(attempt, proctor=proctor, text="Look at the screen.")
    supervision.pause(attempt, proctor=proctor, reason="Alarm.")
    assert not [event for event, _ in told() if event.startswith("session.")]


def test_practice_is_not_told(scoped: Institution, candidate: User, proctor: User, told: Any) -> None:
    attempt = _attempt(scoped, candidate, proctor, states.READY, is_practice=True)
    session = make_session(attempt)
    attempts.start(attempt, actor=candidate, device="tab")
    tell_proctors(make_incident(session), "incident.opened")
    sessions.end(session, actor=None)
    assert told() == []


def test_a_meeting_from_its_making_to_its_end(
    scoped: Institution, candidate: User, officer: User, told: Any
) -> None:
    meeting = make_interview(scoped, officer, candidate)
    agree(meeting, candidate)
    room.enter(meeting, user=officer, connection="host")
    room.enter(meeting, user=candidate, connection="guest")
    room.enter(meeting, user=candidate, connection="guest-again")
    room.leave("guest-again", by="left")
    making.change_meeting(meeting, title="Another", hosts=[officer], actor=officer)
    making.end_meeting(meeting, actor=officer)
    guest = invitation_of(meeting, candidate).pk
    heard = [
        (event.removeprefix("meeting."), data.get("state"), data.get("part"), data.get("because"))
        for event, data in told()
    ]
    assert heard == [
        ("made", "scheduled", None, None),
        ("began", "open", None, None),
        ("joined", None, "host", None),
        ("joined", None, "candidate", None),
        ("left", None, "candidate", "left"),
        ("changed", "open", None, None),
        ("left", None, "host", "ended"),
        ("ended", "ended", None, None),
    ]
    assert told()[3][1]["participant"] == guest
    assert {event: set(data) - {"institution"} for event, data in told()} == {
        event: set(EVENTS[event].fields) for event, _ in told()
    }
    assert candidate.email not in str(told()) and officer.name not in str(told())


def test_the_meeting_of_an_interview_is_never_told(scoped: Institution, officer: User, told: Any) -> None:
    people: dict[str, Any] = {"hosts": [officer], "candidates": [], "actor": officer}
    making.make_meeting(scoped, title="Of a case", is_told=False, **people)
    assert told() == []


def test_who_fell_silent_has_left(
    scoped: Institution, officer: User, told: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = make_interview(scoped, officer)
    room.enter(meeting, user=officer, connection="host")
    later = clock.now() + timedelta(minutes=10)
    monkeypatch.setattr(clock, "now", lambda: later)
    room.end_silent()
    assert told()[-1][0] == "meeting.left" and told()[-1][1]["because"] == "lost"
