"""The kinds of events that the exam page can note, and the reading of what a browser sends of them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from proctor_site.kernel.errors import InvalidInput, TooLarge

MOST_EVENTS = 100
"""In one message."""
MOST_NUMBER = 2**53 - 1
MOST_COUNT = 10_000
MOST_LENGTH = 10_000_000
MOST_SECONDS = 86_400.0
MOST_DETAIL = 100
_MOST_MS = 1e14


class BrowserKind(StrEnum):
    """What can be noted. The values are stored in rows and sent by browsers: never rename one."""

    TAB_HIDDEN = "tab_hidden"
    WINDOW_LEFT = "window_left"
    FULL_SCREEN_LEFT = "full_screen_left"
    COPY = "copy"
    CUT = "cut"
    PASTE = "paste"
    CONTEXT_MENU = "context_menu"
    PRINT = "print"
    SHORTCUT = "shortcut"
    SECOND_DISPLAY = "second_display"
    WINDOW_MOVED = "window_moved"
    DEVELOPER_TOOLS = "developer_tools"
    DEVICE_CHANGED = "device_changed"
    CAPTURE_STOPPED = "capture_stopped"
    NETWORK_CHANGED = "network_changed"
    CLOCK_CHANGED = "clock_changed"
    VIRTUAL_DEVICE = "virtual_device"
    SEVERAL_PAGES = "several_pages"
    SCREEN_SHARE_STOPPED = "screen_share_stopped"


OWN_KINDS = frozenset({BrowserKind.SEVERAL_PAGES})
"""Noted by the server itself; what a browser claims of them is not believed."""
BLOCKABLE = frozenset({BrowserKind.COPY, BrowserKind.PASTE, BrowserKind.CONTEXT_MENU, BrowserKind.PRINT})
"""What the page can prevent where a policy wants that."""
LASTING = frozenset(
    {
        BrowserKind.TAB_HIDDEN,
        BrowserKind.WINDOW_LEFT,
        BrowserKind.FULL_SCREEN_LEFT,
        BrowserKind.SCREEN_SHARE_STOPPED,
    }
)
"""Kinds that last, so that their seconds count."""


@dataclass(frozen=True, slots=True)
class PageEvent:
    """One event as a browser tells it.

    ``number``: the browser's own, once in a session. ``at``: seconds since the epoch by the browser's clock.
    ``seconds``: how long it lasted. ``count``: how many were put together; 0: the one before goes on.
    ``length``: of a text, in characters; the text itself is never sent. ``detail``: the name of a device.
    """

    number: int
    kind: BrowserKind
    at: float
    seconds: float = 0.0
    count: int = 1
    length: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """What came in one message. ``now``: the browser's clock when it was sent, None when it did not say."""

    events: tuple[PageEvent, ...]
    now: float | None = None


def read_batch(data: Mapping[str, Any]) -> Batch:
    """The events of a message ``{"now": ms, "events": [{n, kind, at, seconds?, count?, length?, detail?}]}``.

    Raises InvalidInput naming the place (``events.3.at``), TooLarge above `MOST_EVENTS`. Of two with the same
    number the first counts.
    """
    given = data.get("events")
    if not isinstance(given, list):
        raise InvalidInput("events must be a list.", field="events")
    if len(given) > MOST_EVENTS:
        raise TooLarge(f"At most {MOST_EVENTS} events are taken at once.", field="events")
    events: dict[int, PageEvent] = {}
    for place, each in enumerate(given):
        event = _read_event(f"events.{place}", each)
        events.setdefault(event.number, event)
    now = data.get("now")
    return Batch(tuple(events.values()), None if now is None else _number("now", now, _MOST_MS) / 1000)


def _read_event(place: str, data: Any) -> PageEvent:
    if not isinstance(data, Mapping):
        raise InvalidInput("An event must be an object.", field=place)
    try:
        kind = BrowserKind(str(data.get("kind")))
    except ValueError as error:
        raise InvalidInput(
            "There is no event of this kind.", field=f"{place}.kind", code="unknown_kind"
        ) from error
    length, detail = data.get("length"), data.get("detail", "")
    if not isinstance(detail, str) or "\x00" in detail:
        raise InvalidInput("This must be a text.", field=f"{place}.detail")
    return PageEvent(
        number=_whole(f"{place}.n", data.get("n"), MOST_NUMBER),
        kind=kind,
        at=_number(f"{place}.at", data.get("at"), _MOST_MS) / 1000,
        seconds=_number(f"{place}.seconds", data.get("seconds", 0), MOST_SECONDS),
        count=_whole(f"{place}.count", data.get("count", 1), MOST_COUNT),
        length=None if length is None else _whole(f"{place}.length", length, MOST_LENGTH),
        detail=detail[:MOST_DETAIL],
    )


def _whole(place: str, value: Any, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise InvalidInput(f"This must be a whole number from 0 to {most}.", field=place)
    return value


def _number(place: str, value: Any, most: float) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value) or not 0 <= value <= most:
        raise InvalidInput(f"This must be a number from 0 to {most:g}.", field=place)
    return float(value)
