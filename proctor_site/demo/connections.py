"""What comes from others in the demo: a webhook's log, sessions of other systems; and a finished trial."""

import json
import uuid
from datetime import datetime, timedelta

from accounts.jobs import running
from accounts.models import Institution, Job, User, WebhookEndpoint, WebhookMessage, WebhookTry
from accounts.webhooks import endpoints
from exams.bank.exam_settings import create_exam
from exams.models import Sitting
from exams.scheduling import sittings
from proctor_site.demo.cases import AWAY, PHONE, TITLE, make_incident
from proctor_site.kernel import clock
from proctoring.browser import rules
from proctoring.browser.events import BrowserKind
from proctoring.identity.outside_consent import OutsideConsent
from proctoring.ingest.browser_events import event_of
from proctoring.models import BrowserEvent, Consent, Incident, MonitoringSession, Policy
from proctoring.observations import Severity
from proctoring.outside import services
from proctoring.review import trials

EXAM = "Taken in another system"
_HEARD = ("session.ended", "incident.raised", "case.opened")
_REFUSED, _TAKEN = (503, "Busy"), (200, "ok")
_LEFT = BrowserKind.TAB_HIDDEN
_TRIED = {_LEFT.value: {"times": 4, "seconds": 45.0}}
"""Numbers under which one of the two incidents below would not have been raised."""
_SPELLS = ((0, (6, 9, 14, 21)), (2, (5, 7, 11)))
"""Who left the page, in the order of addresses, and for how many seconds each time."""


def make_connections(institution: Institution, *, admin: User, officer: User, proctor: User) -> None:
    """All of it, once; in the institution's scope."""
    with clock.at(clock.now() - timedelta(days=1)):
        webhook, _ = endpoints.make(
            institution,
            name="Student register (demo)",
            url="https://register.demo.example/hooks",
            events=_HEARD,
            actor=admin,
        )
    _fill_log(webhook, admin)
    began = clock.now() - timedelta(hours=2)
    with clock.at(began - timedelta(minutes=5)):
        sitting = _make_sitting(institution, officer, proctor)
    make_session(sitting, name="run-2207", began=began, actor=admin, shows_warnings=True)
    _make_trial(institution, admin)


def make_session(
    sitting: Sitting, *, name: str, began: datetime, actor: User, shows_warnings: bool = False
) -> MonitoringSession:
    """A session of another system that is over, with a phone and looks away in it."""
    with clock.at(began):
        session = services.start(
            sitting.institution,
            sitting=sitting,
            session_id=name,
            candidate_id=f"EX-{name[-4:]}",
            candidate_name="Hanna Holm",
            consent=OutsideConsent(
                camera=True,
                microphone=False,
                face_comparison=False,
                agreed_at=began,
                notice_url="https://exams.demo.example/notice",
                notice_version="2026-11",
                asked_by="Exam engine (demo)",
            ),
            actor=actor,
            job_data={"room": "B 12"},
            shows_warnings=shows_warnings,
        )
    for found in (PHONE, AWAY):
        make_incident(session, found)
    with clock.at(began + timedelta(minutes=35)):
        return services.end(session, actor=actor)


def _make_sitting(institution: Institution, officer: User, proctor: User) -> Sitting:
    exam = create_exam(institution, actor=officer, is_outside=True, title=EXAM)
    now = clock.now()
    return sittings.create_sitting(
        exam,
        actor=officer,
        proctors=[proctor],
        title="Sessions of another exam system",
        opens_at=now,
        closes_at=now + timedelta(days=14),
        time_zone=institution.time_zone,
        duration_minutes=60,
    )


def _fill_log(made: WebhookEndpoint, admin: User) -> None:
    """It took all, one at the second try, and is switched off: its address is made up."""
    institution = made.institution
    for hours, kind in enumerate(_HEARD, start=1):
        at = clock.now() - timedelta(hours=5 - hours)
        body = {
            "type": kind,
            "timestamp": at.isoformat(),
            "data": {"institution": institution.pk, **_TOLD[kind]},
        }
        message = WebhookMessage.objects.create(  # not by the outbox, which would have it sent
            institution=institution,
            endpoint=made,
            public_id=f"msg_{uuid.uuid4().hex}",
            kind=kind,
            body=json.dumps(body, separators=(",", ":")),
            happened_at=at,
            due_at=at,
        )
        answers = (_REFUSED, _TAKEN) if kind == "incident.raised" else (_TAKEN,)
        for place, (status, answer) in enumerate(answers):
            at += timedelta(seconds=3 + 10 * place)
            WebhookTry.objects.create(
                institution=institution,
                message=message,
                at=at,
                status=status,
                milliseconds=85 + 40 * place,
                answer=answer,
            )
        WebhookMessage.objects.filter(pk=message.pk).update(tries=len(answers), delivered_at=at)
        made.taken_at = at
    made.save(update_fields=["taken_at"])
    endpoints.switch_off(made, actor=admin)


def _make_trial(institution: Institution, admin: User) -> None:
    for place, spells in _SPELLS:
        session = MonitoringSession.objects.filter(sitting__title=TITLE).order_by("pk")[place]
        _leave_page(session, spells)
    policy = Policy.objects.get(institution=institution, is_default=True)
    policy.browser = _TRIED  # of the trial alone: never saved
    job: Job = trials.ask(policy, on="days:30", actor=admin)
    running.run(job.pk)


def _leave_page(session: MonitoringSession, spells: tuple[int, ...]) -> None:
    assert session.attempt is not None
    at = session.started_at + timedelta(minutes=32)  # after what a reader should see first
    rows = []
    for number, seconds in enumerate(spells):
        rows.append(
            BrowserEvent.objects.create(
                institution=session.institution,
                session=session,
                attempt=session.attempt,
                number=number,
                kind=_LEFT.value,
                started_at=at,
                received_at=at + timedelta(seconds=seconds + 1),
                seconds=seconds,
            )
        )
        at += timedelta(minutes=2)
    totals = rules.reckon([event_of(each) for each in rows])
    Consent.objects.filter(session=session).update(looked_for=[_LEFT.value])
    Incident.objects.create(
        institution=session.institution,
        session=session,
        sitting=session.sitting,
        kind=_LEFT.value,
        severity=Severity.MEDIUM,
        confidence=1.0,
        started_at=rows[0].started_at,
        last_seen_at=rows[-1].received_at,
        ended_at=rows[-1].received_at,
        count=totals.times,
        explanation=rules.explain(_LEFT, totals),
        engine="page",
    )


_WHERE = {"attempt": 3, "session": "0f8c3a54-2f7f-4c0e-9d4e-6c1d5d7b1a11", "sitting": 2}
_TOLD = {
    "session.ended": {**_WHERE, "state": "ended"},
    "incident.raised": {
        **_WHERE,
        "incident": 1,
        "kind": "phone",
        "severity": "high",
        "started_at": "2026-11-22T08:00:00Z",
    },
    "case.opened": {**_WHERE, "case": 1, "state": "open"},
}
