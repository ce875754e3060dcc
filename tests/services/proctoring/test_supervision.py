"""What proctors do to attempts: who may, what is required, who is told, what happens to the session."""

from typing import Any

import pytest

from accounts.models import AuditEntry, User
from accounts.tenancy import across_all, within
from proctor_site.kernel.errors import Conflict, IllegalMove, InvalidInput, NotAllowed, NotFound
from proctoring import supervision, supervision_wall
from proctoring.live import presence
from proctoring.models import CandidateWarning, Incident, LiveEvent, MonitoringSession
from tests.capture import RED, FrameFeed, frame
from tests.factories.exams import enrol, make_attempt
from tests.factories.proctoring import make_incident, make_session

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("scripted", "scoped")]
OUTSIDERS = [
    "candidate",
    "second_candidate",
    "second_proctor",
    "reviewer",
    "stranger",
    "foreign_proctor",
    "foreign_officer",
]
ACTS: list[tuple[str, dict[str, str]]] = [
    ("warn", {"text": "Hello"}),
    ("pause", {"reason": "Noise"}),
    ("resume", {"reason": ""}),
    ("terminate", {"reason": "Cheating"}),
    ("reinstate", {"reason": ""}),
    ("admit", {"reason": "Known"}),
]


def events(kind: str) -> list[tuple[str, dict[str, Any]]]:
    rows = LiveEvent.objects.filter(kind=kind).order_by("id")
    return [(row.audience, row.payload) for row in rows]


@pytest.mark.parametrize("who", OUTSIDERS)
@pytest.mark.parametrize(("act", "how"), ACTS)
def test_outsiders_may_do_nothing(
    request: Any, attempt: Any, who: str, act: str, how: dict[str, str]
) -> None:
    user = request.getfixturevalue(who)
    with pytest.raises(NotFound):
        getattr(supervision, act)(attempt, proctor=user, **how)
    attempt.refresh_from_db()
    assert attempt.state == "in_progress"
    assert not LiveEvent.objects.exists()
    assert not CandidateWarning.objects.exists()


@pytest.mark.parametrize(("act", "how"), ACTS)
def test_nobody_supervises_their_own_attempt(
    sitting: Any, proctor: User, act: str, how: dict[str, str]
) -> None:
    own = make_attempt(enrol(sitting, proctor), state="in_progress")
    with pytest.raises(NotAllowed) as caught:
        getattr(supervision, act)(own, proctor=proctor, **how)
    assert caught.value.code == "own_attempt"
    own.refresh_from_db()
    assert own.state == "in_progress"


@pytest.mark.parametrize("who", ["proctor", "officer", "admin_member"])
def test_watchers_may_pause_and_resume(request: Any, attempt: Any, who: str) -> None:
    user = request.getfixturevalue(who)
    supervision.pause(attempt, proctor=user, reason=" Fire drill ")
    assert attempt.state == "paused"
    assert events("attempt.moved")[0][1]["reason"] == "Fire drill"
    supervision.resume(attempt, proctor=user)
    assert attempt.state == "in_progress"
    verbs = list(AuditEntry.objects.order_by("id").values_list("verb", "actor"))
    assert verbs == [("attempt.pause", user.pk), ("attempt.resume", user.pk)]


