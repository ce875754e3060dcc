"""What a browser says to Janus, without a browser: joins rooms and hears what happens there."""

import json
from collections.abc import Mapping
from contextlib import ExitStack
from types import TracebackType
from typing import Any

from websockets.sync.client import connect
from websockets.typing import Subprotocol

_VIDEO_ROOM = "janus.plugin.videoroom"


class JanusClient:
    """One page with one handle, as the `tokens` of a Join say."""

    def __init__(self, url: str, tokens: Mapping[str, str]) -> None:
        self.tokens = tokens
        self.closing = ExitStack()
        protocols = [Subprotocol("janus-protocol")]
        self.socket = self.closing.enter_context(connect(url, subprotocols=protocols, open_timeout=5))
        self.ids: dict[str, int] = {}
        self.asked = 0

    def __enter__(self) -> "JanusClient":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.closing.close()

    def ask(self, janus: str, **parts: Any) -> dict[str, Any]:
        """The answer to one request."""
        self.asked += 1
        message = {"janus": janus, "transaction": str(self.asked), "token": self.tokens["api"], **self.ids}
        self.socket.send(json.dumps(message | parts))
        while True:
            answer: dict[str, Any] = json.loads(self.socket.recv(timeout=5))
            if answer.get("transaction") == str(self.asked) and answer["janus"] != "ack":
                return answer

    def open(self) -> None:
        self.ids["session_id"] = self.ask("create")["data"]["id"]
        self.ids["handle_id"] = self.ask("attach", plugin=_VIDEO_ROOM)["data"]["id"]

    def say(self, request: str, **body: Any) -> dict[str, Any]:
        """What the video room answers to a request; errors as `error_code`."""
        answer = self.ask("message", body={"request": request, **body})
        data: dict[str, Any] = answer["plugindata"]["data"]
        return data

    def join(self, **more: Any) -> dict[str, Any]:
        """Into the room of the tokens, under their name."""
        tokens = self.tokens
        who = {"room": tokens["room"], "id": tokens["name"], "token": tokens["entry"]}
        return self.say("join", **{"ptype": "publisher", **who, **more})

    def heard(self, part: str) -> dict[str, Any]:
        """The next news of the room that has that part."""
        while True:
            message: dict[str, Any] = json.loads(self.socket.recv(timeout=5))
            data: dict[str, Any] = message.get("plugindata", {}).get("data", {})
            if part in data:
                return data
