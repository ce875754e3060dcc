"""The candidate's choice: giving it, changing it, withdrawing it. Without it nothing is captured."""

from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from accounts import audit
from accounts.models import Institution, User
from accounts.transitions import lock
from exams import states
from exams.delivery import attempts
from exams.models import Attempt
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotFound
from proctoring import holds, policies, sessions, telling
from proctoring.analysis import context, forgetting
from proctoring.browser.events import BrowserKind
from proctoring.identity import (
    baseline,
    document,
    liveness,
    person_checks,
    reference,
    showings,
    steps,
    voice,
)
from proctoring.identity import notice as notices
from proctoring.law_guards import why_not_room_scan
from proctoring.live.publish import record_event
from proctoring.meetings import calls
from proctoring.meetings import services as meetings
from proctoring.models import (
    Consent,
    HeadBaseline,
    LivenessCheck,
    MonitoringSession,
    Notice,
    ReferenceFace,
    ReferenceVoice,
)
from proctoring.models.live_event import Audience
from proctoring.models.policy import DiarizerChoice, Policy

_AFTER = {"reason": "the consent was withdrawn, and the legal hold is over"}


def valid_consent(session: MonitoringSession | None) -> Consent | None:
    """The consent in force, or None."""
    if session is None:
        return None
    return Consent._base_manager.filter(session_id=session.pk, withdrawn_at=None).first()


def give(
    attempt: Attempt,
    *,
    candidate: User,
    notice: object,
    camera: object,
    face_comparison: object,
    microphone: object = None,
    voice_comparison: object = None,
    screen: object = None,
) -> Consent:
    """Stores the candidate's choice about the present notice, and opens the monitoring session.

    `notice` is the version that was read. The same choice again changes nothing; another one replaces it.
    Declining the camera is a choice too (`camera` False) and is stored; so is the microphone, where the exam
    listens. Raises NotFound for anybody but the
    candidate, Conflict `ended`, InvalidInput naming the field (`notice` with code `notice_outdated`).
    """
    _require_own(attempt, candidate)
    if attempt.state in states.ENDED:
        raise Conflict("This attempt has ended.", code="ended")
    policy = policy_of(attempt)
    choice = {**_choice(camera, face_comparison), **_sound_choice(policy, microphone, voice_comparison)}
    choice |= _screen_choice(policy, screen)
    read = _read_notice(attempt, notice)
    with transaction.atomic():
        if attempt.state == states.SCHEDULED:
            attempts.check_in(attempt, actor=candidate)
        session = sessions.ensure(attempt)
        lock(session)
        before = valid_consent(session)
        person_checks.drop(session, actor=candidate)
        if before and before.notice_id == read.pk and _choice_in(before) == choice:
            _queue(attempt, before)
            return before
        if before:
            end(before, candidate)
            meetings.stop_for(attempt, by="chosen_anew")
            calls.stop_for(attempt, by="chosen_anew")
            transaction.on_commit(lambda: forgetting.everything(session))
        given = Consent.objects.create(
            institution=attempt.institution,
            session=session,
            candidate=candidate,
            notice=read,
            **_told(policy, choice),
            **_shown_by(attempt, policy, choice["camera"]),
            **choice,
            given_at=clock.now(),
        )
        verb = "attempt.consent_given" if given.camera else "attempt.camera_declined"
        detail = {"notice": read.version, **choice}
        audit.record(attempt.institution, attempt, verb, actor=candidate, detail=detail)
        _queue(attempt, given)
        transaction.on_commit(lambda: context.forget(session.pk), robust=True)
    return given


def _told(policy: Policy, choice: dict[str, bool]) -> dict[str, Any]:
    """What the notice said, and so may be done; consents to older notices keep what those said."""
    return {
        "looked_for": named(policy, shares_screen=choice["screen"]),
        "screen_seconds": policy.screen_seconds if choice["screen"] else None,
        "screen_clips": choice["screen"] and policy.screen_clips,
        "recordings_leave": policy.listens and policy.diarizer == DiarizerChoice.DEEPGRAM,
        "live_video": policy.shows_live and choice["camera"],
        "live_recording": policy.records_live and choice["camera"],
        "call_recording": policy.records_calls and choice["camera"],
        "heard_kept": policy.listens and choice["microphone"],
        "battery": True,
    }


def _shown_by(attempt: Attempt, policy: Policy, camera: bool) -> dict[str, bool]:
    """What the notice named of what proctors may ask for."""
    scans = policy.scans_rooms and not why_not_room_scan(attempt.institution)
    return {"room_scan": camera and scans, "photo_again": camera and policy.asks_photo_again}


def _choice_in(consent: Consent) -> dict[str, bool]:
    names = ("camera", "face_comparison", "microphone", "voice_comparison", "screen")
    return {name: getattr(consent, name) for name in names}


def _sound_choice(policy: Policy, microphone: object, voice_comparison: object) -> dict[str, bool]:
    """What is not asked for is not agreed to, whatever a client says."""
    if not policy.listens:
        return {"microphone": False, "voice_comparison": False}
    if not isinstance(microphone, bool):
        raise InvalidInput("Say yes or no.", field="microphone")
    if voice_comparison is not None and not isinstance(voice_comparison, bool):
        raise InvalidInput("Say yes or no.", field="voice_comparison")
    if voice_comparison and not microphone:
        raise InvalidInput("Without the microphone no voice can be compared.", field="voice_comparison")
    return {"microphone": microphone, "voice_comparison": bool(voice_comparison) and policy.enrols_voices}


