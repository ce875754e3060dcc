"""A look only: what the camera needs, told live before any photo is taken; nothing of the picture is kept."""

from dataclasses import dataclass

from django.core.cache import cache

from exams import states
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, Overloaded
from proctoring import policies
from proctoring.analysis import pool
from proctoring.identity import notice
from proctoring.models import Consent, MonitoringSession
from proctoring.observations import FaceBox
from proctoring.vision.coaching import coaching_text
from proctoring.vision.upload import ImageError

MOST_BYTES = 300_000
"""A picture of 640x480 has 30 to 100 KB."""
NEXT_AFTER_MS = 1_000
NEXT_WHEN_WELL_MS = 2_000
NEXT_WHEN_BUSY_MS = 3_000
LEAST_APART_S = 0.5
"""Looks that come faster than this are not looked at."""
_SEEN_TTL_S = 60


@dataclass(frozen=True, slots=True)
class Look:
    """What one look saw. Not `looked`: it came too soon, or no analyser was free, and nothing is known.

    `problems`: code and sentence, most important first. `face`: the main face in pixels of a picture of
    `width` by `height`. `next_after_ms`: when the browser may ask again.
    """

    looked: bool
    next_after_ms: int
    problems: tuple[tuple[str, str], ...] = ()
    face: FaceBox | None = None
    width: int = 0
    height: int = 0


def take(session: MonitoringSession, image: bytes) -> Look:
    """Judges a picture as a reference photo would be, without a template; nothing is stored or counted.

    Raises Conflict `not_checking_in`, `consent_missing` (no agreement to the camera), `notice_outdated`,
    InvalidInput for what is no picture, Unavailable.
    """
    _require_asked(session)
    if not _is_due(session):
        return Look(False, NEXT_AFTER_MS)
    try:
        report = pool.look(image)
    except ImageError as error:
        raise InvalidInput(
            f"This picture cannot be used: {error.message}.", code=error.code.value, field="frame"
        ) from error
    except (Overloaded, pool.WorkerLost):
        return Look(False, NEXT_WHEN_BUSY_MS)
    return Look(
        True,
        NEXT_WHEN_WELL_MS if report.ok else NEXT_AFTER_MS,
        tuple((code, coaching_text(code)) for code in report.problems),
        report.face,
        report.width,
        report.height,
    )


def _is_due(session: MonitoringSession) -> bool:
    """Whether enough time has passed since this session's last look; only its moment is remembered."""
    key, now = f"check-in-look:{session.pk}", clock.now().timestamp()
    before: float | None = cache.get(key)
    if before is not None and 0 <= now - before < LEAST_APART_S:
        return False
    cache.set(key, now, _SEEN_TTL_S)
    return True


def _require_asked(session: MonitoringSession) -> None:
    """Consent to the camera in force, under the notice that names these looks, in a running check-in."""
    attempt = session.attempt
    if session.state != "live" or attempt is None or attempt.state != states.CHECKING_IN:
        raise Conflict("Your camera is only looked at during the check-in.", code="not_checking_in")
    if not policies.policy_of(attempt).camera_required:
        raise Conflict("This exam is taken without camera.", code="not_asked")
    consent = Consent.objects.filter(session=session, withdrawn_at=None, camera=True).first()
    if consent is None:
        raise Conflict("You have not agreed to the camera; nothing is looked at.", code="consent_missing")
    if consent.notice_id != notice.for_attempt(attempt).pk:
        raise Conflict(
            "The notice has changed since you read it; please load the page again and read it.",
            code="notice_outdated",
        )
