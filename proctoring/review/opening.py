"""Cases that the server opens: after attempts with incidents worth a look, and random samples of the rest."""

import hashlib
import math
import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet

from accounts import audit
from accounts.models import Institution
from accounts.tenancy import within
from exams.models import Sitting
from proctor_site.kernel import clock
from proctoring.models import Incident, MonitoringSession, SampleDraw
from proctoring.models.case import OpenedFor
from proctoring.models.review_settings import ReviewSettings
from proctoring.observations import Severity
from proctoring.review.cases import open_case
from proctoring.review.estimates import refresh_stale
from proctoring.review.terms import terms_of
from proctoring.states import SESSION_ENDED, SESSION_LIVE, UNREVIEWED

LOOKS_BACK = timedelta(days=7)
"""Sessions that ended longer ago become no case by themselves any more; a person can still ask for one."""
DRAWS_AFTER = timedelta(hours=1)
"""After the end of a sitting, so that what comes late is in."""
_AT_ONCE = 200


def look_around() -> None:
    """One round: cases for incidents, samples of sittings that are over, the order of what waits.

    Safe in several processes.
    """
    open_due()
    draw_due()
    refresh_stale()


def open_due() -> int:
    """Opens cases of ended attempts with incidents worth a look; how many. A round opens at most 200."""
    ended = MonitoringSession._base_manager.filter(
        state=SESSION_ENDED, ended_at__gte=clock.now() - LOOKS_BACK, case=None
    ).exclude(sitting__is_practice=True)
    opened = 0
    for institution in Institution.objects.filter(pk__in=ended.order_by().values("institution")):
        with within(institution):
            least = Severity(terms_of(institution).least_severity)
            own = ended.filter(institution=institution).filter(_has_worth_a_look(least))
            for session in own.select_related("institution", "sitting").order_by("pk")[:_AT_ONCE]:
                open_case(session, OpenedFor.INCIDENTS)
                opened += 1
    return opened


def draw_due() -> int:
    """Draws the samples of sittings that are over and have none yet; how many sittings.

    First come the cases for incidents: what is drawn is drawn from the rest.
    """
    now = clock.now()
    over = Sitting._base_manager.filter(
        closes_at__lte=now - DRAWS_AFTER,
        closes_at__gte=now - LOOKS_BACK,
        is_practice=False,
        cancelled_at=None,
        sample_draw=None,
    )
    drawn = 0
    for sitting in over.select_related("institution"):
        with within(sitting.institution):
            rows = MonitoringSession.objects.filter(sitting=sitting)
            if rows.exists() and not rows.filter(state=SESSION_LIVE).exists():
                drawn += draw_sample(sitting) is not None
    return drawn


def draw_sample(sitting: Sitting) -> SampleDraw | None:
    """Draws the sample of one sitting and opens its cases; None: it was drawn before."""
    terms = terms_of(sitting.institution)
    population = list(
        MonitoringSession.objects.filter(sitting=sitting, state=SESSION_ENDED, case=None)
        .exclude(attempt__state__in=("refused", "missed"))
        .select_related("institution", "sitting")
    )
    seed = secrets.token_hex(16)
    wanted = sample_size(len(population), terms)
    chosen = sorted(population, key=lambda session: place_of(seed, str(session.public_id)))[:wanted]
    try:
        with transaction.atomic():
            draw = SampleDraw.objects.create(
                institution=sitting.institution,
                sitting=sitting,
                seed=seed,
                population=len(population),
                drawn=len(chosen),
                drawn_at=clock.now(),
            )
            audit.record(
                sitting.institution,
                sitting,
                "sitting.sample_drawn",
                detail={
                    "seed": seed,
                    "population": len(population),
                    "population_sha256": fingerprint(str(each.public_id) for each in population),
                    "drawn": [str(each.public_id) for each in chosen],
                },
            )
            for session in chosen:
                open_case(session, OpenedFor.SAMPLE)
    except IntegrityError:
        return None
    return draw


def sample_size(population: int, terms: ReviewSettings) -> int:
    """How many are drawn: the share, but at least so many a sitting; none where the share is 0."""
    if not terms.sample_percent:
        return 0
    share = math.ceil(population * terms.sample_percent / 100)
    return min(population, max(share, terms.sample_least))


def place_of(seed: str, public_id: str) -> str:
    """Where a session stands in the draw: the first ones are taken. Anybody can work it out again."""
    return hashlib.sha256(f"{seed}:{public_id}".encode()).hexdigest()


def fingerprint(public_ids: Iterable[str]) -> str:
    """Names the population of a draw: SHA-256 over its ids, sorted, one to a line."""
    return hashlib.sha256("\n".join(sorted(public_ids)).encode()).hexdigest()


def _has_worth_a_look(least: Severity) -> Exists:
    severities = [each.value for each in Severity if each.rank >= least.rank]
    rows: QuerySet[Incident] = Incident._base_manager.filter(
        session=OuterRef("pk"), severity__in=severities, review_state=UNREVIEWED
    )
    return Exists(rows)
