"""What a proctor reads of a candidate's microphone and of the recordings that came."""

from datetime import UTC, datetime, tzinfo

from proctoring.audio.microphone_names import program_of
from proctoring.live.presence import Presence

_STATES = {
    "ok": "on",
    "muted": "muted",
    "denied": "not allowed in the browser",
    "ended": "stopped",
    "none": "none found",
}


def in_words(seen: Presence, zone: tzinfo) -> str:
    """Such as "muted since 14:03 (Headset); 2 recordings have not come yet"; "" where nothing is recorded."""
    if not seen.microphone:
        return ""
    words = _STATES[seen.microphone]
    if seen.microphone != "ok" and seen.microphone_since:
        since = datetime.fromtimestamp(seen.microphone_since, UTC).astimezone(zone)
        words += f" since {since:%H:%M}"
    if seen.microphone_label:
        program = program_of(seen.microphone_label)
        words += f" ({seen.microphone_label}{f': by its name {program}' if program else ''})"
    if seen.sound == "in_call":
        words += "; not listened to during a call with a proctor"
    if seen.sound_missing:
        many = "recordings have" if seen.sound_missing > 1 else "recording has"
        words += f"; {seen.sound_missing} {many} not come yet"
    return words
