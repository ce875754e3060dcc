"""What the two ends of live video may say to each other through our sockets, read strictly (pure)."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from proctor_site.kernel.errors import InvalidInput

MOST_SIGNAL = 32_768
"""Characters of one message: an offer with every codec of a browser has about 8,000."""
_MOST_SDP = 30_000
_MOST_CANDIDATE = 1_000
_CALL = re.compile(r"[0-9a-z]{1,40}")
_CODE = re.compile(r"[a-z_]{1,30}")
_MID = re.compile(r"[0-9A-Za-z_-]{1,16}")
_CONNECTION = re.compile(r"[0-9a-f]{32}")
THUMB, FULL = "thumb", "full"

FROM_PROCTOR: Mapping[str, tuple[str, ...]] = {
    "watch": ("level",),
    "unwatch": (),
    "quality": ("level", "sound"),
    "answer": ("call", "sdp"),
    "ice": ("call", "candidate"),
}
FROM_CANDIDATE: Mapping[str, tuple[str, ...]] = {
    "here": (),
    "offer": ("call", "sdp", "sound"),
    "ice": ("call", "candidate"),
    "ready": ("call", "sound"),
    "failed": ("code",),
    "held": ("on",),
    "screen": ("call", "mid", "on"),
}
"""What each side may say, with the parts that are passed on; everything else is left out."""


class NotYours(Exception):
    """The message is not for this side to send; it is ignored and counted."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One message: what (`t`), to whom (an attempt, or a page that watches) and its parts."""

    t: str
    to: int | str
    body: Mapping[str, Any]


def from_proctor(content: Mapping[str, Any]) -> Signal:
    """A message of a page that watches. Raises InvalidInput, and NotYours for what only candidates say."""
    kind = _kind(content, FROM_PROCTOR)
    to = content.get("to")
    if isinstance(to, bool) or not isinstance(to, int):
        raise InvalidInput("to is the id of an attempt.", field="to")
    return Signal(kind, to, read_parts(content, FROM_PROCTOR[kind]))


def from_candidate(content: Mapping[str, Any]) -> Signal:
    """A message of a candidate's page, in the same way. `to` is the page that watches; "" for `here`."""
    kind = _kind(content, FROM_CANDIDATE)
    to = content.get("to", "")
    if kind != "here" and not (isinstance(to, str) and _CONNECTION.fullmatch(to)):
        raise InvalidInput("to is the page that watches.", field="to")
    return Signal(kind, "" if kind == "here" else to, read_parts(content, FROM_CANDIDATE[kind]))


def _kind(content: Mapping[str, Any], allowed: Mapping[str, Any]) -> str:
    kind = content.get("t")
    # Who it is from is what the server knows, never what the message says.
    if not isinstance(kind, str) or kind not in allowed or "from" in content:
        raise NotYours
    return kind


def read_parts(content: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """These parts of a message and no others. Raises InvalidInput naming the first wrong one."""
    return {name: _READERS[name](name, content.get(name)) for name in names}


def _text(most: int) -> Callable[[str, Any], str]:
    def read(name: str, value: Any) -> str:
        if not isinstance(value, str) or not 0 < len(value) <= most:
            raise InvalidInput(f"{name} is a text of at most {most} characters.", field=name)
        return value

    return read


def _matching(pattern: re.Pattern[str]) -> Callable[[str, Any], str]:
    def read(name: str, value: Any) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise InvalidInput(f"{name} has another form.", field=name)
        return value

    return read


def _switch(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise InvalidInput(f"{name} is true or false.", field=name)
    return value


def _level(name: str, value: Any) -> str:
    if value not in (THUMB, FULL):
        raise InvalidInput(f"{name} is {THUMB} or {FULL}.", field=name)
    return str(value)


def _candidate(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidInput("candidate is an object.", field=name)
    line, mid, index = value.get("candidate"), value.get("sdpMid"), value.get("sdpMLineIndex")
    if not isinstance(line, str) or len(line) > _MOST_CANDIDATE:
        raise InvalidInput("candidate has a line.", field=name)
    if not (mid is None or (isinstance(mid, str) and len(mid) <= 32)):
        raise InvalidInput("sdpMid is a short text.", field=name)
    if isinstance(index, bool) or not (index is None or (isinstance(index, int) and 0 <= index < 100)):
        raise InvalidInput("sdpMLineIndex is a small number.", field=name)
    return {"candidate": line, "sdpMid": mid, "sdpMLineIndex": index}


_READERS: Mapping[str, Callable[[str, Any], Any]] = {
    "level": _level,
    "sound": _switch,
    "on": _switch,
    "picture": _switch,
    "call": _matching(_CALL),
    "link": _matching(_CALL),
    "code": _matching(_CODE),
    "mid": _matching(_MID),
    "sdp": _text(_MOST_SDP),
    "candidate": _candidate,
}


class Allowance:
    """How much one socket may say: `burst` at once, and `per_second` in the long run."""

    def __init__(self, burst: int, per_second: float, now: Callable[[], float] = time.monotonic) -> None:
        self.burst, self.per_second, self.now = burst, per_second, now
        self.left, self.at = float(burst), now()

    def take(self) -> bool:
        """Whether one more message is within it."""
        at = self.now()
        self.left = min(self.burst, self.left + (at - self.at) * self.per_second)
        self.at = at
        if self.left < 1:
            return False
        self.left -= 1
        return True
