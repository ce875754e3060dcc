"""Figures of one sitting for its dashboard: where it stands, flags, review, fairness; reads only."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Q, Sum

from exams.models import Attempt, LostTime, Sitting
from exams.states import RUNNING, WAITING, WORDS
from proctor_site.kernel import clock
from proctoring.live import presence
from proctoring.models import Case, Incident, MonitoringSession, Reading
from proctoring.models.case import Verdict
from proctoring.reports import fairness
from proctoring.reports.fairness import Compared, Rate
from proctoring.review.intervals import Figures
from proctoring.states import CASE_DECIDED, DISMISSED, INCONCLUSIVE, UNREVIEWED, UPHELD


@dataclass(frozen=True, slots=True)
class Detector:
    """The flags of one kind: incidents, on how many attempts, and what people said of them."""

    words: str
    incidents: int
    flagged: Rate
    waiting: int
    verdicts: Figures


@dataclass(frozen=True, slots=True)
class Effort:
    """What reviewing has cost."""

    cases: int
    open: int
    decided: int
    readings: int
    seconds: int
    watched_s: float

    @property
    def per_case(self) -> float | None:
        """Seconds of readings for each case that was read."""
        return self.seconds / self.cases if self.cases and self.readings else None

    @property
    def per_hour(self) -> float | None:
        """Seconds of readings for each hour that candidates were watched."""
        return self.seconds / (self.watched_s / 3600) if self.watched_s >= 60 and self.readings else None


@dataclass(frozen=True, slots=True)
class Appeals:
    """Adverse verdicts, those appealed against, and those changed by it."""

    adverse: int
    appealed: int
    decided: int
    changed: int


@dataclass(frozen=True, slots=True)
class SittingFigures:
    """All of it. `states`: attempts by state in words; `connected`: pages that answer now."""

    attempts: int
    states: list[tuple[str, int]]
    connected: int
    is_live: bool
    watched: int
    incidents: int
    going_on: int
    unreviewed: int
    detectors: list[Detector]
    effort: Effort
    appeals: Appeals
    lost_s: float
    credited_s: int
    lost_attempts: int
    light: list[Rate]
    groups: list[Compared]

    @property
    def light_words(self) -> str:
        return fairness.light_words(self.light)


def figures_of(sitting: Sitting) -> SittingFigures:
    """The figures now. About a dozen queries, whatever the number of candidates."""
    states = Counter(_states(sitting))
    live = Attempt.objects.filter(enrolment__sitting=sitting, state__in=(*WAITING, *RUNNING))
    connected = sum(each.connected for each in presence.read_many(live.values_list("pk", flat=True)).values())
    sessions = MonitoringSession.objects.filter(sitting=sitting)
    watched = sessions.count()
    incidents = Incident.objects.filter(sitting=sitting)
    counts = incidents.aggregate(
        all=Count("pk"),
        on=Count("pk", filter=Q(ended_at=None)),
        new=Count("pk", filter=Q(review_state=UNREVIEWED)),
    )
    lost = LostTime.objects.filter(attempt__enrolment__sitting=sitting).aggregate(
        length=Sum(F("ended_at") - F("started_at")),
        credited=Sum("credited_seconds"),
        attempts=Count("attempt", distinct=True),
    )
    return SittingFigures(
        attempts=sum(states.values()),
        states=[(WORDS[state], number) for state, number in sorted(states.items())],
        connected=connected,
        is_live=any(states[state] for state in (*WAITING, *RUNNING)),
        watched=watched,
        incidents=counts["all"],
        going_on=counts["on"],
        unreviewed=counts["new"],
        detectors=_detectors(sitting, watched),
        effort=_effort(sitting),
        appeals=_appeals(sitting),
        lost_s=(lost["length"] or timedelta()).total_seconds(),
        credited_s=lost["credited"] or 0,
        lost_attempts=lost["attempts"],
        light=fairness.by_light(sitting),
        groups=fairness.by_group(sitting),
    )


def _states(sitting: Sitting) -> list[str]:
    rows = Attempt.objects.filter(enrolment__sitting=sitting)
    return list(rows.values_list("state", flat=True))


def _detectors(sitting: Sitting, watched: int) -> list[Detector]:
    rows = Incident.objects.filter(sitting=sitting).values("kind").order_by("kind")
    states = (UPHELD, DISMISSED, INCONCLUSIVE, UNREVIEWED)
    found: Any = rows.annotate(
        number=Count("pk"),
        on=Count("session", distinct=True),
        **{state: Count("pk", filter=Q(review_state=state)) for state in states},
    )
    detectors = [
        Detector(
            row["kind"].replace("_", " "),
            row["number"],
            Rate(row["kind"], row["on"], watched),
            row["number"] - row[UPHELD] - row[DISMISSED] - row[INCONCLUSIVE],
            Figures(row[UPHELD], row[DISMISSED], row[INCONCLUSIVE]),
        )
        for row in found
    ]
    return sorted(detectors, key=lambda each: (-each.incidents, each.words))


def _effort(sitting: Sitting) -> Effort:
    cases = Case.objects.filter(sitting=sitting).aggregate(
        all=Count("pk"), done=Count("pk", filter=Q(state=CASE_DECIDED))
    )
    spent = Reading.objects.filter(case__sitting=sitting).aggregate(all=Count("pk"), seconds=Sum("seconds"))
    now = clock.now()
    spans = MonitoringSession.objects.filter(sitting=sitting).values_list("started_at", "ended_at")
    watched = sum(((end or now) - begin).total_seconds() for begin, end in spans)
    done = cases["done"]
    return Effort(cases["all"], cases["all"] - done, done, spent["all"], spent["seconds"] or 0, watched)


def _appeals(sitting: Sitting) -> Appeals:
    adverse = Q(verdict__in=(Verdict.BREACH, Verdict.INCONCLUSIVE))
    was_adverse = Q(verdict_before_appeal__in=(Verdict.BREACH, Verdict.INCONCLUSIVE))
    decided = Q(appeal_decided_at__isnull=False)
    found = Case.objects.filter(sitting=sitting).aggregate(
        adverse=Count("pk", filter=adverse | was_adverse),
        appealed=Count("pk", filter=Q(appealed_at__isnull=False)),
        decided=Count("pk", filter=decided),
        changed=Count("pk", filter=decided & ~Q(verdict=F("verdict_before_appeal"))),
    )
    return Appeals(**found)
