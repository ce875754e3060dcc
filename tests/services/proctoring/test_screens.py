"""The candidate's screen on the server: agreed to, bounded, kept only around incidents, never widened."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.delivery import allowances, attempts
from exams.models import Attempt
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput
from proctoring import policies
from proctoring.analysis import context
from proctoring.browser.events import BrowserKind
from proctoring.evidence import custody, screen_ring
from proctoring.identity import consent, notice, steps
from proctoring.incidents import screen_evidence, services
from proctoring.incidents.decisions import OpenIncident
from proctoring.incidents.screen_evidence import Ask
from proctoring.ingest import ending
from proctoring.ingest.browser_events import accept_browser_events
from proctoring.ingest.screen_clips import accept_film
from proctoring.ingest.screens import accept_screen, wanted
from proctoring.live import presence
from proctoring.models import Consent, EvidenceItem, Incident, LiveEvent, MonitoringSession, Policy
from proctoring.models.evidence import EvidenceKind
from proctoring.observations import ObservationKind, Severity
from tests.capture import frame, give_consent
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.proctoring import make_incident, make_session

pytestmark = pytest.mark.django_db
PICTURE = frame(size=(1280, 720))
FILM = b"\x1aE\xdf\xa3" + b"\x00" * 20 + b"webm" + b"\x00" * 500


@pytest.fixture
def attempt(institution: Institution, candidate: User, proctor: User) -> Attempt:
    made = make_attempt(enrol(make_sitting(make_exam(institution), proctors=[proctor]), candidate))
    with within(institution):
        Policy.objects.create(
            institution=institution, name="Screen", is_default=True, screen="required", screen_clips=True
        )
    return made


@pytest.fixture
def session(attempt: Attempt) -> MonitoringSession:
    context._known.clear()
    session = make_session(attempt, started_at=clock.now() - timedelta(minutes=30))
    give_consent(session, screen=True, screen_seconds=10, screen_clips=True)
    return session


def send(session: MonitoringSession, sequence: int, ago: float = 0.0, **more: Any) -> Any:
    at = clock.now().timestamp() - ago
    return accept_screen(session, PICTURE, sequence=sequence, captured_at=at, **more)


def of_screen(kind: EvidenceKind = EvidenceKind.SCREEN) -> list[int | None]:
    rows = EvidenceItem._base_manager.filter(kind=kind).order_by("sequence")
    return list(rows.values_list("frame_sequence", flat=True))


def open_incident(session: MonitoringSession, severity: Severity = Severity.MEDIUM) -> Incident:
    now = clock.now().timestamp()
    decision = OpenIncident(
        kind=ObservationKind.PHONE,
        severity=severity,
        confidence=0.9,
        count=2,
        explanation="A phone was seen.",
        measurements={},
        started_at=now - 3,
        last_seen_at=now,
    )
    with within(session.institution):
        return services.record(session, [decision], engine="test", frames=None)[0]


def test_only_pictures_around_an_incident_are_kept(session: MonitoringSession) -> None:
    for sequence, ago in ((0, 90), (1, 60), (2, 30), (3, 2)):
        assert send(session, sequence, ago).accepted
    assert of_screen() == []
    open_incident(session)
    # The one within the window, and the last one before: the screen may not have changed since.
    assert of_screen() == [2, 3]
    assert send(session, 4).kept
    with within(session.institution):
        Incident.objects.update(ended_at=clock.now() - timedelta(seconds=60))
        assert not send(session, 5).kept
    assert of_screen() == [2, 3, 4]
    told = LiveEvent._base_manager.filter(kind="incident.extended").get().payload
    assert [len(told["screens"]), len(told["evidence"])] == [3, 0]
    assert custody.first_broken(session) is None


def test_a_picture_that_comes_late_is_kept_where_it_belongs(session: MonitoringSession) -> None:
    now = clock.now()
    make_incident(session, started_at=now - timedelta(minutes=8), ended_at=now - timedelta(minutes=7))
    assert not send(session, 0, 30).kept
    assert send(session, 2, 7.5 * 60).kept
    assert send(session, 1, 7.4 * 60).kept
    assert send(session, 2, 7.5 * 60).code == "repeated"
    with pytest.raises(Conflict) as refused:
        accept_screen(session, PICTURE, sequence=9, captured_at=(now - timedelta(minutes=16)).timestamp())
    assert refused.value.code == "too_late"


def test_the_ring_is_bounded_in_number_age_and_bytes(
    session: MonitoringSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    for sequence in range(20):
        send(session, sequence, 60 - sequence)
    ring = screen_ring.load(session.pk)
    assert [each.sequence for each in ring.notes] == list(range(4, 20))
    assert len(screen_ring.pictures(session.pk, ring.notes)) == 16
    assert cache.get(f"screens:{session.pk}:0") is None
    monkeypatch.setattr(screen_ring, "MOST_BYTES", 3 * len(PICTURE))
    send(session, 20)
    assert [each.sequence for each in screen_ring.load(session.pk).notes] == [18, 19, 20]
    with clock.at(clock.now() + timedelta(minutes=5)):
        send(session, 21)
        assert [each.sequence for each in screen_ring.load(session.pk).notes] == [21]
        ending.end_session(session, actor=None, reason="over")


def test_nothing_is_taken_without_agreement_in_a_pause_or_twice_at_once(
    session: MonitoringSession, attempt: Attempt, proctor: User
) -> None:
    assert screen_ring.begin(session.pk)
    assert send(session, 0).code == "picture_in_flight"
    screen_ring.done(session.pk)
    with within(attempt.institution):
        attempts.pause(attempt, actor=proctor, reason="Noise")
    fresh = MonitoringSession._base_manager.select_related("attempt__enrolment__sitting__exam").get()
    assert send(fresh, 0).code == "paused"
    with within(attempt.institution):
        consent.withdraw(attempt, candidate=attempt.enrolment.candidate)
    context.forget(session.pk)
    with pytest.raises(Conflict) as refused:
        send(fresh, 1)
    assert refused.value.code == "consent_missing"


def test_an_attempts_terms_are_never_widened(session: MonitoringSession) -> None:
    with within(session.institution):
        Policy.objects.update(screen_seconds=2)
    context.forget(session.pk)
    assert wanted(session).seconds == 10
    consents = Consent._base_manager.filter(session=session)
    consents.update(screen_clips=False)
    context.forget(session.pk)
    assert not wanted(session).clips
    consents.update(screen=False)
    context.forget(session.pk)
    assert not wanted(session).wanted
    consents.update(screen=True)
    with within(session.institution):
        Policy.objects.update(screen="off")
    context.forget(session.pk)
    assert not wanted(session).wanted


def test_what_was_lost_or_unchanged_is_counted(session: MonitoringSession) -> None:
    send(session, 0, unchanged=5)
    send(session, 1, unchanged=1, dropped=3)
    seen = presence.read(session.attempt_id or 0)
    assert (seen.screens, seen.screens_unchanged, seen.screens_missing) == (2, 6, 3)
    with pytest.raises(InvalidInput):
        send(session, 2, unchanged=-1)


def test_a_film_is_taken_only_when_it_was_asked_for(session: MonitoringSession) -> None:
    send(session, 0, 1)
    open_incident(session, Severity.INFO)
    assert not LiveEvent._base_manager.filter(kind=screen_evidence.CLIP_WANTED).exists()
    incident = open_incident(session)
    asked = LiveEvent._base_manager.get(kind=screen_evidence.CLIP_WANTED).payload
    assert set(asked) == {"ask", "from", "to"}  # not what was found
    begins = clock.now().timestamp() - 5

    def film(**changed: Any) -> Any:
        given = {"ask": asked["ask"], "sequence": 1, "seconds": 10.0, "captured_at": begins} | changed
        return accept_film(session, given.pop("film", FILM), **given)

    assert film().accepted
    assert film().code == "repeated"
    assert of_screen(EvidenceKind.SCREEN_CLIP) == [1]
    for changed, code in (
        ({"ask": "another"}, "not_asked"),
        ({"film": b"MZ" + FILM}, "not_a_film"),
        ({"seconds": 21.0}, "invalid"),
        ({"captured_at": begins - 300}, "invalid"),
    ):
        with pytest.raises((Conflict, InvalidInput)) as refused:
            film(**changed)
        assert refused.value.code == code
    for sequence in range(2, 6):
        assert film(sequence=sequence).accepted
    assert film(sequence=6).code == "enough"
    cache.set("screen-film:mine", Ask(session.pk + 1, incident.pk, clock.now(), clock.now()), 60)
    with pytest.raises(Conflict):
        film(ask="mine", sequence=7)


def test_the_choice_and_who_lets_in(attempt: Attempt) -> None:
    candidate = attempt.enrolment.candidate
    with within(attempt.institution):
        policy, read = policies.policy_of(attempt), notice.for_attempt(attempt)
    assert "Your screen\nYou are asked to share your whole screen" in read.body
    assert "as a film without sound" in read.body

    def choose(screen: object) -> Any:
        return consent.give(
            attempt,
            candidate=candidate,
            notice=read.version,
            camera=True,
            face_comparison=True,
            screen=screen,
        )

    with within(attempt.institution):
        with pytest.raises(InvalidInput) as refused:
            choose(None)
        assert refused.value.field == "screen"
        given = choose(True)
        kind = BrowserKind.SCREEN_SHARE_STOPPED.value
        assert (given.screen, given.screen_seconds, given.screen_clips) == (True, 10, True)
        assert kind in given.looked_for
        declined = choose(False)
        assert (declined.screen, declined.screen_seconds, declined.screen_clips) == (False, None, False)
        assert kind not in declined.looked_for
        assert steps.reasons_for(policy, declined) == [steps.Reason.NO_SCREEN]
        Policy.objects.update(screen="optional")
        policy = policies.policy_of(attempt)
        assert "and need not" in notice.wording(attempt.institution, policy)
        assert steps.reasons_for(policy, declined) == []


def test_an_allowance_frees_from_sharing(session: MonitoringSession, attempt: Attempt, officer: User) -> None:
    assert wanted(session).wanted
    with within(attempt.institution):
        allowances.give(
            attempt.enrolment,
            actor=officer,
            reason="Reads mail of a carer",
            muted_detectors=[BrowserKind.SCREEN_SHARE_STOPPED.value],
        )
    context.forget(session.pk)
    assert not wanted(session).wanted
    with within(attempt.institution):
        fresh = Attempt.objects.get(pk=attempt.pk)
        assert "Your screen" not in notice.for_attempt(fresh).body
        assert BrowserKind.SCREEN_SHARE_STOPPED not in notice.noted(policies.policy_of(fresh))


def test_without_the_policy_nothing_is_said_or_asked(institution: Institution) -> None:
    plain = notice.wording(institution, Policy())
    assert "Your screen" not in plain
    assert "screen is not shared" not in plain
    off = Policy(screen="required", camera_required=False)
    assert not off.shares_screen


def test_not_sharing_is_an_incident_only_where_it_is_required_and_agreed_to(
    session: MonitoringSession,
) -> None:
    kind, now = BrowserKind.SCREEN_SHARE_STOPPED.value, clock.now().timestamp() * 1000
    event = {"n": 1, "kind": kind, "at": now - 40_000, "seconds": 40.0}
    consents = Consent._base_manager.filter(session=session)
    Attempt._base_manager.update(started_at=clock.now() - timedelta(minutes=5))
    session = MonitoringSession._base_manager.get()

    def stop(number: int) -> int:
        content = {"now": now, "events": [event | {"n": number}]}
        return accept_browser_events(session, content).stored

    consents.update(looked_for=[])
    assert stop(1) == 0  # the notice did not name it
    consents.update(looked_for=[kind])
    with within(session.institution):
        Policy.objects.update(screen="optional")
    assert stop(2) == 0
    with within(session.institution):
        Policy.objects.update(screen="required")
    assert stop(3) == 1
    incident = Incident._base_manager.get()
    assert (incident.kind, incident.severity) == (kind, Severity.MEDIUM)
    assert incident.explanation == "Did not share the screen once for 40 s"
