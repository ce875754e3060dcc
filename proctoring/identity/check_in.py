"""The end of check-in: what the policy asks for is there, and the candidate is let in."""

from accounts.models import User
from exams import states
from exams.delivery import attempts
from exams.models import Attempt
from proctor_site.kernel.errors import Conflict, NotFound
from proctoring import sessions
from proctoring.identity import person_checks
from proctoring.identity.consent import policy_of, valid_consent
from proctoring.identity.steps import PERSON_WILL_CHECK, Reason, next_step, reasons_for

_MISSING = {
    "consent": ("Please read the notice and make your choice first.", "consent_missing"),
    "reference_photo": ("Please take your reference photo first.", "reference_photo_missing"),
    "document": ("Please show your identity document first.", "document_missing"),
    "liveness": ("Please turn your head as you are asked, or go on without that.", "liveness_missing"),
    "person_will_check": (PERSON_WILL_CHECK, "person_will_check"),
}
"""What is said, and its code, when a step is not done."""


def complete(attempt: Attempt, *, candidate: User) -> Attempt:
    """Admits the candidate. Already admitted: nothing changes.

    Raises Conflict `consent_missing` (no choice made yet), `person_will_check` (the candidate stands in the
    queue of those whom a person checks), `reference_photo_missing`, `document_missing`,
    `liveness_missing`; NotFound for anybody but the candidate.
    """
    if attempt.enrolment.candidate_id != candidate.pk:
        raise NotFound("There is no such attempt of yours.")
    if attempt.state == states.READY:
        return attempt
    policy = policy_of(attempt)
    session = sessions.session_of(attempt)
    consent = valid_consent(session)
    if not policy.camera_required:
        if attempt.state == states.SCHEDULED:
            attempts.check_in(attempt, actor=candidate)
        return attempts.admit(attempt, actor=candidate)
    if session is None or consent is None:
        raise _missing("consent")
    step = next_step(policy, consent, is_practice=attempt.enrolment.sitting.is_practice)
    if step.code == "person_will_check":
        person_checks.ask(session, reasons_for(policy, consent))
    if step.code != "complete":
        raise _missing(step.code)
    return attempts.admit(attempt, actor=candidate)


def ask_for_person(attempt: Attempt, *, candidate: User) -> None:
    """The candidate cannot finish alone, for example because no photo is good enough: a person is asked.

    Raises Conflict `consent_missing`, `ended`, `practice`; NotFound for anybody but the candidate.
    """
    if attempt.enrolment.candidate_id != candidate.pk:
        raise NotFound("There is no such attempt of yours.")
    session = sessions.session_of(attempt)
    consent = valid_consent(session)
    if session is None or consent is None:
        raise _missing("consent")
    if attempt.enrolment.sitting.is_practice:
        raise Conflict(
            "In practice nobody is there to check. Try again, or go on without camera.", code="practice"
        )
    reasons = reasons_for(policy_of(attempt), consent)
    person_checks.ask(session, reasons or [Reason.PHOTO_PROBLEMS])


def _missing(step: str) -> Conflict:
    text, code = _MISSING[step]
    return Conflict(text, code=code)
