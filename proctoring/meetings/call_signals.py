"""What the two ends of a private call may say to each other and to the server, read strictly (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from proctor_site.kernel.errors import InvalidInput
from proctoring.meetings.signals import NotYours, read_parts

VOICE, VIDEO = "voice", "video"
BETWEEN_PEERS: Mapping[str, tuple[str, ...]] = {
    "hello": (),
    "ready": ("link",),
    "offer": ("link", "sdp"),
    "answer": ("link", "sdp"),
    "ice": ("link", "candidate"),
    "media": ("sound", "picture"),
}
"""Passed on between the two sides of an open call, as `static/js/shared/call_peer.js` says them."""
FROM_PROCTOR = frozenset({"ask", "resume", "end", *BETWEEN_PEERS})
FROM_CANDIDATE = frozenset({"accept", "decline", "end", *BETWEEN_PEERS})


@dataclass(frozen=True, slots=True)
class CallSignal:
    """One message: what (`t`), about which call (0 in `ask`) and its parts. `to`: the attempt of `ask`."""

    t: str
    call: int
    body: Mapping[str, Any]
    to: int = 0
    kind: str = ""


def from_proctor(content: Mapping[str, Any]) -> CallSignal:
    """A message of a proctor's page. Raises InvalidInput, and NotYours for what only candidates say."""
    t = _t(content, FROM_PROCTOR)
    if t != "ask":
        return _of_call(t, content)
    kind = content.get("kind")
    if kind not in (VOICE, VIDEO):
        raise InvalidInput(f"kind is {VOICE} or {VIDEO}.", field="kind")
    return CallSignal(t, 0, {}, to=_number(content, "to"), kind=str(kind))


def from_candidate(content: Mapping[str, Any]) -> CallSignal:
    """A message of a candidate's page, in the same way. Candidates call nobody: there is no `ask`."""
    return _of_call(_t(content, FROM_CANDIDATE), content)


def _of_call(t: str, content: Mapping[str, Any]) -> CallSignal:
    return CallSignal(t, _number(content, "call"), read_parts(content, BETWEEN_PEERS.get(t, ())))


def _t(content: Mapping[str, Any], allowed: frozenset[str]) -> str:
    t = content.get("t")
    # Who it is from is what the server knows, never what the message says.
    if not isinstance(t, str) or t not in allowed or "from" in content:
        raise NotYours
    return t


def _number(content: Mapping[str, Any], name: str) -> int:
    value = content.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**63:
        raise InvalidInput(
            f"{name} is a number, the id of {'a call' if name == 'call' else 'an attempt'}.", field=name
        )
    return value
