"""What a look at a case is worth and how long it takes: the numbers that order the queue."""

from datetime import timedelta
from typing import Any

from django.db.models import F, Q, QuerySet

from accounts.models import Institution
from accounts.tenancy import within
from proctor_site.kernel import clock
from proctoring.models import Case, EvidenceItem, Incident, Reading
from proctoring.models.case import OpenedFor, ReadingPart
from proctoring.review import risk
from proctoring.review.precision import figures_of_kinds
from proctoring.states import ACKNOWLEDGED, CASE_OPEN, UNREVIEWED

BASE_SECONDS = 20
"""To open a case, see what the exam was and give a verdict."""
PER_INCIDENT = 6
"""To read an incident and look at its pictures."""
SAMPLE_VALUE = 5.0
"""Of a sample: nothing was found, but only samples tell what is missed; half of one medium incident."""
_ENOUGH = 20
_RECENT = 500
STALE = timedelta(hours=1)
AT_ONCE = 100
"""Cases that one round estimates anew: some milliseconds each."""
_ESTIMATED = ("value", "look_seconds", "rank", "estimated_at")


_PRIOR_VERDICTS = 4
"""What the prior weighs, in verdicts, against what has been measured."""


def precision_of(institution: Institution) -> risk.Precision:
    """The measured share of upheld incidents by kind, drawn to one half while there are few verdicts."""
    figures = figures_of_kinds(institution)

    def share(kind: str) -> float:
        found = figures.get(kind)
        if found is None:
            return risk.PRIOR
        return (found.upheld + risk.PRIOR * _PRIOR_VERDICTS) / (found.judged + _PRIOR_VERDICTS)

    return share


def estimate(case: Case, precision: risk.Precision | None = None) -> Case:
    """Sets value, seconds and rank on the case (not saved); `precision` None: read it now."""
    precision = precision or precision_of(case.institution)
    incidents = list(
        Incident.objects.filter(session=case.session_id, review_state__in=(UNREVIEWED, ACKNOWLEDGED))
    )
    case.value = risk.expected_value(incidents, precision)
    if case.opened_for != OpenedFor.INCIDENTS:
        case.value = max(case.value, SAMPLE_VALUE)
    case.look_seconds = BASE_SECONDS + PER_INCIDENT * len(incidents) + heard_seconds(case)
    case.rank = round(case.value / case.look_seconds, 6)
    case.estimated_at = clock.now()
    return case


def refresh(cases: "QuerySet[Case]") -> int:
    """Estimates these anew where they still wait and are in nobody's hands; how many.

    What somebody has open or was given stays where it is: a list does not move under who works with it.
    """
    now = clock.now()
    free = cases.filter(state=CASE_OPEN, assigned_to=None)
    free = free.filter(Q(locked_until=None) | Q(locked_until__lte=now))
    known: dict[int, risk.Precision] = {}
    done = 0
    for case in free.select_related("institution"):
        if case.institution_id not in known:
            known[case.institution_id] = precision_of(case.institution)
        estimate(case, known[case.institution_id])
        # Only if nobody has taken it meanwhile.
        done += free.filter(pk=case.pk).update(**{name: getattr(case, name) for name in _ESTIMATED})
    return done


def refresh_stale() -> int:
    """One round: the cases that were not estimated for `STALE`, a bounded number, longest ago first.

    Incidents that came after the opening, and verdicts elsewhere, which move the precision of a kind.
    """
    old = Q(estimated_at=None) | Q(estimated_at__lt=clock.now() - STALE)
    waiting = Case._base_manager.filter(old, state=CASE_OPEN, assigned_to=None)
    rows = waiting.order_by(F("estimated_at").asc(nulls_first=True), "pk").values_list("pk", "institution")
    found = list(rows[:AT_ONCE])
    done = 0
    for institution in Institution.objects.filter(pk__in={each for _, each in found}):
        with within(institution):
            done += refresh(Case.objects.filter(pk__in=[pk for pk, _ in found]))
    return done


def heard_seconds(case: Case) -> int:
    """Length of the recordings and films of the session, in seconds, each no longer than a minute."""
    abouts = EvidenceItem.objects.filter(session=case.session_id).values_list("about", flat=True)
    return round(sum(min(_length(about), 60.0) for about in abouts))


def _length(about: Any) -> float:
    value = about.get("seconds", about.get("duration_s", 0)) if isinstance(about, dict) else 0
    return float(value) if isinstance(value, int | float) and value > 0 else 0.0


def pace_of(institution: Institution) -> float:
    """Seconds that first readings took for each estimated second; 1 until twenty have been measured.

    Between a quarter and four: a case left open over lunch does not move the queue.
    """
    rows = Reading.objects.filter(institution=institution, part=ReadingPart.FIRST, seconds__gt=0)
    recent = list(rows.order_by("-finished_at").values_list("seconds", "case__look_seconds")[:_RECENT])
    if len(recent) < _ENOUGH:
        return 1.0
    spent, estimated = (sum(column) for column in zip(*recent, strict=True))
    return min(max(spent / max(estimated, 1), 0.25), 4.0)
