"""Noted events on the server: once each, late and mixed up, only what the notice named, incidents, limits."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from accounts.tenancy import within
from exams.delivery import attempts
from exams.models import Allowance, Attempt
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict
from proctoring.browser.events import BrowserKind
from proctoring.incidents import services
from proctoring.ingest import browser_events
from proctoring.ingest.browser_events import accept_browser_events, note_own, terms_of
from proctoring.models import BrowserEvent, Consent, Incident, LiveEvent, MonitoringSession, Policy
from proctoring.review import replay_pages

pytestmark = pytest.mark.django_db
NAMED = [kind.value for kind in BrowserKind]


@pytest.fixture
def noted(session: MonitoringSession) -> MonitoringSession:
    """The session of somebody who has read of every kind, and began ten minutes ago."""
    with within(session.institution):
        Consent.objects.update(looked_for=NAMED)
        began = clock.now() - timedelta(minutes=10)
        Attempt.objects.filter(monitoring=session).update(started_at=began)
    session.refresh_from_db()
    return session


def event(number: int, kind: str = "tab_hidden", ago: float = 60, **more: Any) -> dict[str, Any]:
    return {"n": number, "kind": kind, "at": (clock.now().timestamp() - ago) * 1000, **more}


def send(session: MonitoringSession, *events: dict[str, Any], **more: Any) -> Any:
    with within(session.institution):
        return accept_browser_events(session, {"events": list(events), **more})


def incidents() -> list[tuple[str, str, int]]:
    rows = Incident._base_manager.order_by("pk")
    return [(each.kind, each.explanation, each.count) for each in rows]


def test_each_number_counts_once_in_any_order_and_the_candidate_is_told(noted: MonitoringSession) -> None:
    answer = send(noted, event(3, ago=100, seconds=8))
    assert answer.accepted == (3,)
    assert answer.notes[0]["text"] == "You left the exam's tab for 8 s. This is noted. (first time)"
    assert send(noted, event(3, ago=100, seconds=8)).to_json()["stored"] == 0
    assert send(noted, event(2, ago=200, seconds=5), event(3, ago=1)).stored == 1
    assert incidents() == []
    last = send(noted, event(1, ago=300, seconds=4))
    assert last.notes[0]["times"] == 3
    assert incidents() == [("tab_hidden", "Left the exam's tab 3 times for 17 s together, longest 8 s", 3)]
    told = LiveEvent._base_manager.get(kind="incident.opened").payload
    assert (told["kind"], told["severity"], told["evidence"]) == ("tab_hidden", "medium", [])
    send(noted, event(4, ago=10, seconds=2))
    assert [each[2] for each in incidents()] == [4], "the same incident goes on"
    assert LiveEvent._base_manager.filter(kind="incident.extended").count() == 1


def test_what_was_decided_does_not_count_again(noted: MonitoringSession, officer: User) -> None:
    send(noted, *(event(number, seconds=2) for number in range(3)))
    with within(noted.institution):
        incident = Incident.objects.select_related("session", "sitting", "institution").get()
        services.dismiss(incident, actor=officer, note="Called the help desk.")
    send(noted, event(11, seconds=2), event(12, seconds=2))
    assert len(incidents()) == 1
    send(noted, event(13, seconds=2))
    assert [each[2] for each in incidents()] == [3, 3]


def test_nothing_is_noted_that_was_not_named_or_is_muted_or_after_the_agreement_ended(
    noted: MonitoringSession, attempt: Attempt
) -> None:
    with within(noted.institution):
        Consent.objects.update(looked_for=["tab_hidden", "paste", "cut"])
        Allowance.objects.create(
            institution=noted.institution, enrolment=attempt.enrolment, muted_detectors=["tab_hidden"]
        )
    answer = send(noted, event(1), event(2, "print"), event(3, "cut"), event(4, "paste", length=7))
    assert answer.accepted == (1, 2, 3, 4)
    assert [row.kind for row in BrowserEvent._base_manager.all()] == ["paste"]
    assert answer.notes[0]["text"] == "You pasted text from elsewhere. This is noted. (first time)"
    with within(noted.institution):
        assert set(terms_of(noted) or ()) == {BrowserKind.PASTE}
        Consent.objects.update(withdrawn_at=clock.now())
    with pytest.raises(Conflict) as refused:
        send(noted, event(5, "paste"))
    assert refused.value.code == "consent_missing"


def test_moments_are_believed_by_how_long_ago_they_were(noted: MonitoringSession) -> None:
    wrong = clock.now().timestamp() + 86_400
    send(noted, {"n": 1, "kind": "paste", "at": (wrong - 50) * 1000}, now=wrong * 1000)
    row = BrowserEvent._base_manager.get()
    assert abs((row.received_at - row.started_at).total_seconds() - 50) < 1
    send(noted, event(2, ago=1e6, seconds=80_000), event(3, ago=-500, seconds=9))
    early, late = BrowserEvent._base_manager.filter(number__gt=1).order_by("number")
    assert noted.attempt is not None
    assert early.started_at == noted.attempt.started_at
    assert early.seconds <= 601, "no longer than the attempt"
    assert (late.started_at, late.seconds) == (late.received_at, 0)


def test_pauses_and_the_end(noted: MonitoringSession, candidate: User, proctor: User) -> None:
    attempt = noted.attempt
    assert attempt is not None
    with within(noted.institution):
        attempts.pause(attempt, actor=proctor, reason="fire alarm")
        noted.refresh_from_db()
        assert send(noted, event(1, ago=30), event(2, ago=-1)).stored == 1, "not what was done in the pause"
        attempts.resume(attempt, actor=proctor)
        attempts.submit(attempt, actor=candidate, ended_by="candidate")
    noted.refresh_from_db()
    assert send(noted, event(3, ago=40)).stored == 1, "what was on its way is taken"
    with within(noted.institution):
        Attempt.objects.filter(pk=attempt.pk).update(ended_at=clock.now() - timedelta(minutes=16))
    noted.refresh_from_db()
    with pytest.raises(Conflict) as refused:
        send(noted, event(4))
    assert refused.value.code == "ended"


def test_a_flood_is_bounded_and_acknowledged(
    noted: MonitoringSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser_events, "MOST_ROWS", 5)
    send(noted, *(event(number, "copy") for number in range(5)))
    answer = send(noted, event(9, "copy"), event(10, "print"))
    assert (answer.accepted, answer.stored) == ((9, 10), 1)


def test_the_server_notes_further_pages_and_believes_no_browser_about_them(
    noted: MonitoringSession, attempt: Attempt, candidate: User
) -> None:
    assert send(noted, event(1, "several_pages")).stored == 0
    with within(noted.institution):
        Attempt.objects.filter(pk=attempt.pk).update(device="device-1")
        fresh = Attempt.objects.get(pk=attempt.pk)
        attempts.take_over(fresh, actor=candidate, device="device-2")
        note_own(fresh, BrowserKind.VIRTUAL_DEVICE, "OBS Studio")
    rows = BrowserEvent._base_manager.order_by("pk")
    assert [(row.kind, row.number, row.detail) for row in rows] == [
        ("several_pages", None, ""),
        ("virtual_device", None, "OBS Studio"),
    ]


def test_names_of_ordinary_devices_are_not_kept(noted: MonitoringSession) -> None:
    send(
        noted,
        event(1, "virtual_device", detail="AnyDesk Audio"),
        event(2, "virtual_device", detail="Anna's ear"),
    )
    assert sorted(row.detail for row in BrowserEvent._base_manager.all()) == ["", "AnyDesk"]


def test_a_policy_with_nonsense_in_it_stops_no_exam(noted: MonitoringSession) -> None:
    with within(noted.institution):
        Policy.objects.create(
            institution=noted.institution, name="Odd", is_default=True, browser={"paste": {"times": "x"}}
        )
    assert send(noted, event(1, "paste")).stored == 1


def tried(session: MonitoringSession, **browser: Any) -> Any:
    with within(session.institution):
        policy = Policy(institution=session.institution, name="Tried", browser=browser)
        return replay_pages.try_on(MonitoringSession.objects.get(pk=session.pk), policy)


def test_other_numbers_are_tried_on_what_was_noted(noted: MonitoringSession) -> None:
    send(noted, *(event(number, ago=300 - 10 * number, seconds=5) for number in (1, 2, 3)))
    send(noted, event(9, "copy", ago=20))
    [row] = Incident._base_manager.all()
    same = tried(noted)
    assert (same.kept, same.vanished, same.changed, same.appeared, same.not_replayable) == (1, [], [], [], [])
    calmer = tried(noted, tab_hidden={"times": 4, "seconds": 0})
    assert calmer.vanished == [row]
    assert tried(noted, tab_hidden={"do": "log"}).vanished == [row]
    eager = tried(noted, copy={"do": "incident", "times": 1})
    assert [(each.kind, each.times) for each in eager.appeared] == [("copy", 1)]


def test_other_numbers_take_what_is_advisory_back_into_force(noted: MonitoringSession) -> None:
    send(noted, *(event(number, ago=300 - 10 * number) for number in (1, 2, 3)))
    Incident._base_manager.update(advisory=True, severity="info")
    assert tried(noted).kept == 1
    [(row, severity)] = tried(noted, tab_hidden={"times": 2}).changed
    assert (row.kind, severity) == ("tab_hidden", "medium")


def test_a_verdict_cuts_what_is_tried_as_it_cut_what_was_judged(
    noted: MonitoringSession, officer: User
) -> None:
    send(noted, *(event(number, ago=300 - 10 * number) for number in (1, 2, 3)))
    with within(noted.institution):
        first = services.uphold(Incident.objects.get(), actor=officer)
    send(noted, *(event(number, ago=90 - 10 * number) for number in (4, 5, 6, 7)))
    assert tried(noted).kept == 2
    assert tried(noted, tab_hidden={"times": 4, "seconds": 0}).vanished == [first]


def test_what_cannot_be_tried_is_said_not_guessed(noted: MonitoringSession) -> None:
    send(noted, *(event(number, ago=300 - 10 * number) for number in (1, 2, 3)))
    with within(noted.institution):
        BrowserEvent.objects.filter(number=2).delete()
    outcome = tried(noted, tab_hidden={"times": 9, "seconds": 0})
    assert outcome.not_replayable == list(Incident._base_manager.all())
    with within(noted.institution):
        Consent.objects.update(looked_for=["tab_hidden"])
    send(noted, event(9, "copy", ago=20))
    assert tried(noted, copy={"do": "incident", "times": 1}).appeared == [], "the notice did not name it"
