"""The candidate's voice: judged at once, enrolled only under its consent. No recording is kept."""

from dataclasses import dataclass

import numpy as np
from django.db import transaction

from accounts import audit
from accounts.transitions import lock
from exams import states
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, Unavailable
from proctoring import law_guards
from proctoring.analysis import context, pool, sound_pool, templates
from proctoring.audio import thresholds
from proctoring.audio.exchange import ClipError, VoiceEnrolment, VoiceProblem
from proctoring.models import Consent, MonitoringSession, ReferenceVoice

NEEDED_S = int(thresholds.LEAST_ENROLLED_S)
_TEXTS = {
    VoiceProblem.SILENT: "Nothing is to be heard. Please check that your microphone is switched on.",
    VoiceProblem.TOO_QUIET: "You are very quiet. Please come closer to the microphone or speak up.",
    VoiceProblem.TOO_SHORT: "We heard {seconds} of the {needed} seconds of speech that are needed. "
    "Please speak a little longer, without long pauses.",
    VoiceProblem.SEVERAL_VOICES: "More than one voice is to be heard. Please switch off radio and "
    "television, and record it when you are alone.",
    VoiceProblem.TOO_NOISY: "It is too noisy around you. Please close a window or a door and try again.",
    VoiceProblem.CLIPPED: "You are too loud for the microphone. Please move a little away from it.",
    VoiceProblem.NOT_MEASURED: "The voice could not be measured. Please try again, or go on without it.",
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is said about a recording. `problems`: code and sentence; none when `ok`. `seconds`: of speech."""

    ok: bool
    problems: tuple[tuple[str, str], ...]
    seconds: float


def enrol(session: MonitoringSession, recording: bytes) -> Judgement:
    """Judges a recording and, when it is good, makes it the session's voice; an earlier one is replaced.

    One that is not good enough changes nothing. Raises Conflict `forbidden_by_law`, `consent_missing`,
    `ended`; InvalidInput for what is no recording, Overloaded, Unavailable.
    """
    _require_open(session)
    law_guards.require_biometrics(session.institution, way="voice at check-in")
    _require_consent(session)
    try:
        found = sound_pool.enrol(recording)
    except ClipError as error:
        raise InvalidInput(
            f"This recording cannot be used: {error.message}.", code=error.code.value, field="recording"
        ) from error
    except pool.WorkerLost as error:
        raise Unavailable("The recording could not be listened to; please try again.") from error
    heard = {"seconds": int(found.speech_seconds), "needed": NEEDED_S}
    problems = tuple((problem.value, _TEXTS[problem].format(**heard)) for problem in found.problems)
    is_ok = found.vector is not None and not problems
    if is_ok:
        _keep(session, found)
    return Judgement(is_ok, problems, round(found.speech_seconds, 1))


def leave_out(session: MonitoringSession) -> None:
    """Deletes the voice at the candidate's wish; the rest of the agreement stays."""
    with transaction.atomic():
        lock(session)
        if erase(session):
            audit.record(session.institution, session, "session.voice_deleted", actor=session.candidate)
            transaction.on_commit(lambda: context.forget(session.pk), robust=True)


def erase(session: MonitoringSession) -> int:
    """Deletes the session's voice data, in the caller's transaction; how many rows."""
    return ReferenceVoice.objects.filter(session_id=session.pk).delete()[0]


def _keep(session: MonitoringSession, found: VoiceEnrolment) -> None:
    with transaction.atomic():
        lock(session)
        _require_open(session)
        # Checked again, in the transaction that stores the template: it may have been withdrawn.
        consent = _require_consent(session)
        ReferenceVoice.objects.update_or_create(
            session=session,
            defaults={
                "institution": session.institution,
                "consent": consent,
                "engine": found.engine[:200],
                "template": templates.seal(np.asarray(found.vector, np.float32)),
                "speech_seconds": found.speech_seconds,
                "created_at": clock.now(),
            },
        )
        audit.record(session.institution, session, "session.voice_enrolled", actor=session.candidate)
        transaction.on_commit(lambda: context.forget(session.pk), robust=True)


def _require_open(session: MonitoringSession) -> None:
    attempt = session.attempt
    if session.state != "live" or (attempt is not None and attempt.state in states.ENDED):
        raise Conflict("This session has ended; no voice is recorded.", code="ended")


def _require_consent(session: MonitoringSession) -> Consent:
    consent = Consent.objects.filter(session=session, withdrawn_at=None).first()
    if consent is None or not (consent.microphone and consent.voice_comparison):
        raise Conflict(
            "You have not agreed that your voice is compared; nothing is recorded.", code="consent_missing"
        )
    return consent
