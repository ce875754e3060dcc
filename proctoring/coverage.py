"""How much of a session was watched, each minute: counted in memory, written in batches, read as a whole.

Each process counts for itself and adds to the rows; nobody waits for it. What a process that is killed had
not written yet (at most `WRITE_AFTER_S` and a minute) is missing, so a minute without a row proves nothing
about the candidate.
"""

import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce, Greatest

from exams.models import LostTime
from exams.models.lost_time import Cause
from proctor_site.kernel import clock
from proctoring.audio.exchange import ClipReport
from proctoring.models import CoverageMinute, MonitoringSession
from proctoring.observations import FrameReport

WRITE_AFTER_S = 30.0
"""After the end of a minute: recordings of half a minute come when they are over."""
LONGEST_S = 3 * 24 * 60 * 60.0
"""Of a session, as far as minutes without a row are listed."""
_MINUTE_S = 60.0
_AT_ONCE = 200
_OUT = (Cause.CONNECTION, Cause.OUTAGE)
_STANDING = (Cause.PAUSE, Cause.BREAK)

_Counts = dict[str, float]
_waiting: dict[tuple[int, int], _Counts] = {}
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Minute:
    """One minute, or the sum of several. Seconds of `paused_s` are nobody's to watch.

    `light` (0 to 255) and `sound_db` (dBFS) are means, `faces` the most at once; None: nothing to say.
    """

    at: datetime
    seconds: float
    captured: int = 0
    analysed: int = 0
    shed: int = 0
    screens: int = 0
    offline_s: float = 0.0
    paused_s: float = 0.0
    clips_s: float = 0.0
    quiet_s: float = 0.0
    light: float | None = None
    faces: int | None = None
    sound_db: float | None = None

    @property
    def is_watched(self) -> bool:
        """Whether at least one picture of it was looked at."""
        return self.analysed > 0


@dataclass(frozen=True, slots=True)
class Coverage:
    """All minutes from the begin to the end of a session, those without a row as well, and their sum.

    `watched_share`: of the minutes that were not paused, those with a picture that was looked at, 0 to 1;
    None where there are none.
    """

    minutes: list[Minute]
    totals: Minute
    watched_share: float | None


def note_frame(session_id: int, at: float, report: FrameReport | None) -> None:
    """Counts one camera picture that came; `report` None: it was not looked at. `at`: seconds since the
    epoch."""
    counts: _Counts = {"captured": 1, "analysed" if report else "shed": 1}
    if report is not None:
        counts |= {"light_sum": report.quality.brightness, "light_count": 1}
        if report.quality.usable:
            counts["faces"] = len(report.faces)
    _add(session_id, at, counts)


def note_screen(session_id: int, at: float) -> None:
    """Counts one picture of the screen."""
    _add(session_id, at, {"screens": 1})


def note_clip(session_id: int, report: ClipReport, *, heard: bool) -> None:
    """Counts the seconds of a recording; `heard` False: the browser said that nothing was in it."""
    name = "clips_s" if heard else "quiet_s"
    for at, seconds in _pieces(report.captured_at, report.captured_at + report.duration_s):
        counts = {name: seconds}
        if heard:
            counts |= {"sound_sum": report.level_db * seconds, "sound_s": seconds}
        _add(session_id, at, counts)


def note_offline(session_id: int, begin: float, end: float) -> None:
    """Counts seconds without a sign from the page, seconds since the epoch."""
    for at, seconds in _pieces(begin, min(end, begin + LONGEST_S)):
        _add(session_id, at, {"offline_s": seconds})


def forget(session_id: int) -> None:
    """Drops what this process has not written yet."""
    with _lock:
        for key in [each for each in _waiting if each[0] == session_id]:
            del _waiting[key]


def forget_all() -> None:
    """Drops what this process has not written yet of any session; for tests."""
    with _lock:
        _waiting.clear()


def write(*, everything: bool = False) -> int:
    """Adds what was counted to the rows, of minutes that are over; how many rows. For a regular round."""
    until = clock.now().timestamp() - _MINUTE_S - WRITE_AFTER_S
    with _lock:
        due = {key: counts for key, counts in _waiting.items() if everything or key[1] <= until}
        for key in due:
            del _waiting[key]
    keys = sorted(due)
    return sum(
        _write({key: due[key] for key in keys[i : i + _AT_ONCE]}) for i in range(0, len(keys), _AT_ONCE)
    )


def coverage_of(session: MonitoringSession) -> Coverage:
    """What is known of the session's minutes. Two queries; needs the scope of its institution."""
    rows = {row.minute: row for row in CoverageMinute.objects.filter(session_id=session.pk)}
    lost = list(LostTime.objects.filter(attempt_id=session.attempt_id)) if session.attempt_id else []
    begin, end = _span(session, rows)
    paused = [(each.started_at, each.ended_at) for each in lost if each.cause in _STANDING]
    if session.attempt is not None and session.attempt.paused_at is not None:
        paused.append((session.attempt.paused_at, end))
    out = [(each.started_at, each.ended_at) for each in lost if each.cause in _OUT]
    minutes = [
        _minute(at, rows.get(at), begin, end, paused=paused, out=out) for at in _minutes(begin, end, rows)
    ]
    working = [each for each in minutes if each.paused_s < each.seconds]
    share = sum(each.is_watched for each in working) / len(working) if working else None
    return Coverage(minutes, _sum(begin, minutes, rows.values()), share)


