"""The end of check-in: what the policy asks for is there, and the candidate is let in."""

from accounts.models import User
from exams import states
from exams.delivery import attempts
from exams.models import Attempt
from proctor_site.kernel.errors import Conflict, NotFound
from proctoring import sessions
from proctoring.identity.consent import PERSON_WILL_CHECK, next_step, policy_of, valid_consent
from proctoring.models import ReferenceFace


def complete(attempt: Attempt, *, candidate: User) -> Attempt:
    """Admits the candidate. Already admitted: nothing changes.

    Raises Conflict `consent_missing` (no choice made yet), `person_will_check` (the way without camera or
    comparison: a proctor admits), `reference_photo_missing`; NotFound for anybody but the candidate.
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
        raise Conflict("Please read the notice and make your choice first.", code="consent_missing")
    step = next_step(policy, consent, is_practice=attempt.enrolment.sitting.is_practice)
    if step.code == "person_will_check":
        raise Conflict(PERSON_WILL_CHECK, code="person_will_check")
    if step.code == "reference_photo" and not ReferenceFace._base_manager.filter(session=session).exists():
        raise Conflict("Please take your reference photo first.", code="reference_photo_missing")
    return attempts.admit(attempt, actor=candidate)
