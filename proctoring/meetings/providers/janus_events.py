"""What Janus's sample event handler reports, read into ours (pure but for the secret that it is given)."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from proctoring.meetings.providers.base import (
    Happened,
    LiveEvent,
    NoWebhooks,
    UnreadableReport,
    WrongSignature,
)

USER = "janus"
_OF_PLUGIN = 64
OF_SCREEN = "-screen"
"""How rooms of shared screens end, beside those of the camera: a whole room is recorded or not (decision
0129). They are not reported: who stops sharing has not left."""
_KINDS = {
    "joined": Happened.JOINED,
    "leaving": Happened.LEFT,
    "kicked": Happened.LEFT,
    "published": Happened.PUBLISHED,
}


def read(headers: Mapping[str, str], raw: bytes, secret: str) -> list[LiveEvent]:
    """The reports of one request. Raises NoWebhooks without a secret, WrongSignature, UnreadableReport.

    The rooms' ends are left out: a meeting has many rooms, and nobody but this server ends them.
    """
    if not secret:
        raise NoWebhooks
    wanted = "Basic " + base64.b64encode(f"{USER}:{secret}".encode()).decode()
    if not hmac.compare_digest(headers.get("authorization", "").encode(), wanted.encode()):
        raise WrongSignature
    try:
        told = json.loads(raw)
        found = [_event(each) for each in (told if isinstance(told, list) else [told])]
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        raise UnreadableReport(type(error).__name__) from error
    return [each for each in found if each is not None]


def _event(told: Mapping[str, Any]) -> LiveEvent | None:
    if told["type"] != _OF_PLUGIN:
        return None
    data = told["event"]["data"]
    kind = _KINDS.get(data.get("event"))
    # The name of a room is meeting.room.digest, that of a participant identity, perhaps with .call behind it.
    meeting, _, room = str(data.get("room", "")).rpartition(".")[0].rpartition(".")
    if kind is None or not meeting or room.endswith(OF_SCREEN) or not isinstance(data.get("id"), str):
        return None
    at = datetime.fromtimestamp(int(told["timestamp"]) / 1_000_000, UTC)
    # The same report is the same to the byte when it comes again.
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]
    identity = data["id"].partition(".")[0]
    return LiveEvent(f"{room}:{digest}", kind, meeting, identity, at, room)
