"""What proctors read about a candidate's shared screen, and its newest picture."""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from proctoring.evidence import screen_ring
from proctoring.incidents.recording import moment
from proctoring.ingest import screens
from proctoring.live.presence import Presence
from proctoring.models import MonitoringSession

_STATES = {
    "ok": "shared",
    "window": "not shared: a window or a tab was chosen, and refused",
    "ended": "not shared any more",
    "none": "not shared",
    "": "not shared yet",
}


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest picture as a data URL, and when it was taken."""

    url: str
    at: datetime


def in_words(session: MonitoringSession | None, seen: Presence, zone: ZoneInfo) -> str:
    """Such as "Shared since 14:03:20; 12 pictures, 30 looks without any change"; "" where nobody asks."""
    if session is None or not (screens.wanted(session).wanted or seen.screens):
        return ""
    words = _STATES.get(seen.screen, seen.screen)
    if seen.screen == "ok" and seen.screen_label != "monitor":
        words += ", but the browser does not tell whether all of it: please look"
    if seen.screen_since:
        since = datetime.fromtimestamp(seen.screen_since, UTC).astimezone(zone)
        words += f" since {since:%H:%M:%S}"
    if seen.screens:
        words += f"; {seen.screens} picture{'' if seen.screens == 1 else 's'}"
        words += f", {seen.screens_unchanged} looks without any change"
    if seen.screens_missing:
        words += f", {seen.screens_missing} lost on the way"
    return words[0].upper() + words[1:]


def newest_of(session: MonitoringSession | None) -> Newest | None:
    """The newest picture that is still at hand: two minutes at most."""
    found = screen_ring.newest(session.pk) if session is not None else None
    if found is None:
        return None
    note, jpeg = found
    return Newest("data:image/jpeg;base64," + base64.b64encode(jpeg).decode(), moment(note.captured_at))
