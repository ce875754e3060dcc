"""The tiles of the proctor's page: one per candidate, complete on the first answer of the server."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max

from exams import states
from exams.models import Sitting
from proctor_site.kernel import clock
from proctoring import supervision_wall
from proctoring.live import presence
from proctoring.models import CandidateWarning, Incident
from proctoring.models.live_event import Audience, LiveEvent
from proctoring.states import UNREVIEWED

PICTURES_AT_FIRST = 24
"""Small pictures in the page itself (5 kB each); the socket brings the others as they come into view."""
SLOW_RTT_MS = 1_000
SLOW_SEEN_S = 8.0
_CONNECTS = (states.CHECKING_IN, states.READY, *states.RUNNING)
ACTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("warn", "Warn", states.LIVE),
    ("pause", "Pause", (states.IN_PROGRESS,)),
    ("resume", "Resume", (states.PAUSED,)),
    ("admit", "Let in", (states.CHECKING_IN,)),
    ("reinstate", "Reinstate", (states.TERMINATED,)),
    ("terminate", "Terminate", states.RUNNING),
)
"""What a tile offers: name, label, and the states of an attempt in which it is shown."""
STATE_WORDS = {
    states.SCHEDULED: "not here yet",
    states.CHECKING_IN: "checking in",
    states.READY: "ready to start",
    states.IN_PROGRESS: "in progress",
    states.PAUSED: "paused",
    states.OVERDUE: "time is up, not handed in yet",
    states.SUBMITTED: "handed in",
    states.TERMINATED: "terminated",
    states.REFUSED: "not admitted",
    states.MISSED: "missed",
    states.ABANDONED: "not handed in",
}


@dataclass(frozen=True, slots=True)
class LastWarning:
    """The newest warning of an attempt."""

    pk: int
    sent_at: datetime
    acknowledged_at: datetime | None


@dataclass(frozen=True, slots=True)
class Tile:
    """One candidate as the page shows them. `connection`: none, ok, slow or lost; `picture`: a data URL."""

    enrolment: int
    attempt: int | None
    candidate: int
    name: str
    state: str
    deadline_at: str | None
    paused_at: str | None
    seconds_left: float | None
    extra_minutes: int
    connection: str
    lost_since: datetime | None
    camera: str
    microphone: str
    microphone_since: int | None
    unreviewed: int
    worst: str
    incidents: str
    picture: str
    warning: LastWarning | None

    @property
    def state_words(self) -> str:
        return STATE_WORDS[self.state]

    @property
    def acts(self) -> list[tuple[str, str, bool]]:
        """Name, label, and whether the state allows it."""
        return [
            (act, label, self.attempt is not None and self.state in allowed) for act, label, allowed in ACTS
        ]

    @property
    def time_left(self) -> str:
        """As the scripts of the page write it: whole minutes, seconds below ten minutes."""
        if self.seconds_left is None or self.state not in states.RUNNING:
            return ""
        if self.seconds_left >= 600:
            return f"{int(self.seconds_left // 60)} min"
        return f"{int(self.seconds_left // 60)}:{int(self.seconds_left % 60):02d}"


def tiles_of(sitting: Sitting) -> list[Tile]:
    """Everybody enrolled, those in need first."""
    rows = supervision_wall.rows_of(sitting)
    attempts = [row["attempt"] for row in rows if row["attempt"] is not None]
    incidents = _open_incidents(sitting)
    warnings = _last_warnings(sitting)
    gone = _gone_since(sitting)
    pictures = presence.thumbnails(attempts[:PICTURES_AT_FIRST])
    return [_tile(row, incidents, warnings, gone, pictures) for row in rows]


def _tile(
    row: dict[str, Any],
    incidents: dict[int, dict[int, list[Any]]],
    warnings: dict[int, LastWarning],
    gone: dict[int, datetime],
    pictures: dict[int, tuple[int, bytes]],
) -> Tile:
    attempt = row["attempt"]
    connection = connection_of(row["state"], row["presence"])
    picture = pictures.get(attempt)
    return Tile(
        enrolment=row["enrolment"],
        attempt=attempt,
        candidate=row["candidate"]["id"],
        name=row["candidate"]["name"],
        state=row["state"],
        deadline_at=row["deadline_at"],
        paused_at=row["paused_at"],
        seconds_left=row["seconds_left"],
        extra_minutes=row["extra_minutes"],
        connection=connection,
        lost_since=_lost_since(row["presence"], gone.get(attempt)) if connection == "lost" else None,
        camera=row["presence"]["camera"],
        microphone=row["presence"]["microphone"],
        microphone_since=row["presence"]["microphone_since"],
        unreviewed=row["incidents"]["unreviewed"],
        worst=row["incidents"]["worst"],
        incidents=json.dumps(incidents.get(attempt, {}), separators=(",", ":")),
        picture="data:image/jpeg;base64," + base64.b64encode(picture[1]).decode() if picture else "",
        warning=warnings.get(attempt),
    )


def connection_of(state: str, seen: dict[str, Any]) -> str:
    """ok, slow or lost while the candidate should be connected; none before and after."""
    if state not in _CONNECTS:
        return "none"
    if not seen["connected"]:
        return "lost"
    is_slow = (seen["rtt_ms"] or 0) > SLOW_RTT_MS or (seen["last_seen_s"] or 0.0) > SLOW_SEEN_S
    return "slow" if is_slow else "ok"


def _lost_since(seen: dict[str, Any], told: datetime | None) -> datetime | None:
    if seen["last_seen_s"] is not None:
        return clock.now() - timedelta(seconds=seen["last_seen_s"])
    return told


def _open_incidents(sitting: Sitting) -> dict[int, dict[int, list[Any]]]:
    """By attempt and incident: severity, whether nobody has looked at it yet, whether it goes on."""
    rows = Incident.objects.filter(sitting=sitting).order_by("pk")
    found: dict[int, dict[int, list[Any]]] = {}
    for pk, attempt, severity, review_state, ended_at in rows.values_list(
        "pk", "session__attempt_id", "severity", "review_state", "ended_at"
    ):
        waits, goes_on = review_state == UNREVIEWED, ended_at is None
        if waits or goes_on:
            found.setdefault(attempt, {})[pk] = [severity, int(waits), int(goes_on)]
    return found


def _last_warnings(sitting: Sitting) -> dict[int, LastWarning]:
    rows = CandidateWarning.objects.filter(session__sitting=sitting).order_by("pk")
    return {
        attempt: LastWarning(pk, sent_at, acknowledged_at)
        for attempt, pk, sent_at, acknowledged_at in rows.values_list(
            "session__attempt_id", "pk", "sent_at", "acknowledged_at"
        )
    }


def _gone_since(sitting: Sitting) -> dict[int, datetime]:
    """When each disconnected page was last told to be gone: the cache forgets it after two minutes."""
    rows = LiveEvent.objects.filter(
        sitting=sitting, audience=Audience.PROCTORS, kind="connection.changed", payload__connected=False
    )
    return dict(rows.order_by().values_list("attempt_id").annotate(at=Max("created_at")))
