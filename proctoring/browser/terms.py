"""What is done about each kind of event: the defaults, a policy's changes to them, and both in words."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from proctor_site.kernel.errors import InvalidInput
from proctoring.browser.events import BLOCKABLE, LASTING
from proctoring.browser.events import BrowserKind as Kind
from proctoring.observations import Severity

MOST_TIMES = 1_000
MOST_SECONDS = 3_600.0


class Do(StrEnum):
    """What follows an event, from nothing to most; each does what those before it do."""

    IGNORE = "ignore"
    LOG = "log"
    WARN = "warn"
    INCIDENT = "incident"

    @property
    def tells(self) -> bool:
        """Whether the candidate is told at once, with the count so far."""
        return self in (Do.WARN, Do.INCIDENT)


DO_WORDS: Mapping[Do, str] = {
    Do.IGNORE: "Ignore: nothing is noted",
    Do.LOG: "Log: noted, for people who look at the attempt",
    Do.WARN: "Warn: noted, and the candidate is told with the count",
    Do.INCIDENT: "Incident: the same, and an incident from the numbers on",
}


@dataclass(frozen=True, slots=True)
class Terms:
    """The rule of one kind. An incident opens from ``times`` or from ``seconds`` together on (0: not by
    seconds); ``blocks``: the page prevents it."""

    do: Do
    severity: Severity = Severity.LOW
    times: int = 3
    seconds: float = 0.0
    blocks: bool = False


DEFAULTS: Mapping[Kind, Terms] = {
    Kind.TAB_HIDDEN: Terms(Do.INCIDENT, Severity.MEDIUM, times=3, seconds=30.0),
    Kind.WINDOW_LEFT: Terms(Do.INCIDENT, Severity.LOW, times=5, seconds=60.0),
    Kind.FULL_SCREEN_LEFT: Terms(Do.WARN, Severity.LOW, times=3, seconds=60.0),
    Kind.COPY: Terms(Do.LOG, Severity.LOW),
    Kind.CUT: Terms(Do.IGNORE, Severity.INFO),
    Kind.PASTE: Terms(Do.WARN, Severity.MEDIUM, times=2),
    Kind.CONTEXT_MENU: Terms(Do.IGNORE, Severity.INFO, times=5),
    Kind.PRINT: Terms(Do.WARN, Severity.LOW, times=2),
    Kind.SHORTCUT: Terms(Do.LOG, Severity.LOW),
    Kind.SECOND_DISPLAY: Terms(Do.LOG, Severity.LOW, times=1),
    Kind.WINDOW_MOVED: Terms(Do.IGNORE, Severity.INFO, times=10),
    Kind.DEVELOPER_TOOLS: Terms(Do.IGNORE, Severity.INFO, times=1),
    Kind.DEVICE_CHANGED: Terms(Do.LOG, Severity.INFO, times=5),
    Kind.CAPTURE_STOPPED: Terms(Do.LOG, Severity.LOW, times=3),
    Kind.NETWORK_CHANGED: Terms(Do.IGNORE, Severity.INFO, times=10),
    Kind.CLOCK_CHANGED: Terms(Do.LOG, Severity.LOW, times=1),
    Kind.VIRTUAL_DEVICE: Terms(Do.LOG, Severity.MEDIUM, times=1),
    Kind.SEVERAL_PAGES: Terms(Do.LOG, Severity.LOW, times=2),
    Kind.SCREEN_SHARE_STOPPED: Terms(Do.INCIDENT, Severity.MEDIUM, times=3, seconds=30.0),
}


def apply(changes: Any) -> dict[Kind, Terms]:
    """The terms of every kind under a policy's changes ``{kind: {do, times, seconds, blocks}}``.

    Raises InvalidInput whose ``field`` names the place, such as "browser.paste.times".
    """
    if not isinstance(changes, Mapping):
        raise InvalidInput("This must be an object of kinds.", field="browser")
    unknown = sorted(str(name) for name in changes if name not in set(Kind))
    if unknown:
        raise InvalidInput(f"There is no event {unknown[0]!r}.", field=f"browser.{unknown[0]}")
    return {kind: _applied(kind, terms, changes.get(kind.value, {})) for kind, terms in DEFAULTS.items()}


def changes_of(terms: Mapping[Kind, Terms]) -> dict[str, dict[str, Any]]:
    """What differs from the defaults, as a policy stores it: the inverse of `apply`."""
    found: dict[str, dict[str, Any]] = {}
    for kind, mine in terms.items():
        usual = DEFAULTS[kind]
        names = [
            name
            for name in ("do", "times", "seconds", "blocks")
            if getattr(mine, name) != getattr(usual, name)
        ]
        if names:
            values = {name: getattr(mine, name) for name in names}
            found[kind.value] = values | ({"do": mine.do.value} if "do" in names else {})
    return found


def _applied(kind: Kind, terms: Terms, changes: Any) -> Terms:
    place = f"browser.{kind.value}"
    if not isinstance(changes, Mapping):
        raise InvalidInput("The changes of one event must be an object.", field=place)
    checked = {str(name): _value(kind, f"{place}.{name}", name, value) for name, value in changes.items()}
    return replace(terms, **checked)


def _value(kind: Kind, place: str, name: Any, value: Any) -> Any:
    if name == "do":
        if value not in set(Do):
            raise InvalidInput(f"This is one of {', '.join(Do)}.", field=place)
        return Do(value)
    if name == "blocks":
        if not isinstance(value, bool) or (value and kind not in BLOCKABLE):
            raise InvalidInput("This is true or false; true only for what a page can prevent.", field=place)
        return value
    if name == "times":
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_TIMES:
            raise InvalidInput(f"This must be a whole number from 1 to {MOST_TIMES}.", field=place)
        return value
    if name != "seconds":
        raise InvalidInput("There are do, times, seconds and blocks to change.", field=place)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= value <= MOST_SECONDS or (value and kind not in LASTING):
        raise InvalidInput(
            f"This must be from 0 to {MOST_SECONDS:g}, and 0 for what does not last.", field=place
        )
    return float(value)


def in_words(kind: Kind, terms: Terms) -> str:
    """What is done, in a sentence."""
    blocked = " The page prevents it and says so." if terms.blocks else ""
    if terms.do is Do.IGNORE:
        return ("Not noted, and candidates are not told of it." + blocked).strip()
    if terms.do is Do.LOG:
        return "Noted for people who look at the attempt; no incident." + blocked
    told = "Noted, and the candidate is told each time, with the count so far"
    if terms.do is Do.WARN:
        return f"{told}; no incident.{blocked}"
    times = "the first time" if terms.times == 1 else f"{terms.times} times"
    seconds = f" or {terms.seconds:g} s together" if terms.seconds and kind in LASTING else ""
    return f"{told}. An incident of severity {terms.severity.value} after {times}{seconds}.{blocked}"
