"""A sitting that is over, with incidents in words, so that a newcomer finds cases in the review queue."""

from datetime import datetime, timedelta

from accounts.models import Institution, User
from exams import states
from exams.models import Attempt, Enrolment, Exam, Sitting
from exams.models.attempt import EndedBy
from proctor_site.kernel import clock
from proctoring.models import Incident, MonitoringSession
from proctoring.observations import ObservationKind, Severity
from proctoring.review import opening
from proctoring.states import SESSION_ENDED

TITLE = "Review to try"
_MINUTES = 40
_FOUND: tuple[tuple[tuple[ObservationKind, Severity, int, int, str], ...], ...] = (
    (
        (ObservationKind.PHONE, Severity.HIGH, 12, 35, "A phone was seen in 14 of 18 pictures over 35 s."),
        (ObservationKind.LOOKING_AWAY, Severity.LOW, 14, 20, "Looked away in 16 of 20 pictures over 20 s."),
    ),
    (
        (
            ObservationKind.SECOND_PERSON,
            Severity.MEDIUM,
            5,
            12,
            "A second person in 6 of 6 pictures over 12 s.",
        ),
    ),
    (
        (
            ObservationKind.NO_FACE,
            Severity.MEDIUM,
            30,
            70,
            "Nobody was in view in 35 of 35 pictures over 70 s.",
        ),
    ),
    ((ObservationKind.LOOKING_AWAY, Severity.LOW, 9, 15, "Looked away in 12 of 15 pictures over 15 s."),),
    (),
)
"""For each candidate: kind, severity, minute of the attempt, seconds, words."""


def make_cases(institution: Institution, exam: Exam, candidates: list[User]) -> None:
    """One attempt for each candidate, handed in an hour and a half ago; cases by the usual rules.

    No pictures are made up: the incidents stand in words alone.
    """
    begin = clock.now() - timedelta(minutes=_MINUTES + 90)
    sitting = Sitting.objects.create(
        institution=institution,
        exam=exam,
        title=TITLE,
        opens_at=begin,
        closes_at=begin + timedelta(minutes=_MINUTES),
        time_zone=institution.time_zone,
        duration_minutes=_MINUTES,
        tells_candidates=False,
    )
    for number, (candidate, found) in enumerate(zip(candidates, _FOUND, strict=False)):
        _make_session(sitting, candidate, number, begin, found)
    opening.look_around()


def _make_session(
    sitting: Sitting,
    candidate: User,
    number: int,
    begin: datetime,
    found: tuple[tuple[ObservationKind, Severity, int, int, str], ...],
) -> None:
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
    for kind, severity, minute, seconds, words in found:
        started = begin + timedelta(minutes=minute)
        ended = started + timedelta(seconds=seconds)
        Incident.objects.create(
            session=session,
            sitting=sitting,
            kind=kind,
            severity=severity,
            confidence=0.8,
            started_at=started,
            last_seen_at=ended,
            ended_at=ended,
            count=max(seconds // 2, 1),
            explanation=words,
            engine="demo",
            **own,
        )
