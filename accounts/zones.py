"""In which time zone a person reads times, and how a moment is written for them where no template does."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import Institution


def zone_for(person: Any, institution: Institution | None) -> str:
    """The person's own zone; where they chose none, that of the institution; without both, UTC."""
    own = getattr(person, "time_zone", "")
    return str(own or (institution.time_zone if institution else "UTC"))


def moment_in_words(moment: datetime | None, *, seconds: bool = False, none: str = "-") -> str:
    """The moment in the zone that is open, written as in `proctor_site.formats`; else `none`."""
    if moment is None:
        return none
    local = timezone.localtime(moment)
    return f"{local:%-d %b %Y, %H:%M:%S}" if seconds else f"{local:%-d %b %Y, %H:%M}"


def day_in_words(moment: datetime) -> str:
    """The day of the moment in the zone that is open."""
    return f"{timezone.localtime(moment):%-d %b %Y}"
