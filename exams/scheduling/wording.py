"""Moments in words: in the reader's zone, named with its distance from UTC, and the sitting's beside it."""

from datetime import datetime
from zoneinfo import ZoneInfo


def moment_in(moment: datetime, zone: str) -> str:
    """Such as "Sunday, 25 October 2026 at 02:30 (Europe/Vienna, UTC+1)".

    The distance from UTC tells the two hours apart that clocks show twice when they go back.
    """
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local:%A}, {local.day} {local:%B %Y} at {local:%H:%M} ({zone}, {distance(local)})"


def distance(local: datetime) -> str:
    """The distance of an aware moment from UTC, such as UTC+5:30."""
    offset = local.utcoffset()
    minutes = 0 if offset is None else round(offset.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    if not minutes:
        return "UTC"
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02d}" if rest else "")


def moment_for(moment: datetime, reader: str, place: str) -> str:
    """In the reader's zone; in the sitting's own as well when clocks there show something else."""
    if moment.astimezone(ZoneInfo(reader)).utcoffset() == moment.astimezone(ZoneInfo(place)).utcoffset():
        return moment_in(moment, place if reader != place else reader)
    return f"{moment_in(moment, reader)}; at the exam’s place: {moment_in(moment, place)}"
