"""An agreement that another system asked its candidate for, and tells of (decision 0174)."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.transitions import lock
from exams import states
from exams.models import Attempt
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput
from proctoring import policies, sessions
from proctoring.analysis import context, forgetting
from proctoring.identity import consent as consents
from proctoring.identity import notice as notices
from proctoring.models import Consent
from proctoring.models.policy import DiarizerChoice

_AHEAD = timedelta(minutes=5)
"""Clocks of other systems may go wrong by so much."""
_LONGEST = {"notice_url": 500, "notice_version": 100, "asked_by": 200}


@dataclass(frozen=True, slots=True)
class OutsideConsent:
    """What a candidate agreed to elsewhere: when, after reading which notice, and who asked them."""

    camera: bool
    microphone: bool
    face_comparison: bool
    agreed_at: datetime
    notice_url: str
    notice_version: str
    asked_by: str


def give(attempt: Attempt, told: OutsideConsent, *, actor: User | None) -> Consent:
    """Stores the agreement for the attempt's session. The same again changes nothing; another replaces it.

    The other system is answerable for its notice having named what the policy looks for. Raises Conflict
    `ended`, and InvalidInput with fields such as `consent.notice_url`.
    """
    check(told)
    if attempt.state in states.ENDED:
        raise Conflict("This session has ended.", code="ended")
    policy = policies.policy_of(attempt)
    with transaction.atomic():
        session = sessions.ensure(attempt)
        lock(session)
        before = consents.valid_consent(session)
        if before is not None and _as_told(before) == told:
            return before
        if before is not None:
            consents.end(before, actor)
            transaction.on_commit(lambda: forgetting.everything(session))
        body = f"Notice of another system\n{told.notice_url}\nVersion: {told.notice_version}"
        given = Consent.objects.create(
            institution=attempt.institution,
            session=session,
            candidate=attempt.enrolment.candidate,
            notice=notices.kept(attempt.institution, body),
            camera=told.camera,
            microphone=told.microphone,
            face_comparison=told.face_comparison,
            recordings_leave=told.microphone and policy.diarizer == DiarizerChoice.DEEPGRAM,
            looked_for=consents.named(policy, shares_screen=False),
            asked_by=told.asked_by,
            notice_url=told.notice_url,
            notice_version=told.notice_version,
            given_at=told.agreed_at,
        )
        detail = {**asdict(told), "agreed_at": told.agreed_at.isoformat(), "source": "another system"}
        audit.record(attempt.institution, attempt, "attempt.consent_given", actor=actor, detail=detail)
        transaction.on_commit(lambda: context.forget(session.pk), robust=True)
    return given


def check(told: OutsideConsent) -> None:
    """Raises InvalidInput naming the field, below `consent`."""
    for name, longest in _LONGEST.items():
        value = getattr(told, name)
        if not value.strip() or len(value) > longest or not value.isprintable():
            raise InvalidInput(f"Give 1 to {longest} characters.", field=f"consent.{name}")
    address = urlsplit(told.notice_url)
    if address.scheme not in ("https", "http") or not address.netloc:
        raise InvalidInput("Give the address of the notice, with https://.", field="consent.notice_url")
    if told.agreed_at > clock.now() + _AHEAD:
        raise InvalidInput("The candidate cannot have agreed in the future.", field="consent.agreed_at")
    if told.face_comparison and not told.camera:
        raise InvalidInput("Without the camera no face can be compared.", field="consent.face_comparison")


def _as_told(row: Consent) -> OutsideConsent:
    return OutsideConsent(
        camera=row.camera,
        microphone=row.microphone,
        face_comparison=row.face_comparison,
        agreed_at=row.given_at,
        notice_url=row.notice_url,
        notice_version=row.notice_version,
        asked_by=row.asked_by,
    )
