"""Opening a case: by the server after an attempt with incidents, as a random sample, or because one asks."""

import secrets

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.models import User
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput
from proctoring.models import Case, MonitoringSession
from proctoring.models.case import OpenedFor
from proctoring.review.blind import pseudonym_for
from proctoring.review.estimates import estimate
from proctoring.review.readers import require_reviewer
from proctoring.review.signals import case_moved
from proctoring.review.terms import terms_of
from proctoring.states import SESSION_ENDED

MOST_CHARACTERS = 4_000


def open_case(
    session: MonitoringSession, opened_for: str, actor: User | None = None, *, reason: str = ""
) -> Case:
    """The case of the session: a new one, or the one there is. `actor` None: the server opened it.

    Raises Conflict (codes "practice", "still_running"), NotAllowed, InvalidInput (field "reason").
    """
    if opened_for not in OpenedFor.values:
        raise InvalidInput("A case is opened for incidents, as a sample, or asked for.", field="opened_for")
    reason = plain_text(reason, "reason")
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
        pseudonym=pseudonym_for(session),
        reads_twice=_is_drawn(terms_of(session.institution).double_percent),
        created_at=clock.now(),
    )
    if actor is not None:
        require_reviewer(case, actor)
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


def _is_drawn(percent: float) -> bool:
    return secrets.randbelow(100_000) < percent * 1000


def plain_text(text: object, field: str, *, required: bool = False, most: int = MOST_CHARACTERS) -> str:
    """The text without surrounding space. Raises InvalidInput naming the field."""
    if not isinstance(text, str) or len(text) > most or "\x00" in text:
        raise InvalidInput(f"Write up to {most} ordinary characters.", field=field)
    if required and not text.strip():
        raise InvalidInput("Write a few words here.", field=field)
    return text.strip()
