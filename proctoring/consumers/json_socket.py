"""What both sockets share: JSON in and out, malformed messages answered, refusals as close codes."""

import json
import logging
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer

from proctor_site.kernel.errors import InvalidInput
from proctoring.live import messages
from proctoring.meetings.signals import MOST_SIGNAL

log = logging.getLogger(__name__)

MOST_TEXT = 16_384


class JsonSocket(AsyncWebsocketConsumer):
    """A socket that survives whatever is sent to it."""

    open = False

    async def send_message(self, message: dict[str, Any]) -> None:
        """Sends a message unless the socket has closed meanwhile."""
        if not self.open:
            return
        try:
            await self.send(text_data=json.dumps(message, separators=(",", ":")))
        except OSError:
            # How ASGI servers say that the page has just gone. Its disconnect comes next and has to find this
            # consumer alive: it ends watches and notes the gap.
            log.debug("a message came too late for a page that has gone")

    async def send_error(self, code: str, detail: str, **more: Any) -> None:
        """Says what was wrong; the socket stays open."""
        await self.send_message(messages.error(code, detail, **more))

    async def refuse(self, code: int, reason: str | None = None) -> None:
        """Closes with a code of our own; browsers see it only when the handshake was accepted before."""
        self.open = False
        await self.close(code=code, reason=reason)


def read_message(text: str) -> dict[str, Any]:
    """The JSON object in a text message; one of live video or a call may be longer. Raises InvalidInput
    with code `malformed`."""
    if len(text) > MOST_SIGNAL:
        raise InvalidInput(f"A message has at most {MOST_SIGNAL} characters.", code="malformed")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("This message is not JSON.", code="malformed") from error
    if not isinstance(content, dict) or not isinstance(content.get("type"), str):
        raise InvalidInput("A message is an object with a type.", code="malformed", field="type")
    if len(text) > MOST_TEXT and content["type"] not in ("live", "call"):
        raise InvalidInput(f"A message has at most {MOST_TEXT} characters.", code="malformed")
    return content


def number(content: dict[str, Any], name: str, least: float, most: float) -> float | None:
    """A number within limits, or None when it is missing. Raises InvalidInput naming it."""
    value = content.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise InvalidInput(f"{name} must be a number from {least:g} to {most:g}.", field=name)
    return float(value)