def _add(session_id: int, at: float, counts: Mapping[str, float]) -> None:
    key = (session_id, int(at // _MINUTE_S * _MINUTE_S))
    with _lock:
        kept = _waiting.setdefault(key, defaultdict(float))
        for name, value in counts.items():
            kept[name] = max(kept.get(name, 0.0), value) if name == "faces" else kept[name] + value


def _pieces(begin: float, end: float) -> Iterator[tuple[float, float]]:
    """The span cut at full minutes: where each piece begins, and its seconds."""
    while begin < end:
        until = min(end, (begin // _MINUTE_S + 1) * _MINUTE_S)
        yield begin, until - begin
        begin = until


def _write(due: Mapping[tuple[int, int], _Counts]) -> int:
    # _base_manager: one process counts for every institution.
    known = MonitoringSession._base_manager.filter(
        pk__in={key[0] for key in due}, attempt__thrown_away_at__isnull=True
    )
    institutions = dict(known.values_list("pk", "institution_id"))
    rows = {
        (pk, datetime.fromtimestamp(minute, UTC)): counts
        for (pk, minute), counts in due.items()
        if pk in institutions
    }
    with transaction.atomic():
        CoverageMinute._base_manager.bulk_create(
            [
                CoverageMinute(institution_id=institutions[pk], session_id=pk, minute=minute)
                for pk, minute in rows
            ],
            ignore_conflicts=True,
        )
        for (pk, minute), counts in rows.items():
            CoverageMinute._base_manager.filter(session_id=pk, minute=minute).update(**_changes(counts))
    return len(rows)


def _changes(counts: _Counts) -> dict[str, Any]:
    changes: dict[str, Any] = {name: F(name) + value for name, value in counts.items() if name != "faces"}
    if "faces" in counts:
        most = Value(int(counts["faces"]))
        changes["faces"] = Greatest(Coalesce(F("faces"), most), most)  # SQLite's greatest with NULL is NULL
    return changes


def _span(session: MonitoringSession, rows: Mapping[datetime, Any]) -> tuple[datetime, datetime]:
    attempt = session.attempt
    begin = (attempt.started_at if attempt is not None else None) or session.started_at
    end = session.ended_at or (attempt.ended_at if attempt is not None else None) or clock.now()
    if rows:
        begin = min(begin, min(rows))
        end = max(end, min(max(rows) + timedelta(seconds=_MINUTE_S), clock.now()))
    return begin, max(begin, end)


def _minutes(begin: datetime, end: datetime, rows: Mapping[datetime, Any]) -> list[datetime]:
    first = begin.replace(second=0, microsecond=0)
    count = int(min((end - first).total_seconds(), LONGEST_S) // _MINUTE_S) + 1
    listed = {first + timedelta(minutes=number) for number in range(count)} if end > begin else set()
    return sorted(listed | set(rows))


def _minute(
    at: datetime,
    row: CoverageMinute | None,
    begin: datetime,
    end: datetime,
    *,
    paused: Iterable[tuple[datetime, datetime]],
    out: Iterable[tuple[datetime, datetime]],
) -> Minute:
    first, last = max(at, begin), min(at + timedelta(seconds=_MINUTE_S), end)
    seconds = max(0.0, (last - first).total_seconds())
    known: dict[str, Any] = {
        "paused_s": min(seconds, _overlap(first, last, paused)),
        "offline_s": _overlap(first, last, out),
    }
    if row is not None:
        names = ("captured", "analysed", "shed", "screens", "clips_s", "quiet_s", "faces")
        known |= {name: getattr(row, name) for name in names}
        # Gaps are noted for the coverage and as lost time: the same seconds, or those of an outage.
        known["offline_s"] = max(known["offline_s"], row.offline_s)
        known["light"] = row.light_sum / row.light_count if row.light_count else None
        known["sound_db"] = row.sound_sum / row.sound_s if row.sound_s else None
    known["offline_s"] = min(seconds, known["offline_s"])
    return Minute(at, seconds, **known)


def _overlap(first: datetime, last: datetime, spans: Iterable[tuple[datetime, datetime]]) -> float:
    cut = ((min(last, end) - max(first, begin)).total_seconds() for begin, end in spans)
    return sum(each for each in cut if each > 0)


_SUMMED = ("captured", "analysed", "shed", "screens", "offline_s", "paused_s", "clips_s", "quiet_s")


def _sum(begin: datetime, minutes: list[Minute], rows: Iterable[CoverageMinute]) -> Minute:
    kept = list(rows)
    looks, heard = sum(row.light_count for row in kept), sum(row.sound_s for row in kept)
    return Minute(
        begin,
        sum(each.seconds for each in minutes),
        **{name: sum(getattr(each, name) for each in minutes) for name in _SUMMED},
        light=sum(row.light_sum for row in kept) / looks if looks else None,
        faces=max((each.faces for each in minutes if each.faces is not None), default=None),
        sound_db=sum(row.sound_sum for row in kept) / heard if heard else None,
    )
