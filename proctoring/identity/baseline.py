"""How a candidate usually holds the head: learnt from calm looks at check-in, kept as numbers."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from accounts.transitions import lock
from exams import states
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, Unavailable
from proctoring.analysis import context, pool
from proctoring.models import Consent, HeadBaseline, MonitoringSession, Policy
from proctoring.models.policy import DetectorMode
from proctoring.observations import Head
from proctoring.vision.baseline import Baseline, LearntFrom, is_calm, learn
from proctoring.vision.coaching import coaching_text
from proctoring.vision.upload import ImageError

WANTED = 15
"""Calm looks that make a baseline; the page takes one every `LOOK_EVERY_MS`."""
LOOK_EVERY_MS = 2_000
_LOOKS_TTL_S = 15 * 60
_LEARNT = "Thank you, that is enough. You can go on."
_GOOD = "Good. Keep sitting like this and look at your screen."
_NOT_CALM = "Sit as you will sit in the exam, and look at your screen."
_RESTLESS = "You move a lot: sit still for half a minute if you can, or go on."


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the learning is: calm looks so far of those wanted, whether it is done, what to do next."""

    looks: int
    wanted: int
    done: bool
    text: str


def is_learnt(policy: Policy) -> bool:
    """True when check-in learns a baseline: there is an engine for heads, and the policy uses it."""
    return bool(settings.HEAD_ENGINE and policy.camera_required and policy.looking_away != DetectorMode.OFF)


def take_look(session: MonitoringSession, image: bytes) -> Progress:
    """Judges one check-in picture, which is not kept; enough calm ones make the session's baseline.

    Raises Conflict `not_checking_in`, `consent_missing` (no agreement to the camera), InvalidInput for what
    is no picture, Overloaded, Unavailable; then nothing has changed.
    """
    if session.attempt is None or session.attempt.state != states.CHECKING_IN:
        raise Conflict("How you sit is only looked at during the check-in.", code="not_checking_in")
    _require_consent(session)
    if HeadBaseline.objects.filter(session=session).exists():
        return Progress(WANTED, WANTED, True, _LEARNT)
    try:
        report = pool.look_at_head(image)
    except ImageError as error:
        raise InvalidInput(
            f"This picture cannot be used: {error.message}.", code=error.code.value, field="frame"
        ) from error
    except pool.WorkerLost as error:
        raise Unavailable("The picture could not be looked at; the next one will be.") from error
    looks = _looks(session)
    if not is_calm(report.head, report.faces):
        text = coaching_text(report.coaching[0]) if report.coaching else _NOT_CALM
        return Progress(len(looks), WANTED, False, text)
    assert report.head is not None  # calm
    looks = [*looks, report.head][-WANTED:]
    if len(looks) >= WANTED and (learnt := learn(looks, LearntFrom.CHECK_IN)):
        store(session, learnt)
        cache.delete(_key(session))
        return Progress(WANTED, WANTED, True, _LEARNT)
    cache.set(_key(session), [look.to_json() for look in looks], _LOOKS_TTL_S)
    # A full window that taught nothing slides on, until the head keeps still.
    restless = len(looks) >= WANTED
    return Progress(len(looks) - restless, WANTED, False, _RESTLESS if restless else _GOOD)


def store(session: MonitoringSession, baseline: Baseline) -> None:
    """Keeps the baseline with the consent in force, instead of an earlier one; nothing without consent."""
    with transaction.atomic():
        lock(session)
        consent = Consent.objects.filter(session=session, withdrawn_at=None, camera=True).first()
        if consent is None:
            return
        HeadBaseline.objects.update_or_create(
            session=session,
            defaults={
                "institution": session.institution,
                "consent": consent,
                "numbers": baseline.to_json(),
                "created_at": clock.now(),
            },
        )
        transaction.on_commit(lambda: context.forget(session.pk), robust=True)


def erase(session: MonitoringSession) -> None:
    """Deletes the baseline and the looks it was being learnt from; in the caller's transaction."""
    HeadBaseline.objects.filter(session_id=session.pk).delete()
    cache.delete(_key(session))


def _require_consent(session: MonitoringSession) -> None:
    if not Consent.objects.filter(session=session, withdrawn_at=None, camera=True).exists():
        raise Conflict("You have not agreed to the camera; nothing is looked at.", code="consent_missing")


def _looks(session: MonitoringSession) -> list[Head]:
    stored: list[dict[str, Any]] = cache.get(_key(session), [])
    return [Head.from_json(item) for item in stored]


def _key(session: MonitoringSession) -> str:
    return f"baseline-looks:{session.pk}"
