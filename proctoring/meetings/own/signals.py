"""What two pages in a meeting of its own may say to each other through our socket, read strictly (pure)."""

import re
from collections.abc import Mapping
from typing import Any

from proctor_site.kernel.errors import InvalidInput
from proctoring.meetings.signals import NotYours, Signal, read_parts

_CONNECTION = re.compile(r"[0-9a-f]{32}")
PARTS: Mapping[str, tuple[str, ...]] = {
    "hello": (),
    "ready": ("link",),
    "offer": ("link", "sdp"),
    "answer": ("link", "sdp"),
    "ice": ("link", "candidate"),
    "media": ("sound", "picture"),
}
"""As static/js/shared/call_peer.js says them; everything else is left out."""


def from_page(content: Mapping[str, Any]) -> Signal:
    """A message of one page to another. Raises InvalidInput, and NotYours for kinds that there are not."""
    kind = content.get("t")
    # Who it is from is what the server knows, never what the message says.
    if not isinstance(kind, str) or kind not in PARTS or "from" in content:
        raise NotYours
    to = content.get("to")
    if not isinstance(to, str) or not _CONNECTION.fullmatch(to):
        raise InvalidInput("to is the page it is meant for.", field="to")
    return Signal(kind, to, read_parts(content, PARTS[kind]))
