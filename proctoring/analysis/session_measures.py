"""Running figures of an outside caller's session; a candidate's attempt is never measured (decision 0082)."""

from typing import Any

from django.core.cache import cache
from django.db import transaction

from accounts.tenancy import within
from proctor_site.kernel import clock
from proctoring import emotions
from proctoring.audio.exchange import ClipReport
from proctoring.audio.measures import measure as measure_sound
from proctoring.models import MonitoringSession, SessionMeasures
from proctoring.observations import FaceBox, FrameReport, Head
from proctoring.vision.confusion import NOT_YET, Brows, follow
from proctoring.vision.measures import SAME_MOMENT_S, Figure, measure, merge

STORE_EVERY_S = 30.0
"""Between two writes to the row; what is not written yet is lost only with the cache."""
_TTL_S = 12 * 60 * 60


def note(session: MonitoringSession, report: FrameReport, baseline: Head | None = None) -> None:
    """Adds one frame's measurements. One frame of a session at a time (`recent.begin`)."""
    if not session.is_measured:
        return
    kept: dict[str, Any] = cache.get(_key(session.pk)) or {"figures": {}, "since": report.captured_at}
    brows, confused = follow(Brows.from_json(kept.get("brows", {})), report)
    found = measure(report, _face_before(kept, report), baseline, confused)
    figures = merge(_read(kept["figures"]), {name: Figure.of(value) for name, value in found.items()})
    is_due = report.captured_at - kept["since"] >= STORE_EVERY_S
    if is_due:
        _store(session, figures)
    kept = {
        "figures": {} if is_due else {name: each.to_json() for name, each in figures.items()},
        "since": report.captured_at if is_due else kept["since"],
        "at": report.captured_at,
        "face": report.faces[0].to_json() if len(report.faces) == 1 else None,
        "brows": brows.to_json(),
    }
    cache.set(_key(session.pk), kept, _TTL_S)


def note_sound(session: MonitoringSession, report: ClipReport) -> None:
    """Adds one recording's measurements, at once: there is one in half a minute."""
    if not session.is_measured:
        return
    found = measure_sound(report)
    if found:
        _store(session, {name: Figure.of(value) for name, value in found.items()})


def store(session: MonitoringSession) -> None:
    """Writes what is still in the cache, and forgets the rest: the session ends."""
    kept = cache.get(_key(session.pk))
    if kept and kept["figures"]:
        _store(session, _read(kept["figures"]))
    cache.delete(_key(session.pk))


def figures_of(session: MonitoringSession) -> dict[str, Figure]:
    """The figures up to now, by name. Within the institution's scope."""
    row = SessionMeasures.objects.filter(session=session).first()
    kept = cache.get(_key(session.pk)) or {}
    return merge(_read(row.figures if row else {}), _read(kept.get("figures", {})))


def why_not_confused(session: MonitoringSession) -> str:
    """Why the figures have no `emotion_confused` yet, in a sentence; "" when they may."""
    if not session.is_measured:
        return "Candidates who sit an exam are not measured."
    if reason := emotions.why_not(session.institution):
        return reason
    kept = cache.get(_key(session.pk)) or {}
    return NOT_YET if Brows.from_json(kept.get("brows", {})).usual is None else ""


def _face_before(kept: dict[str, Any], report: FrameReport) -> FaceBox | None:
    recent = 0 < report.captured_at - kept.get("at", 0.0) <= SAME_MOMENT_S
    return FaceBox.from_json(kept["face"]) if recent and kept.get("face") else None


def _store(session: MonitoringSession, figures: dict[str, Figure]) -> None:
    with within(session.institution), transaction.atomic():
        rows = SessionMeasures.objects.select_for_update()
        row, _ = rows.get_or_create(session=session, institution_id=session.institution_id)
        merged = merge(_read(row.figures), figures)
        row.figures = {name: each.to_json() for name, each in merged.items()}
        row.updated_at = clock.now()
        row.save(update_fields=["figures", "updated_at"])


def _read(data: dict[str, Any]) -> dict[str, Figure]:
    return {name: Figure.from_json(each) for name, each in data.items()}


def _key(session_id: int) -> str:
    return f"measures:{session_id}"
