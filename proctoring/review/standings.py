"""Detectors that people disagree with too often become advisory by themselves; people bring them back."""

from django.db import transaction

from accounts.models import Institution, User
from accounts.permissions import roles_of
from accounts.tenancy import own_or_default
from accounts.transitions import apply_move, lock
from proctor_site.kernel import clock
from proctor_site.kernel.errors import InvalidInput, NotAllowed
from proctoring.models import Case, DetectorStanding, Incident, PrecisionTerms
from proctoring.review import standing_mails
from proctoring.review.intervals import Figures, lies_below
from proctoring.review.precision import count_incident, count_session, figures_of
from proctoring.states import ADVISORY, IN_FORCE, STANDING

MOST_CHARACTERS = 500


def follow_verdict(incident: Incident) -> None:
    """Counts a verdict and judges the detector by it; in the caller's transaction."""
    count_incident(incident)
    if incident.rule:  # without a name of its numbers nothing can be said of them
        judge(incident.institution, incident.kind, incident.rule)


def follow_case(case: Case) -> None:
    """Counts what the move of a case says about its incidents, and judges their detectors."""
    for kind, rule in sorted(count_session(case.session)):
        if rule:
            judge(case.institution, kind, rule)


def judge(institution: Institution, kind: str, rule: str) -> DetectorStanding | None:
    """Makes a detector with these numbers advisory when its interval lies below the floor; the standing then.

    It never comes back by itself: better verdicts on what nobody is alarmed by would only let it swing.
    Verdicts that were set aside when a person brought it back do not count again.
    """
    terms = terms_of(institution)
    if not terms.by_itself:
        return None
    found = DetectorStanding.objects.filter(institution=institution, kind=kind, rule=rule).first()
    if found is not None and found.state == ADVISORY:
        return None
    figures = figures_of(institution, kind, rule)
    fresh = figures.without(found.counted_upheld, found.counted_dismissed) if found else figures
    if not lies_below(fresh, terms.floor_percent / 100, terms.least_verdicts):
        return None
    with transaction.atomic():
        standing, _ = DetectorStanding.objects.get_or_create(institution=institution, kind=kind, rule=rule)
        lock(standing)
        if standing.state != IN_FORCE:
            return None  # another verdict at the same moment
        return _make_advisory(standing, fresh, terms)


def _make_advisory(standing: DetectorStanding, figures: Figures, terms: PrecisionTerms) -> DetectorStanding:
    counts = {"upheld": figures.upheld, "dismissed": figures.dismissed}
    apply_move(
        standing,
        STANDING,
        "make_advisory",
        actor=None,
        values={**counts, "since": clock.now(), "brought_back_by": None, "reason": ""},
        detail={
            **counts,
            "kind": standing.kind,
            "interval_percent": [figures.low_percent, figures.high_percent],
            "floor_percent": terms.floor_percent,
        },
    )
    standing_mails.write(standing)
    return standing


def bring_back(standing: DetectorStanding, *, actor: User, reason: str) -> DetectorStanding:
    """Lets a detector alarm again; verdicts so far are set aside. Not told to candidates, audited.

    Raises NotAllowed, InvalidInput (field "reason"), IllegalMove, Conflict.
    """
    if not actor.has_perm("proctoring.bring_back_detector", standing):
        raise NotAllowed("Only exam officers and admins bring a detector back.")
    words = reason.strip()
    if not words or len(words) > MOST_CHARACTERS or "\x00" in words:
        raise InvalidInput(
            f"Say why it may alarm again, in up to {MOST_CHARACTERS} characters.", field="reason"
        )
    figures = figures_of(standing.institution, standing.kind, standing.rule)
    with transaction.atomic():
        return apply_move(
            standing,
            STANDING,
            "bring_back",
            actor=actor,
            values={
                "counted_upheld": figures.upheld,
                "counted_dismissed": figures.dismissed,
                "since": clock.now(),
                "brought_back_by": actor,
                "reason": words,
            },
            reason=words,
            detail={"kind": standing.kind},
        )


def terms_of(institution: Institution) -> PrecisionTerms:
    """The institution's terms, or the defaults (unsaved)."""
    return own_or_default(PrecisionTerms, institution)


def advisory_here(institution: Institution) -> list[DetectorStanding]:
    """The detectors that are advisory now, by kind. One query."""
    rows = DetectorStanding.objects.filter(institution=institution, state=ADVISORY)
    return list(rows.order_by("kind", "pk"))


def may_bring_back(viewer: User, institution: Institution) -> bool:
    """Whether the button is offered; the service checks again."""
    return bool(roles_of(viewer, institution)) and viewer.has_perm(
        "proctoring.bring_back_detector", institution
    )