def _screen_choice(policy: Policy, screen: object) -> dict[str, bool]:
    if not policy.shares_screen:
        return {"screen": False}
    if not isinstance(screen, bool):
        raise InvalidInput("Say yes or no.", field="screen")
    return {"screen": screen}


def named(policy: Policy, *, shares_screen: bool) -> list[str]:
    """What the notice of a policy names, without what the candidate's own choice leaves out."""
    named = [kind.value for kind in (*notices.looked_for(policy), *notices.noted(policy))]
    return [each for each in named if shares_screen or each != BrowserKind.SCREEN_SHARE_STOPPED.value]


def _choice(camera: object, face_comparison: object) -> dict[str, bool]:
    if not isinstance(camera, bool):
        raise InvalidInput("Say yes or no.", field="camera")
    if not isinstance(face_comparison, bool):
        raise InvalidInput("Say yes or no.", field="face_comparison")
    if face_comparison and not camera:
        raise InvalidInput("Without the camera no face can be compared.", field="face_comparison")
    return {"camera": camera, "face_comparison": face_comparison}


def _read_notice(attempt: Attempt, version: object) -> Notice:
    read = notices.for_attempt(attempt)
    if isinstance(version, bool) or version != read.version:
        raise InvalidInput(
            "The notice has changed since you opened it; please load the page again and read it.",
            field="notice",
            code="notice_outdated",
        )
    return read


def withdraw(attempt: Attempt, *, candidate: User, by: User | None = None) -> None:
    """Takes the consent back: capture stops at the next frame, face data is deleted, proctors are told.

    The attempt goes on; a person decides how. Nothing happens when there is no consent in force. `by`: the
    account of another system that tells of it.
    """
    _require_own(attempt, candidate)
    session = sessions.session_of(attempt)
    if session is None:
        return
    with transaction.atomic():
        # A photo that is being enrolled holds the same lock: its template is either gone with the consent
        # here, or finds that there is none any more.
        lock(session)
        consent = valid_consent(session)
        if consent is None:
            return
        end(consent, by or candidate)
        record_event(
            attempt.institution,
            kind="camera.changed",
            payload={"state": "withdrawn", "label": "", "candidate": _who(candidate)},
            audience=Audience.PROCTORS,
            sitting=attempt.enrolment.sitting,
            attempt=attempt,
        )
        meetings.stop_for(attempt, by="withdrawn")
        calls.stop_for(attempt, by="withdrawn")
        transaction.on_commit(lambda: forgetting.everything(session))


def policy_of(attempt: Attempt) -> Policy:
    """The policy of the attempt: of its exam, without camera where that was agreed."""
    return policies.policy_of(attempt)


def end(consent: Consent, actor: User | None) -> None:
    """Ends an agreement, and deletes what rests on it; in the caller's transaction and lock."""
    consent.withdrawn_at = clock.now()
    consent.save(update_fields=["withdrawn_at"])
    showings.drop(consent.session, actor=actor)
    # Under a legal hold nothing is compared any more and nothing deleted: `erase_withdrawn` does it later.
    is_held = holds.is_held(consent.session)
    if not is_held:
        _erase_of(consent.session)
    attempt = consent.session.attempt
    telling.of_session(consent.session, "consent.withdrawn")
    if attempt is not None:
        detail = {"kept_by_a_hold": True} if is_held else {}
        audit.record(attempt.institution, attempt, "attempt.consent_withdrawn", actor=actor, detail=detail)


def erase_withdrawn(institution: Institution) -> int:
    """Deletes what a hold had kept when the consent was withdrawn, once the hold is over.

    Says of how many sessions. Within the institution's scope.
    """
    resting = (ReferenceFace, ReferenceVoice, HeadBaseline, LivenessCheck)
    left = Q()
    for model in resting:
        gone = model.objects.filter(session=OuterRef("pk"), consent__withdrawn_at__isnull=False)
        left |= Q(Exists(gone))
    agreed = Consent.objects.filter(session=OuterRef("pk"), withdrawn_at=None)
    rows = MonitoringSession.objects.filter(left, ~Exists(agreed), institution=institution)
    found = list(holds.unheld(rows, **holds.OF_SESSION).select_related("institution"))
    for session in found:
        with transaction.atomic():
            lock(session)
            if valid_consent(session) is None and not holds.is_held(session):
                _erase_of(session)
                audit.record(institution, session, "session.face_data_deleted", actor=None, detail=_AFTER)
    return len(found)


def _erase_of(session: MonitoringSession) -> None:
    reference.erase(session)
    document.erase(session)
    baseline.erase(session)
    showings.erase(session)
    liveness.erase(session)
    voice.erase(session)


def _queue(attempt: Attempt, consent: Consent) -> None:
    """Who needs a person, and has nothing else to do before, waits for one from now on."""
    policy = policy_of(attempt)
    if attempt.state != states.CHECKING_IN:
        return  # a change of mind during the exam
    step = steps.next_step(policy, consent, is_practice=attempt.enrolment.sitting.is_practice)
    if step.code == "person_will_check":
        person_checks.ask(consent.session, steps.reasons_for(policy, consent))


def _who(candidate: User) -> dict[str, object]:
    return {"id": candidate.pk, "name": str(candidate)}


def _require_own(attempt: Attempt, candidate: User) -> None:
    if attempt.enrolment.candidate_id != candidate.pk:
        raise NotFound("There is no such attempt of yours.")
