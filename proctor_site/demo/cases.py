"""Two sittings that are over, with incidents and evidence: every page of the review has something on it.

In the newer one all cases wait for a first reading; in the older one there is a case in each later state.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import Institution, User
from exams import states
from exams.models import Attempt, Enrolment, Exam, Sitting
from exams.models.attempt import EndedBy
from proctor_site.demo import exhibits
from proctor_site.kernel import clock
from proctoring.evidence import store
from proctoring.evidence.exhibits import Picture, Recording
from proctoring.identity import notice
from proctoring.models import Case, Consent, Incident, MonitoringSession
from proctoring.models.case import Verdict
from proctoring.models.evidence import EvidenceKind
from proctoring.observations import SOUND_KINDS, ObservationKind, Severity
from proctoring.review import opening, readings, verdicts
from proctoring.states import SESSION_ENDED

TITLE, EARLIER = "Review to try", "Reviewed last week"
_MINUTES = 40


@dataclass(frozen=True, slots=True)
class Found:
    """One incident: when it began (minute of the attempt), how long it was, what was said and seen of it."""

    kind: ObservationKind
    severity: Severity
    minute: int
    seconds: int
    words: str
    scene: str
    is_heard: bool = False
    is_filmed: bool = False


PHONE = Found(
    ObservationKind.PHONE,
    Severity.HIGH,
    12,
    35,
    "A phone was seen in 14 of 18 pictures over 35 s.",
    exhibits.PHONE,
    is_filmed=True,
)
AWAY = Found(
    ObservationKind.LOOKING_AWAY,
    Severity.LOW,
    14,
    20,
    "Looked away in 16 of 20 pictures over 20 s.",
    exhibits.AWAY,
)
_VOICE = Found(
    ObservationKind.ANOTHER_VOICE,
    Severity.MEDIUM,
    20,
    12,
    "Another voice was heard for 3.6 s of 12 s.",
    exhibits.CALM,
    is_heard=True,
)
_SECOND = Found(
    ObservationKind.SECOND_PERSON,
    Severity.MEDIUM,
    5,
    12,
    "A second person in 6 of 6 pictures over 12 s.",
    exhibits.SECOND_PERSON,
    is_heard=True,
)
_NOBODY = Found(
    ObservationKind.NO_FACE,
    Severity.MEDIUM,
    30,
    70,
    "Nobody was in view in 35 of 35 pictures over 70 s.",
    exhibits.NOBODY,
)
_NEW: tuple[tuple[Found, ...], ...] = ((PHONE, AWAY, _VOICE), (_SECOND,), (_NOBODY,), (AWAY,), ())
_OLD: tuple[tuple[Found, ...], ...] = ((_SECOND, _VOICE), (PHONE,), (PHONE, _VOICE), (_NOBODY,), (_SECOND,))
"""What was found of each candidate, in the order of their addresses."""


@dataclass(frozen=True, slots=True)
class Staff:
    """Who reads and decides."""

    admin: User
    officer: User
    reviewer: User


def make_cases(institution: Institution, exam: Exam, candidates: list[User], staff: Staff) -> None:
    """One attempt of each candidate in each sitting; cases by the usual rules and services."""
    ago = timedelta(minutes=_MINUTES + 90)
    _make_sitting(institution, exam, TITLE, clock.now() - ago, candidates, _NEW)
    begun = clock.now() - timedelta(days=6)
    with clock.at(begun + ago):
        made = _make_sitting(institution, exam, EARLIER, begun, candidates, _OLD)
        opening.look_around()
        own = {each.candidate_id: each.case for each in made}
        for candidate, bring_on in zip(candidates, _COURSES, strict=True):
            case = own[candidate.pk]
            Case.objects.filter(pk=case.pk).update(reads_twice=False)  # left to chance otherwise
            case.refresh_from_db()
            bring_on(case, candidate, staff)
    opening.look_around()


def _read_once(case: Case, candidate: User, staff: Staff) -> None:
    readings.give(case, actor=staff.officer, verdict=Verdict.BREACH, note="Somebody talks beside them.")


def _read_twice(case: Case, candidate: User, staff: Staff) -> None:
    _read_once(case, candidate, staff)
    readings.give(case, actor=staff.admin, verdict=Verdict.BREACH, note="Seen and heard in all of it.")


def _asked_to_reply(case: Case, candidate: User, staff: Staff) -> None:
    _read_twice(case, candidate, staff)
    verdicts.open_reply_window(
        case,
        actor=staff.officer,
        told="A phone was in your hand for half a minute, while another page was on your screen.",
    )


def _cleared(case: Case, candidate: User, staff: Staff) -> None:
    readings.give(case, actor=staff.reviewer, verdict=Verdict.NO_CONCERN, note="They fetched their glasses.")


def _appealed(case: Case, candidate: User, staff: Staff) -> None:
    _asked_to_reply(case, candidate, staff)
    verdicts.say_all(case, candidate=candidate)
    verdicts.decide(case, actor=staff.officer, verdict=Verdict.BREACH, told="We think that you had help.")
    verdicts.appeal(case, candidate=candidate, text="My sister came in to fetch her bag.")


_COURSES: tuple[Callable[[Case, User, Staff], None], ...] = (
    _read_once,
    _read_twice,
    _asked_to_reply,
    _cleared,
    _appealed,
)
"""What became of the case of each candidate in the older sitting."""


def _make_sitting(
    institution: Institution,
    exam: Exam,
    title: str,
    begin: datetime,
    candidates: list[User],
    found: tuple[tuple[Found, ...], ...],
) -> list[MonitoringSession]:
    sitting = Sitting.objects.create(
        institution=institution,
        exam=exam,
        title=title,
        opens_at=begin,
        closes_at=begin + timedelta(minutes=_MINUTES),
        time_zone=institution.time_zone,
        duration_minutes=_MINUTES,
        tells_candidates=False,
    )
    pairs = zip(candidates, found, strict=True)
    return [_make_session(sitting, each, number, begin, own) for number, (each, own) in enumerate(pairs)]


def _make_session(
    sitting: Sitting, candidate: User, number: int, begin: datetime, found: tuple[Found, ...]
) -> MonitoringSession:
    own, end = {"institution": sitting.institution}, begin + timedelta(minutes=_MINUTES - number)
    attempt = Attempt.objects.create(
        enrolment=Enrolment.objects.create(sitting=sitting, candidate=candidate, **own),
        state=states.SUBMITTED,
        ended_by=EndedBy.CANDIDATE,
        seed=number,
        started_at=begin,
        deadline_at=sitting.closes_at,
        ended_at=end,
        **own,
    )
    session = MonitoringSession.objects.create(
        attempt=attempt,
        sitting=sitting,
        candidate=candidate,
        state=SESSION_ENDED,
        started_at=begin,
        ended_at=end,
        **own,
    )
    Consent.objects.create(
        session=session,
        candidate=candidate,
        notice=notice.for_attempt(attempt),
        camera=True,
        face_comparison=True,
        microphone=True,
        screen=True,
        given_at=begin,
        **own,
    )
    for each in found:
        make_incident(session, each)
    return session


def make_incident(session: MonitoringSession, found: Found) -> None:
    """An incident that is over, with what was seen and heard of it."""
    started = session.started_at + timedelta(minutes=found.minute)
    ended = started + timedelta(seconds=found.seconds)
    incident = Incident.objects.create(
        institution=session.institution,
        session=session,
        sitting=session.sitting,
        kind=found.kind,
        severity=found.severity,
        confidence=0.8,
        started_at=started,
        last_seen_at=ended,
        ended_at=ended,
        count=1 if found.kind in SOUND_KINDS else max(found.seconds // 2, 1),
        explanation=found.words,
        engine="demo",
    )
    store.keep(incident, _seen(found, started))
    if found.is_filmed:
        store.keep(incident, _filmed(found, started))
    if found.is_heard:
        data, about = exhibits.voices()
        store.keep(incident, [Recording(found.minute * 2, started, data, "audio/wav", about)])


def _seen(found: Found, started: datetime) -> list[Picture]:
    """Two calm pictures before the incident, then what it was about."""
    at = [(started + timedelta(seconds=2 * step), step) for step in range(-2, 4)]
    return [
        Picture(
            found.minute * 60 + 2 * step,
            moment,
            exhibits.camera(found.scene if step >= 0 else exhibits.CALM, step),
        )
        for moment, step in at
    ]


def _filmed(found: Found, started: datetime) -> list[Picture | Recording]:
    """A picture of the screen before and during the incident, and a film."""
    pictures = [
        Picture(
            found.minute * 6 + place,
            started + timedelta(seconds=10 * place),
            exhibits.screen(is_search=place > 0, step=3),
            EvidenceKind.SCREEN,
        )
        for place in (0, 1)
    ]
    film = Recording(
        found.minute * 6, started, exhibits.film(), "video/webm", {"seconds": 8.0}, EvidenceKind.SCREEN_CLIP
    )
    return [*pictures, film]
