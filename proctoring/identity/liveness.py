"""Turning the head at check-in: asked at random, judged look by look, an indication for people."""

import secrets
from datetime import timedelta
from functools import partial
from random import SystemRandom

from django.conf import settings
from django.db import transaction

from accounts import audit
from accounts.transitions import lock
from exams import states
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, Overloaded, Unavailable
from proctoring import policies
from proctoring.analysis import context, pool, recent, templates
from proctoring.identity import notice
from proctoring.identity.liveness_words import MOST_TRIES, TIME_OVER, WORDS, Progress, progress_of, text_of
from proctoring.models import Consent, LivenessCheck, MonitoringSession, Policy, ReferenceFace
from proctoring.models.identity import View
from proctoring.models.liveness import LivenessAnswer
from proctoring.models.policy import StepMode
from proctoring.vision import turning
from proctoring.vision.exchange import TurnReport
from proctoring.vision.turning import Ask, Course, Place, Said, Stage, TurnLook
from proctoring.vision.upload import ImageError

LASTS = timedelta(seconds=60)
MOST_LOOKS = 300
"""Looks of one challenge."""
LOOK_EVERY_MS = 250
"""Pause of the page between an answer and the next look."""
_VIEWS = {Ask.LEFT: View.LEFT, Ask.RIGHT: View.RIGHT}


def may_be_asked(policy: Policy) -> bool:
    """True when check-in asks to turn the head: there is an engine for heads, and the policy wants it."""
    return bool(settings.HEAD_ENGINE and policy.camera_required and policy.liveness != StepMode.OFF)


def is_asked(policy: Policy, consent: Consent) -> bool:
    """The same of a candidate who has made a choice: nobody is asked without agreeing to the camera."""
    return consent.camera and may_be_asked(policy)


def check_of(session: MonitoringSession) -> LivenessCheck | None:
    """What became of it in this session so far."""
    return LivenessCheck.objects.filter(session_id=session.pk).first()


def begin(session: MonitoringSession) -> Progress:
    """Draws a challenge, good for one course and for `LASTS`; one that was under way came to nothing.

    Raises Conflict `ended`, `not_asked`, `consent_missing`, `notice_outdated`, and `settled` once there is an
    answer.
    """
    with transaction.atomic():
        lock(session)
        consent = _require_asked(session)
        check = check_of(session) or _new(session, consent)
        if not check.answer and check.challenge:
            _close(check)
        if check.answer:
            raise Conflict("You have done this already; please go on.", code="settled")
        check.challenge, check.expires_at = secrets.token_urlsafe(18), clock.now() + LASTS
        check.tries, check.last_sequence = check.tries + 1, -1
        course = turning.draw(SystemRandom())
        check.course = course.to_json()
        check.save()
    return progress_of(check, course, WORDS[Said.LOOK_AHEAD])


def take_look(session: MonitoringSession, image: bytes, *, challenge: str, sequence: int) -> Progress:
    """Judges one picture of the challenge under way, which is not kept.

    Raises Conflict as `begin`, `challenge_over` for another challenge than the one under way, `old_look`
    for a sequence that was there before; InvalidInput for what is no picture, Overloaded, Unavailable. Then
    nothing has changed.
    """
    consent = _require_asked(session)
    check = _under_way(session, challenge, sequence)
    if _is_over(check):
        with transaction.atomic():
            lock(session)
            check = _under_way(session, challenge, sequence)
            _close(check)
            check.save()
        return progress_of(check, Course.from_json(check.course), TIME_OVER)
    at = clock.now().timestamp()
    report = _looked_at(session, image, consent)
    face = report.face
    place = Place(face.x + face.w / 2, face.y + face.h / 2, face.w, at) if face else None
    look = TurnLook(at, place, report.head, report.likeness)
    with transaction.atomic():
        lock(session)
        # Asked again, in the transaction that writes: the consent may be gone, or another look was faster.
        consent = _require_asked(session)
        check = _under_way(session, challenge, sequence)
        before = Course.from_json(check.course)
        course, said = turning.follow(before, look)
        check.course, check.last_sequence = course.to_json(), sequence
        _keep_view(session, consent, turning.view_of(before, look), report)
        if course.stage is Stage.MOVED:
            _settle(check, LivenessAnswer.MOVED)
        elif course.stage is Stage.WRONG:
            _close(check)
        check.save()
    return progress_of(check, course, text_of(said, course, report.coaching))


def leave_out(session: MonitoringSession) -> None:
    """The candidate goes on without, for whatever reason; who has an answer already keeps it.

    Raises Conflict `ended`, `consent_missing`, `not_asked`.
    """
    with transaction.atomic():
        lock(session)
        consent = _require_step(session)
        check = check_of(session) or _new(session, consent)
        if check.answer:
            return
        if check.challenge and _is_over(check):
            check.failed += 1
        _settle(check, LivenessAnswer.NOT_SEEN if check.failed else LivenessAnswer.NOT_ASKED)
        check.save()


