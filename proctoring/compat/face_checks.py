"""How often a face was compared in a session, for the verification status of the VideoProctoring contract.

Kept in the cache for as long as a session lasts: it is told to its caller, and judged by nobody.
"""

from typing import Any

from django.core.cache import cache

from proctoring.compat.scores import THRESHOLD, rounded
from proctoring.models import MonitoringSession

_TTL_S = 12 * 60 * 60
MOST_RECENT = 10


def note(session: MonitoringSession, verification: dict[str, Any], seconds: float) -> None:
    """Counts one comparison; what could not be compared counts nowhere. One frame of a session at a time."""
    if verification["verified"] is None:
        return
    kept = _kept(session)
    similarity = verification["similarity"]
    kept["total"] += 1
    kept["alike"] += verification["verified"] is True
    if similarity is not None:
        kept["sum"] += similarity
        kept["least"] = min(similarity, kept["least"] if kept["least"] is not None else similarity)
        kept["most"] = max(similarity, kept["most"] if kept["most"] is not None else similarity)
    recent = {**verification, "timestamp": round(seconds, 2)}
    kept["recent"] = [*kept["recent"], recent][-MOST_RECENT:]
    cache.set(_key(session), kept, _TTL_S)


def summary_of(session: MonitoringSession, *, is_registered: bool) -> dict[str, Any]:
    """`verification_summary`."""
    kept = _kept(session)
    total, alike = kept["total"], kept["alike"]
    return {
        "enabled": is_registered,
        "registered": is_registered,
        "total_verifications": total,
        "successful_verifications": alike,
        "average_similarity": rounded(kept["sum"] / total) if total else None,
        "max_similarity": kept["most"],
        "min_similarity": kept["least"],
        "verification_rate": rounded(100 * alike / total) if total else None,
        "total_mismatches": total - alike,
    }


def recent_of(session: MonitoringSession) -> list[dict[str, Any]]:
    """`recent_verifications`, newest last."""
    return list(_kept(session)["recent"])


def percent(similarity: float | None, *, is_alike: bool) -> float | None:
    """A similarity on that contract's scale, where 80 divides. Our engines have scales of their own, so the
    engine's answer decides on which side of it the number stands."""
    if similarity is None:
        return None
    value = min(100.0, max(0.0, 100 * similarity))
    return round(max(value, THRESHOLD) if is_alike else min(value, THRESHOLD - 0.1), 1)


def _kept(session: MonitoringSession) -> dict[str, Any]:
    empty: dict[str, Any] = {"total": 0, "alike": 0, "sum": 0.0, "least": None, "most": None, "recent": []}
    return {**empty, **(cache.get(_key(session)) or {})}


def _key(session: MonitoringSession) -> str:
    return f"compat-faces:{session.pk}"
