"""Opening a case: by the server after an attempt with incidents, as a random sample, or because one asks."""

import secrets

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.models import User
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotAllowed
from proctoring.models import Case, MonitoringSession
from proctoring.models.case import OpenedFor
from proctoring.permissions import may_see_incidents
from proctoring.review.blind import pseudonym_for
from proctoring.review.estimates import estimate
from proctoring.review.signals import case_moved
from proctoring.review.terms import terms_of
from proctoring.states import SESSION_ENDED

MOST_CHARACTERS = 4_000
MOST_IN_REASON = 1_000


def open_case(
    session: MonitoringSession, opened_for: str, actor: User | None = None, *, reason: str = ""
) -> Case:
    """The case of the session: a new one, or the one there is. `actor` None: the server opened it.

    Raises Conflict (codes "practice", "still_running").
    """
    found = Case.objects.filter(session=session).first()
    if found is not None:
        return found
    if session.sitting is not None and session.sitting.is_practice:
        raise Conflict("Practice is not reviewed.", code="practice")
    if session.state != SESSION_ENDED:
        raise Conflict("The attempt still runs; it can be reviewed once it has ended.", code="still_running")
    case = Case(
        institution=session.institution,
        session=session,
        sitting=session.sitting,
        opened_for=opened_for,
        opened_by=actor,
        asked_because=reason,
        pseudonym=pseudonym_for(session),
        reads_twice=_is_drawn(terms_of(session.institution).double_percent),
        created_at=clock.now(),
    )
    estimate(case)
    try:
        with transaction.atomic():
            case.save(force_insert=True)
            audit.record(
                case.institution,
                case,
                "case.opened",
                actor=actor,
                detail={"session": str(session.public_id), "for": opened_for, "reason": reason},
            )
            case_moved.send(Case, case=case, verb="opened", actor=actor)
    except IntegrityError:
        return Case.objects.get(session=session)  # somebody else was faster
    return case


def ask_for(session: MonitoringSession, *, actor: User, reason: str) -> Case:
    """Opens a case because a person who may see the incidents asks that somebody look, and says why.

    Raises NotAllowed, InvalidInput (field "reason"), Conflict (codes "has_case", "practice",
    "still_running").
    """
    may_see = may_see_incidents(actor, session.sitting, session.institution)
    if not may_see or not actor.has_perm("proctoring.ask_for_case", session):
        raise NotAllowed("You may not ask for a look at this attempt.")
    if session.candidate_id == actor.pk:
        raise NotAllowed("This is your own attempt; somebody else has to ask.", code="own_attempt")
    reason = plain_text(reason, "reason", required=True, most=MOST_IN_REASON)
    if Case.objects.filter(session=session).exists():
        raise Conflict("This attempt has a case already; nobody has to ask again.", code="has_case")
    return open_case(session, OpenedFor.ASKED, actor, reason=reason)


def _is_drawn(percent: float) -> bool:
    return secrets.randbelow(100_000) < percent * 1000


def plain_text(text: object, field: str, *, required: bool = False, most: int = MOST_CHARACTERS) -> str:
    """The text without surrounding space. Raises InvalidInput naming the field."""
    if not isinstance(text, str) or len(text) > most or "\x00" in text:
        raise InvalidInput(f"Write up to {most} ordinary characters.", field=field)
    if required and not text.strip():
        raise InvalidInput("Write a few words here.", field=field)
    return text.strip()