def is_mirrored(check: LivenessCheck) -> bool:
    """True when the head moved as asked but for the sides, which were exchanged both times."""
    return check.answer == LivenessAnswer.MOVED and Course.from_json(check.course).mirrored


def erase(session: MonitoringSession) -> int:
    """Deletes the answer and its numbers, in the caller's transaction; how many. Views go with the photo."""
    return LivenessCheck.objects.filter(session_id=session.pk).delete()[0]


def _new(session: MonitoringSession, consent: Consent) -> LivenessCheck:
    return LivenessCheck(
        institution=session.institution, session=session, consent=consent, created_at=clock.now()
    )


def _looked_at(session: MonitoringSession, image: bytes, consent: Consent) -> TurnReport:
    references = (context.of(session).references or ()) if consent.face_comparison else ()
    if not recent.begin(session.pk):
        raise Overloaded("One picture at a time, please.", details={"retry_after_ms": 300})
    try:
        return pool.look_at_turn(image, references)
    except ImageError as error:
        raise InvalidInput(
            f"This picture cannot be used: {error.message}.", code=error.code.value, field="frame"
        ) from error
    except pool.WorkerLost as error:
        raise Unavailable("The picture could not be looked at; the next one will be.") from error
    finally:
        recent.done(session.pk)


def _keep_view(session: MonitoringSession, consent: Consent, side: Ask | None, report: TurnReport) -> None:
    """A first view from a side becomes a further reference, under consent to comparison alone."""
    if side is None or report.vector is None or not consent.face_comparison:
        return
    faces = ReferenceFace.objects.filter(session=session)
    if faces.filter(view=_VIEWS[side]).exists() or not faces.filter(view=View.CHECK_IN).exists():
        return
    ReferenceFace.objects.create(
        institution=session.institution,
        session=session,
        view=_VIEWS[side],
        likeness=report.likeness or "",
        consent=consent,
        engine=report.engine[:100],
        template=templates.seal(report.vector),
        created_at=clock.now(),
    )
    transaction.on_commit(partial(context.forget, session.pk), robust=True)


def _under_way(session: MonitoringSession, challenge: str, sequence: int) -> LivenessCheck:
    check = check_of(session)
    if check is None or not challenge or check.challenge != challenge:
        raise Conflict("This try is over; please begin again.", code="challenge_over")
    if sequence <= check.last_sequence:
        raise Conflict("This picture came too late, or was there before.", code="old_look")
    return check


def _is_over(check: LivenessCheck) -> bool:
    too_late = check.expires_at is None or check.expires_at <= clock.now()
    return too_late or check.course.get("looks", 0) >= MOST_LOOKS


def _close(check: LivenessCheck) -> None:
    """The challenge under way came to nothing; after the last one the answer stands."""
    check.challenge, check.expires_at, check.failed = "", None, check.failed + 1
    if check.tries >= MOST_TRIES:
        _settle(check, LivenessAnswer.NOT_SEEN)


def _settle(check: LivenessCheck, answer: LivenessAnswer) -> None:
    check.challenge, check.expires_at, check.answer = "", None, answer
    session = check.session
    if answer != LivenessAnswer.MOVED:
        ReferenceFace.objects.filter(session=session, view__in=_VIEWS.values()).delete()
        transaction.on_commit(partial(context.forget, session.pk), robust=True)
    detail = {"answer": answer.value, "tries": check.tries}
    audit.record(
        session.institution, session, "session.liveness_settled", actor=session.candidate, detail=detail
    )


def _require_asked(session: MonitoringSession) -> Consent:
    """The consent in force, where the policy asks for it and the notice that was read names it."""
    consent = _require_step(session)
    assert session.attempt is not None  # looked at by _require_step
    if consent.notice_id != notice.for_attempt(session.attempt).pk:
        raise Conflict(
            "The notice has changed since you read it; please load the page again and read it.",
            code="notice_outdated",
        )
    return consent


def _require_step(session: MonitoringSession) -> Consent:
    attempt = session.attempt
    if attempt is None or session.state != "live" or attempt.state != states.CHECKING_IN:
        raise Conflict("Check-in is over; nothing is looked at.", code="ended")
    rows = Consent.objects.filter(session=session, withdrawn_at=None, camera=True)
    consent = rows.select_related("notice").first()
    if consent is None:
        raise Conflict("You have not agreed to the camera; nothing is looked at.", code="consent_missing")
    if not is_asked(policies.policy_of(attempt), consent):
        raise Conflict("This exam does not ask for it.", code="not_asked")
    return consent
