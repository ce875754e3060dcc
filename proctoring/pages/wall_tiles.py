"""The tiles of the proctor's page: one per candidate, complete on the first answer of the server."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max

from exams import states
from exams.models import Sitting
from proctor_site.kernel import clock
from proctoring import supervision_wall
from proctoring.live import presence
from proctoring.live.messages import iso
from proctoring.models import Call, CandidateWarning, Incident
from proctoring.models.live_event import Audience, LiveEvent
from proctoring.states import CALL_GOES_ON, UNREVIEWED

ON_A_PAGE = 16
"""Tiles in the page itself, as many as its scripts show at once on a large screen."""
SLOW_RTT_MS = 1_000
SLOW_SEEN_S = 8.0
MUCH_LOSS = 20
"""Percent of a page's last signs of life that were not answered in time."""
_CONNECTS = (states.CHECKING_IN, states.READY, *states.RUNNING)
ACTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("warn", "Warn", states.LIVE),
    ("pause", "Pause", (states.IN_PROGRESS,)),
    ("resume", "Resume", (states.PAUSED,)),
    ("give_time", "Give time", states.RUNNING),
    ("ask", "Ask to show", (states.IN_PROGRESS, states.PAUSED)),
    ("admit", "Let in", (states.CHECKING_IN,)),
    ("reinstate", "Reinstate", (states.TERMINATED,)),
    ("terminate", "Terminate", states.RUNNING),
)
"""What a tile offers: name, label, and the states of an attempt in which it is shown."""
NEEDS_OUR_PAGE = frozenset({"ask", "admit", "reinstate"})
"""Acts that are not there where another system delivers the exam: it has the candidate's page. It may show
warnings (`reads_warnings` of the row)."""
BEHIND_MORE = ("give_time", "ask", "terminate")
"""Those that a tile has behind "More": rare ones. Five buttons on each of sixteen tiles are not calm."""
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
    """One candidate as the page shows them. `row`: of `rows_of`, with what the page's scripts also read.

    `connection`: none, ok, slow or lost; `incidents`: those that are open, by number: severity, whether
    nobody has looked at it yet, whether it goes on; `picture`: a data URL.
    """

    row: dict[str, Any]
    connection: str
    lost_since: datetime | None
    incidents: dict[int, list[Any]]
    warning: LastWarning | None
    call: dict[str, Any] | None = None
    picture: str = ""
    is_outside: bool = False

    @property
    def enrolment(self) -> int:
        return int(self.row["enrolment"])

    @property
    def attempt(self) -> int | None:
        found: int | None = self.row["attempt"]
        return found

    @property
    def candidate(self) -> int:
        return int(self.row["candidate"]["id"])

    @property
    def name(self) -> str:
        return str(self.row["candidate"]["name"])

    @property
    def state(self) -> str:
        return str(self.row["state"])

    @property
    def unreviewed(self) -> int:
        return int(self.row["incidents"]["unreviewed"])

    @property
    def worst(self) -> str:
        return str(self.row["incidents"]["worst"])

    @property
    def extra_minutes(self) -> int:
        return int(self.row["extra_minutes"])

    @property
    def state_words(self) -> str:
        return STATE_WORDS[self.state]

    @property
    def acts(self) -> list[tuple[str, str, bool]]:
        """Name, label, and whether the state allows it."""
        return [
            (act, label, self.attempt is not None and self.state in allowed and self._reaches(act))
            for act, label, allowed in acts_in(self.is_outside)
        ]

    def _reaches(self, act: str) -> bool:
        return act != "warn" or bool(self.row["reads_warnings"])

    @property
    def time_left(self) -> str:
        """As the scripts of the page write it: whole minutes, seconds below ten minutes."""
        seconds = self.row["seconds_left"]
        if seconds is None or self.state not in states.RUNNING:
            return ""
        if seconds >= 600:
            return f"{int(seconds // 60)} min"
        return f"{int(seconds // 60)}:{int(seconds % 60):02d}"

    def to_json(self) -> dict[str, Any]:
        """What `candidate_row.js` reads; the picture comes through the socket, or in the tile's own HTML."""
        warning = self.warning
        told = warning and {
            "id": warning.pk,
            "sent_at": iso(warning.sent_at),
            "acknowledged_at": iso(warning.acknowledged_at),
        }
        return {
            **self.row,
            "connection": self.connection,
            "lost_since": iso(self.lost_since),
            "open": self.incidents,
            "warning": told,
            "call": self.call,
        }


def acts_in(is_outside: bool) -> list[tuple[str, str, tuple[str, ...]]]:
    """The acts of a sitting; `is_outside`: of an exam that another system delivers."""
    return [each for each in ACTS if not (is_outside and each[0] in NEEDS_OUR_PAGE)]


def tiles_of(sitting: Sitting) -> list[Tile]:
    """Everybody enrolled, those in need first, without pictures."""
    rows = supervision_wall.rows_of(sitting)
    incidents = _open_incidents(sitting)
    warnings = _last_warnings(sitting)
    gone = _gone_since(sitting)
    calls = _calls_in(sitting)
    tiles = [_tile(row, incidents, warnings, gone) for row in rows]
    is_outside = sitting.exam.is_outside
    return [replace(each, call=calls.get(each.attempt or 0), is_outside=is_outside) for each in tiles]


def with_pictures(tiles: Sequence[Tile]) -> list[Tile]:
    """The same tiles with the newest small pictures, as far as there are any; one trip to the cache."""
    pictures = presence.thumbnails(each.attempt for each in tiles if each.attempt is not None)
    return [_with_picture(each, pictures.get(each.attempt or 0)) for each in tiles]


def _with_picture(tile: Tile, picture: tuple[int, bytes] | None) -> Tile:
    if picture is None:
        return tile
    return replace(tile, picture="data:image/jpeg;base64," + base64.b64encode(picture[1]).decode())


def _tile(
    row: dict[str, Any],
    incidents: dict[int, dict[int, list[Any]]],
    warnings: dict[int, LastWarning],
    gone: dict[int, datetime],
) -> Tile:
    attempt = row["attempt"]
    connection = connection_of(row["state"], row["presence"])
    lost_since = _lost_since(row["presence"], gone.get(attempt)) if connection == "lost" else None
    return Tile(row, connection, lost_since, incidents.get(attempt, {}), warnings.get(attempt))


def connection_of(state: str, seen: dict[str, Any]) -> str:
    """ok, slow or lost while the candidate should be connected; none before and after."""
    if state not in _CONNECTS:
        return "none"
    if not seen["connected"]:
        return "lost"
    is_late = (seen["rtt_ms"] or 0) > SLOW_RTT_MS or (seen["last_seen_s"] or 0.0) > SLOW_SEEN_S
    return "slow" if is_late or (seen.get("loss") or 0) >= MUCH_LOSS else "ok"


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


def _calls_in(sitting: Sitting) -> dict[int, dict[str, Any]]:
    """The private calls that ring or go on, by attempt, in the words of their events."""
    rows = Call.objects.filter(attempt__enrolment__sitting=sitting, state__in=CALL_GOES_ON)
    return {
        each.attempt_id: {"state": each.state, "proctor": {"id": each.proctor_id, "name": str(each.proctor)}}
        for each in rows.select_related("proctor")
    }


def _gone_since(sitting: Sitting) -> dict[int, datetime]:
    """When each disconnected page was last told to be gone: the cache forgets it after two minutes."""
    rows = LiveEvent.objects.filter(
        sitting=sitting, audience=Audience.PROCTORS, kind="connection.changed", payload__connected=False
    )
    return dict(rows.order_by().values_list("attempt_id").annotate(at=Max("created_at")))
