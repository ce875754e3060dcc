"""Liveness (the process answers) and readiness (database and cache answer)."""

from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.utils import Error
from django.http import HttpRequest, JsonResponse

from proctor_site import stopping
from proctor_site.kernel import rounds
from proctoring.analysis import provider
from proctoring.evidence import spool_state
from proctoring.meetings.providers import guarded


def live(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers; 503 of a worker whose jobs or deadlines stand still."""
    stuck = rounds.stuck()
    if stuck:
        return JsonResponse({"status": "stuck", "work": stuck}, status=503)
    return JsonResponse({"status": "live"})


def ready(request: HttpRequest) -> JsonResponse:
    """200 when database and cache answer, else 503 naming the part that does not; 503 as well before a stop.

    Evidence that waits for its store for more than a minute, or that no disk took, is told. Deepgram, where
    a key is set, and who carries live video, where that is a service, are told but do not
    count: exams go on without them. Neither is asked here: it is told how it went when it was last needed.
    """
    parts = {"database": _database_answers(), "cache": _cache_answers()}
    ok = all(parts.values()) and not stopping.is_asked()
    told: dict[str, Any] = (
        {"deepgram": provider.state()["state"]} if settings.DEEPGRAM_KEY and parts["cache"] else {}
    )
    evidence = spool_state.state() if parts["cache"] else None
    if evidence is not None and not evidence.is_well:
        told["evidence"] = asdict(evidence)
    if settings.LIVE_PROVIDER not in ("off", "peer"):
        told["live_video"] = guarded.state()
    word = "stopping" if stopping.is_asked() else "ready" if ok else "not ready"
    return JsonResponse({"status": word, **parts, **told}, status=200 if ok else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


def _cache_answers() -> bool:
    try:
        cache.set("health", "1", 5)
        return cache.get("health") == "1"
    except Exception:  # noqa: BLE001  (each cache back end has errors of its own; any of them means "no")
        return False
