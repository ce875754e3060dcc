"""The only writer of sessions of other systems: starts, ends and deletes them, keeps what was agreed to."""

import json
import re
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.models import Institution, User
from accounts.services.outside_people import candidate_with
from exams.delivery import outside as attempts
from exams.models import Attempt, Sitting
from exams.scheduling.enrolments import enrol_from_outside
from proctor_site.kernel.errors import Conflict, InvalidInput, TooLarge
from proctoring import coverage, sessions
from proctoring.identity import consent as consents
from proctoring.identity import outside_consent
from proctoring.identity.outside_consent import OutsideConsent
from proctoring.models import MonitoringSession, OutsideSession
from proctoring.models.outside import LONGEST_ID
from proctoring.outside import deleting
from proctoring.outside.queries import newest_of
from proctoring.states import SESSION_LIVE

MOST_JOB_DATA = 16_384
"""Characters of JSON."""
_ID = re.compile(rf"[A-Za-z0-9._~:-]{{1,{LONGEST_ID}}}")
"""What may stand in an address as it is."""


def start(
    institution: Institution,
    *,
    sitting: Sitting,
    session_id: str | None,
    candidate_id: str,
    candidate_name: str,
    consent: OutsideConsent | None,
    actor: User,
    job_data: Mapping[str, Any] | None = None,
    shows_warnings: bool = False,
) -> MonitoringSession:
    """A running session of the candidate in the sitting; its caller's id, or one that we make.

    `shows_warnings`: its caller shows the candidate what proctors write, so that they are offered to.
    Without `consent` nothing is taken until `agree` brings it: captures are answered with `consent_missing`.
    In the institution's scope. Raises InvalidInput and TooLarge naming the field, and Conflict:
    `session_active` (that id goes on), `candidate_active` (another session of the candidate does),
    `too_early`, `closed`, `cancelled`, `full`, `number_ended`.
    """
    if session_id is not None and not _ID.fullmatch(session_id):
        raise InvalidInput(
            f"Give 1 to {LONGEST_ID} letters, digits and signs of . _ ~ : -", field="session_id"
        )
    kept = _clean_job_data(job_data)
    if sitting.institution_id != institution.pk:
        raise InvalidInput("There is no such sitting in your institution.", field="sitting")
    attempts.require_open(sitting)
    if consent is not None:
        outside_consent.check(consent)
    before = newest_of(institution, session_id) if session_id else None
    if before is not None and before.session.state == SESSION_LIVE:
        raise _active()
    with transaction.atomic():
        candidate = candidate_with(institution, candidate_id, name=candidate_name, actor=actor)
        attempt = attempts.begin(enrol_from_outside(sitting, candidate, actor=actor), actor=actor)
        session = sessions.ensure(attempt)
        run = before.run + 1 if before else 1
        try:
            with transaction.atomic():
                OutsideSession.objects.create(
                    institution=institution,
                    session=session,
                    name=session_id or str(session.public_id),
                    run=run,
                    job_data=kept,
                    shows_warnings=shows_warnings,
                    started_by=actor,
                )
        except IntegrityError as error:  # another call of the same id was faster
            raise _active() from error
        audit.record(institution, session, "session.started", actor=actor, detail={"run": run})
        if consent is not None:
            outside_consent.give(attempt, consent, actor=actor)
    return session


def agree(session: MonitoringSession, consent: OutsideConsent, *, actor: User) -> MonitoringSession:
    """The candidate has agreed, or to something else than before. Raises Conflict `ended`, InvalidInput."""
    outside_consent.give(_attempt_of(session), consent, actor=actor)
    return session


def withdraw(session: MonitoringSession, *, actor: User) -> None:
    """The candidate takes the agreement back: capture stops at the next frame, face data is deleted.

    The session goes on until it is ended. Nothing happens when there is no agreement in force.
    """
    attempt = _attempt_of(session)
    consents.withdraw(attempt, candidate=attempt.enrolment.candidate, by=actor)


def end(session: MonitoringSession, *, actor: User) -> MonitoringSession:
    """Ends capture, for good. A repeat, or after a proctor or the clock ended it, changes nothing."""
    attempts.end(_attempt_of(session), actor=actor)
    session.refresh_from_db()
    coverage.write(everything=True)
    return session


def delete(session: MonitoringSession, *, actor: User) -> dict[str, int]:
    """Deletes what was captured and found in the session; how many of each kind of data.

    Encrypted files leave with their keys; the proof of consent, closed cases and the empty rows of the
    evidence chain stay, and a signed certificate says what went. With the last session of a candidate who has
    no account of their own the name goes too. Afterwards nobody finds the session by its id. Raises
    Conflict: `not_ended`, and `held` while a legal hold or a case that is not closed keeps it.
    """
    if session.state == SESSION_LIVE:
        raise Conflict("This session goes on. End it first.", code="not_ended")
    return deleting.delete(session, actor=actor)


def _attempt_of(session: MonitoringSession) -> Attempt:
    attempt = session.attempt
    assert attempt is not None  # `start` makes no session without one
    return attempt


def _clean_job_data(given: Mapping[str, Any] | None) -> dict[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise InvalidInput("Give an object, or leave it out.", field="job_data")
    try:
        written = json.dumps(given, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInput("This is no plain JSON.", field="job_data") from error
    if len(written) > MOST_JOB_DATA:
        raise TooLarge(f"At most {MOST_JOB_DATA} characters of JSON.", field="job_data")
    if "\\u0000" in written:
        raise InvalidInput("No character with the number 0 can be kept.", field="job_data")
    kept: dict[str, Any] = json.loads(written)
    return kept


def _active() -> Conflict:
    return Conflict(
        "A session with this id goes on. End it, or use another id.",
        code="session_active",
        field="session_id",
    )
