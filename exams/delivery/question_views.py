"""Keeps which question was on the screen when: sent by the exam page, late, twice or in any order.

For people who look at an incident and want to know what the candidate was doing. No rule reads it.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.transitions import lock
from exams import states
from exams.models import Attempt, QuestionView
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, TooLarge

MOST_AT_ONCE = 50
MOST_ROWS = 5_000
"""Of one attempt; what comes then is acknowledged and left out."""
LATE = timedelta(minutes=15)
"""After the end, looks of before the end are taken for so long."""
_MOST_NUMBER = 2**53 - 1
_MOST_MS = 1e14
_MOST_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Look:
    """One look as the page tells it: seconds since the epoch by its clock; `seconds` None: not over yet."""

    number: int
    item: int
    at: float
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Seen:
    """One look as it is read: `position` of the question on the paper, from 1, and its name for staff."""

    position: int
    title: str
    begin: datetime
    end: datetime


def note(attempt: Attempt, data: Mapping[str, Any]) -> list[int]:
    """Stores the looks of `{"now": ms, "views": [{n, item, at, seconds?}]}`; numbers the page may forget.

    The same number again changes only when the look ended. Looks at questions that are not on this paper, or
    that began in a pause or outside the attempt, are acknowledged and forgotten. Raises InvalidInput naming
    the place, TooLarge, and Conflict (`not_started`, `ended`).
    """
    looks, sent_at = _read(data)
    with transaction.atomic():
        lock(attempt)
        now = clock.now()
        _require_open(attempt, now)
        behind = timedelta(0) if sent_at is None else now - _moment(sent_at)
        own = set(attempt.paper.filter(pk__in={each.item for each in looks}).values_list("pk", flat=True))
        known = {
            row.number: row
            for row in attempt.question_views.filter(number__in=[each.number for each in looks])
        }
        room = MOST_ROWS - attempt.question_views.count()
        until = min(each for each in (attempt.paused_at, attempt.ended_at, now) if each is not None)
        fresh: list[QuestionView] = []
        for look in looks:
            begin = max(_moment(look.at) + behind, attempt.started_at or now)
            end = None if look.seconds is None else min(begin + timedelta(seconds=look.seconds), until)
            row = known.get(look.number)
            if row is not None:
                _end(row, end if row.item_id == look.item else None)
            elif look.item in own and begin <= until and len(fresh) < room:
                fresh.append(_row(attempt, look, begin, end))
        QuestionView.objects.bulk_create(fresh)
    return [each.number for each in looks]


def seen_in(attempt: Attempt) -> list[Seen]:
    """All looks in order; one that never ended goes on until the next, or until the end. One query."""
    rows = list(
        QuestionView.objects.filter(attempt=attempt)
        .select_related("item__version__question")
        .order_by("started_at", "pk")
    )
    over = attempt.ended_at or clock.now()
    begins = [*(row.started_at for row in rows[1:]), over]
    return [
        Seen(
            row.item.position,
            str(row.item.version.question),
            row.started_at,
            max(row.started_at, row.ended_at or following),
        )
        for row, following in zip(rows, begins, strict=False)
    ]


def _require_open(attempt: Attempt, now: datetime) -> None:
    if attempt.state in states.RUNNING:
        return
    if attempt.state not in states.ENDED:
        raise Conflict("This attempt has not started.", code="not_started")
    late = attempt.ended_at is None or now - attempt.ended_at > LATE
    if late or attempt.thrown_away_at is not None:
        raise Conflict("This attempt has ended.", code="ended")


def _end(row: QuestionView, end: datetime | None) -> None:
    if end is not None and (row.ended_at is None or end > row.ended_at):
        row.ended_at = max(end, row.started_at)
        row.save(update_fields=["ended_at"])


def _row(attempt: Attempt, look: Look, begin: datetime, end: datetime | None) -> QuestionView:
    return QuestionView(
        institution_id=attempt.institution_id,
        attempt=attempt,
        item_id=look.item,
        number=look.number,
        started_at=begin,
        ended_at=end,
    )


def _read(data: Mapping[str, Any]) -> tuple[list[Look], float | None]:
    given = data.get("views")
    if not isinstance(given, list):
        raise InvalidInput("views must be a list.", field="views")
    if len(given) > MOST_AT_ONCE:
        raise TooLarge(f"At most {MOST_AT_ONCE} looks are taken at once.", field="views")
    looks: dict[int, Look] = {}
    for place, each in enumerate(given):
        name = f"views.{place}"
        if not isinstance(each, Mapping):
            raise InvalidInput("A look must be an object.", field=name)
        seconds = each.get("seconds")
        look = Look(
            number=int(_number(f"{name}.n", each.get("n"), _MOST_NUMBER)),
            item=int(_number(f"{name}.item", each.get("item"), _MOST_NUMBER)),
            at=_number(f"{name}.at", each.get("at"), _MOST_MS) / 1000,
            seconds=None if seconds is None else _number(f"{name}.seconds", seconds, _MOST_S),
        )
        looks[look.number] = look
    now = data.get("now")
    return list(looks.values()), None if now is None else _number("now", now, _MOST_MS) / 1000


def _number(place: str, value: Any, most: float) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value) or not 0 <= value <= most:
        raise InvalidInput(f"This must be a number from 0 to {most:g}.", field=place)
    return float(value)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
