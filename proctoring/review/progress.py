"""How the review goes: who has read how much, how far readers agree, and what samples say is missed."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Sum

from accounts.models import Institution, User
from exams.models import Sitting
from proctor_site.kernel import clock
from proctoring.models import Case, CaseLook, Reading
from proctoring.models.case import OpenedFor, ReadingPart, Verdict
from proctoring.review.agreement import Kappa, kappa_of
from proctoring.review.intervals import wilson
from proctoring.states import CASE_DECIDED, CASE_OPEN, CASE_UNREAD

_SINCE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Share:
    """One reader's part in the last 30 days."""

    reader: User
    given: int
    minutes: int
    assigned: int


@dataclass(frozen=True, slots=True)
class Missed:
    """What the samples say: of `read` attempts that the machine found nothing in, `found` are not cleared."""

    waiting: int
    read: int
    found: int
    low_percent: float
    high_percent: float


def shares_of(institution: Institution) -> list[Share]:
    """Everybody who has read or has cases to read, most readings first."""
    since = clock.now() - _SINCE
    given = dict(
        Reading.objects.filter(institution=institution, finished_at__gte=since, withdrawn_at=None)
        .order_by()
        .values_list("reader")
        .annotate(number=Count("pk"))
    )
    spent = dict(
        CaseLook.objects.filter(institution=institution, begun_at__gte=since)
        .order_by()
        .values_list("reader")
        .annotate(seconds=Sum("seconds"))
    )
    waiting = Case.objects.filter(institution=institution, state__in=CASE_UNREAD, assigned_to__isnull=False)
    assigned = dict(waiting.order_by().values_list("assigned_to").annotate(number=Count("pk")))
    people = User.objects.filter(pk__in={*given, *spent, *assigned})
    shares = [
        Share(each, given.get(each.pk, 0), round(spent.get(each.pk, 0) / 60), assigned.get(each.pk, 0))
        for each in people
    ]
    return sorted(shares, key=lambda share: (-share.given, str(share.reader)))


def kappa(institution: Institution, sitting: Sitting | None = None) -> Kappa:
    """Agreement of first and second readers, over the cases that chance had chosen to be read twice.

    Second readings that follow only an adverse first one say nothing about agreement: such pairs would hold
    no case that both find harmless.
    """
    rows = Reading.objects.filter(institution=institution, case__reads_twice=True, withdrawn_at=None)
    if sitting is not None:
        rows = rows.filter(case__sitting=sitting)
    found: dict[int, dict[str, str]] = {}
    for case_id, part, verdict in rows.values_list("case_id", "part", "verdict"):
        found.setdefault(case_id, {})[part] = verdict
    first, second = ReadingPart.FIRST.value, ReadingPart.SECOND.value
    return kappa_of(
        [(each[first], each[second]) for each in found.values() if first in each and second in each]
    )


def confirmed(institution: Institution) -> tuple[int, int]:
    """Of the second readings after an adverse first one, how many say the same; and how many there are."""
    rows = Reading.objects.filter(institution=institution, part=ReadingPart.SECOND, withdrawn_at=None)
    pairs = rows.filter(case__readings__part=ReadingPart.FIRST, case__readings__withdrawn_at=None).exclude(
        case__readings__verdict=Verdict.NO_CONCERN
    )
    verdicts = list(pairs.values_list("verdict", "case__readings__verdict"))
    return sum(one == other for one, other in verdicts), len(verdicts)


def missed(institution: Institution, sitting: Sitting | None = None) -> Missed:
    """Read samples, how many are not cleared (a verdict, or still under way), and the share's interval.

    Percent of the attempts that became no case by themselves; 95 %, Wilson.
    """
    rows = Case.objects.filter(institution=institution, opened_for=OpenedFor.SAMPLE)
    if sitting is not None:
        rows = rows.filter(sitting=sitting)
    waiting = rows.filter(state=CASE_OPEN).count()
    read = rows.exclude(state=CASE_OPEN)
    cleared = read.filter(state=CASE_DECIDED, verdict=Verdict.NO_CONCERN).count()
    total = read.count()
    low, high = wilson(total - cleared, total)
    return Missed(waiting, total, total - cleared, round(100 * low, 1), round(100 * high, 1))
