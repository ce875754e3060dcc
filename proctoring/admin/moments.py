"""Moments of forms."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def end_of_day(day: date, zone: str) -> datetime:
    """The moment at which a day is over in a time zone."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=ZoneInfo(zone))
