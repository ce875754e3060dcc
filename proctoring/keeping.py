"""How long each kind of personal data is kept: the product's periods, an institution's own, and their words.

It stands this low so that the notice of the candidate, the generated documents and the nightly deletion
tell and do the same.
"""

from dataclasses import dataclass
from enum import StrEnum

from accounts.models import Institution
from accounts.tenancy import within
from proctoring.models import RetentionPeriod


class From(StrEnum):
    """From when a period counts."""

    END = "the end of the attempt"
    CLOSED = "the end of the attempt or, if there is a case, the day on which it is closed for good"
    MADE = "the day on which it was stored"


@dataclass(frozen=True, slots=True)
class Period:
    """`days` None: it is kept as long as the institution has its account."""

    days: int | None
    counts_from: From = From.CLOSED


PERIODS: dict[str, Period] = {
    "camera_pictures": Period(180),
    "sound": Period(180),
    "screen": Period(180),
    "live_recordings": Period(180),
    "shown_pictures": Period(180),
    "calls": Period(180),
    "face_templates": Period(30),
    "voices": Period(30),
    "head_movements": Period(30),
    "documents": Period(30),
    "identity_checks": Period(365),
    "consents": Period(1095),
    "cases": Period(1095),
    "incidents": Period(365),
    "observations": Period(365),
    "reports": Period(365),
    "browser_events": Period(365),
    "measures": Period(365),
    "messages": Period(365),
    "live_events": Period(90, From.END),
    "watching": Period(365),
    "exam_records": Period(1825),
    "allowances": Period(365),
    "enrolments": Period(None),
    "officer_photos": Period(730, From.MADE),
    "groups": Period(None),
    "memberships": Period(None),
    "lists": Period(365, From.MADE),
    "mails": Period(365, From.MADE),
    "meetings": Period(365, From.MADE),
    "jobs": Period(365, From.MADE),
    "rights_records": Period(365, From.MADE),
    "keys": Period(None),
    "audit_log": Period(None),
}
"""By the codes of the register (`rights.kinds`), which says why so long, and within which bounds."""


def days_in(institution: Institution) -> dict[str, int | None]:
    """Days of every kind in the institution; None: without end. One query; none for one not yet stored."""
    own: dict[str, int] = {}
    if institution.pk is not None:
        with within(institution):
            rows = RetentionPeriod.objects.filter(institution=institution)
            own = dict(rows.values_list("kind", "days"))
    return {code: own.get(code, period.days) for code, period in PERIODS.items()}


def told(days: int | None) -> str:
    """A period that counts from the end, to a candidate, as it follows "is kept"."""
    if days is None:
        return "as long as you have your account"
    return f"for {in_words(days)} after the end of your exam or, where it is reviewed, of the review"


def in_words(days: int) -> str:
    """A length for people: "1 day", "180 days"."""
    return "1 day" if days == 1 else f"{days} days"