@pytest.mark.parametrize("act", ["pause", "terminate"])
@pytest.mark.parametrize("reason", ["", "   ", "x" * 501, "a\x00b", None, 5])
def test_a_reason_is_required(attempt: Any, proctor: User, act: str, reason: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        getattr(supervision, act)(attempt, proctor=proctor, reason=reason)
    assert caught.value.field == "reason"
    attempt.refresh_from_db()
    assert attempt.state == "in_progress"


@pytest.mark.parametrize("text", ["", "  ", "x" * 501, "a\x00", None])
def test_a_warning_needs_a_text(attempt: Any, proctor: User, text: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        supervision.warn(attempt, proctor=proctor, text=text)
    assert caught.value.field == "text"
    assert not CandidateWarning.objects.exists()


def test_a_warning_is_told_acknowledged_once_and_audited(
    attempt: Any, proctor: User, candidate: User, second_candidate: User
) -> None:
    warning = supervision.warn(attempt, proctor=proctor, text="Please be quiet.")
    assert [audience for audience, _ in events("warning.sent")] == ["candidate", "proctors"]
    candidates_copy = events("warning.sent")[0][1]
    assert (candidates_copy["id"], candidates_copy["text"]) == (warning.pk, "Please be quiet.")
    assert "proctor" not in candidates_copy  # the candidate is not told which proctor
    with pytest.raises(NotFound):
        supervision.acknowledge_warning(warning, candidate=second_candidate)
    first = supervision.acknowledge_warning(warning, candidate=candidate).acknowledged_at
    again = CandidateWarning.objects.get(pk=warning.pk)
    assert supervision.acknowledge_warning(again, candidate=candidate).acknowledged_at == first
    assert len(events("warning.acknowledged")) == 2  # one per audience, not four
    assert supervision.open_warnings(attempt) == []
    verbs = [
        verb for verb in AuditEntry.objects.order_by("id").values_list("verb", flat=True) if "warn" in verb
    ]
    assert verbs == ["attempt.warned", "attempt.warning_acknowledged"]


def test_who_has_ended_is_not_warned(sitting: Any, proctor: User, second_candidate: User) -> None:
    ended = make_attempt(enrol(sitting, second_candidate), state="submitted")
    with pytest.raises(Conflict) as caught:
        supervision.warn(ended, proctor=proctor, text="Too late")
    assert caught.value.code == "ended"


def test_illegal_moves_are_refused(attempt: Any, proctor: User) -> None:
    with pytest.raises(IllegalMove):
        supervision.resume(attempt, proctor=proctor)
    with pytest.raises(IllegalMove):
        supervision.admit(attempt, proctor=proctor, reason="again")


def test_a_termination_ends_the_session_and_its_incidents_reinstating_continues(
    session: MonitoringSession, proctor: User
) -> None:
    feed = FrameFeed(session)
    for _ in range(5):
        feed.send(frame())
    assert Incident.objects.get().ended_at is None
    supervision.terminate(session.attempt, proctor=proctor, reason="Left the room")
    session.refresh_from_db()
    incident = Incident.objects.get()
    assert session.state == "ended"
    assert incident.ended_at == incident.last_seen_at
    assert incident.count == 5
    assert presence.thumbnails([session.attempt_id]) == {}
    supervision.reinstate(session.attempt, proctor=proctor, reason="Mistake")
    session.refresh_from_db()
    assert (session.state, session.ended_at) == ("live", None)
    assert session.attempt.state == "paused"


def test_incidents_end_with_the_session_when_the_memory_is_lost(
    session: MonitoringSession, proctor: User
) -> None:
    incident = make_incident(session)
    supervision.terminate(session.attempt, proctor=proctor, reason="Enough")
    incident.refresh_from_db()
    assert incident.ended_at == incident.last_seen_at
    assert [audience for audience, _ in events("incident.ended")] == ["proctors"]


def test_a_submission_ends_the_session(session: MonitoringSession, candidate: User) -> None:
    from exams.delivery import attempts

    attempts.submit(session.attempt, actor=candidate, ended_by="candidate")
    session.refresh_from_db()
    assert session.state == "ended"
    moved = events("attempt.moved")
    assert [audience for audience, _ in moved] == ["candidate", "proctors"]
    assert moved[1][1]["verb"] == "submit"


def test_a_take_over_of_the_attempt_is_told_as_such(session: MonitoringSession, candidate: User) -> None:
    from exams.delivery import attempts

    attempts.take_over(session.attempt, actor=candidate, device="phone")
    assert ("candidate", {"device": "phone"}) in events("attempt.taken_over")


def test_the_wall_puts_those_in_need_first(
    session: MonitoringSession, sitting: Any, second_candidate: User, institution: Any
) -> None:
    from tests.factories.accounts import make_user

    calm = make_attempt(enrol(sitting, second_candidate))
    presence.update(calm.pk, connection="x", connected=True)
    absent = enrol(sitting, make_user(name="Zoe Absent"))
    make_incident(session, severity="high")
    rows = supervision_wall.rows_of(sitting)
    assert [row["attempt"] for row in rows] == [session.attempt_id, calm.pk, None] or [
        row["enrolment"] for row in rows
    ][0] == session.attempt.enrolment_id
    first = rows[0]
    assert first["incidents"] == {"going_on": 1, "unreviewed": 1, "total": 1, "worst": "high"}
    assert first["candidate"]["name"] == "Carla Candidate"
    last = next(row for row in rows if row["enrolment"] == absent.pk)
    assert (last["attempt"], last["state"], last["seconds_left"]) == (None, "scheduled", None)
    assert next(row for row in rows if row["attempt"] == calm.pk)["presence"]["connected"] is True


def test_the_wall_costs_the_same_however_many_there_are(
    sitting: Any, django_assert_max_num_queries: Any
) -> None:
    from tests.factories.accounts import make_user

    for _ in range(8):
        make_incident(make_session(make_attempt(enrol(sitting, make_user()))))
    with django_assert_max_num_queries(9):
        assert len(supervision_wall.rows_of(sitting)) == 8


def test_nothing_leaks_between_institutions(
    session: MonitoringSession, other_institution: Any, foreign_officer: User
) -> None:
    make_incident(session)
    with within(other_institution):
        assert supervision_wall.rows_of(session.sitting) == []
        assert supervision.open_warnings(session.attempt) == []
    with across_all():
        assert Incident.objects.count() == 1
    accept = FrameFeed(session).send(frame(RED))
    assert accept.accepted
