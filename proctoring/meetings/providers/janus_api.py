"""What the exam server asks of Janus, over its HTTP interface: one short talk for each errand."""

import http.client
import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from proctoring.meetings.providers.base import ProviderDown

CONNECT_S, READ_S = 2.0, 5.0
_MOST_BYTES = 2_000_000
_PLUGIN = "janus.plugin.videoroom"
NO_SUCH_ROOM, ROOM_EXISTS, NO_SUCH_FEED = 426, 427, 428


class Refused(ProviderDown):
    """The video room's own refusal, by its `code`. Where nobody expects it, the service is not usable."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"Janus refuses: {text} ({code})")
        self.code = code


class Talk:
    """One session and handle at Janus; `ask` may be called again and again."""

    def __init__(self, connection: http.client.HTTPConnection, path: str) -> None:
        self._connection = connection
        self._base = path
        self._path = path

    def open(self, *, with_plugin: bool) -> None:
        """Raises ProviderDown when Janus does not answer or does not know our secret."""
        self._path = f"{self._base}/{self._post({'janus': 'create'})['data']['id']}"
        self._session = self._path
        if with_plugin:
            handle = self._post({"janus": "attach", "plugin": _PLUGIN})
            self._path = f"{self._session}/{handle['data']['id']}"

    def ask(self, request: str, **body: Any) -> dict[str, Any]:
        """The video room's answer. Raises Refused, with the room's code, and ProviderDown."""
        answer = self._post({"janus": "message", "body": {"request": request, **body}})
        data: dict[str, Any] = answer.get("plugindata", {}).get("data", {})
        if "error_code" in data:
            raise Refused(int(data["error_code"]), str(data.get("error", ""))[:200])
        return data

    def close(self) -> None:
        """Nothing is left at Janus; what was not closed would go after a minute."""
        self._path = self._session
        self._post({"janus": "destroy"})

    def _post(self, message: Mapping[str, Any]) -> dict[str, Any]:
        secret = {"transaction": secrets.token_hex(8), "apisecret": settings.JANUS_API_SECRET}
        try:
            self._connection.request(
                "POST", self._path, json.dumps({**message, **secret}), {"Content-Type": "application/json"}
            )
            answer = json.loads(self._connection.getresponse().read(_MOST_BYTES))
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise ProviderDown(f"Janus does not answer: {type(error).__name__}") from None
        if not isinstance(answer, dict) or answer.get("janus") != "success":
            told = answer.get("error", {}) if isinstance(answer, dict) else {}
            raise ProviderDown(f"Janus refuses: {str(told.get('reason', 'no reason'))[:200]}")
        return answer


@contextmanager
def talk(*, with_plugin: bool = True) -> Iterator[Talk]:
    """A talk with the Janus of the settings. Raises ProviderDown."""
    parts = urlsplit(settings.JANUS_URL)
    is_https = parts.scheme == "https"
    make = http.client.HTTPSConnection if is_https else http.client.HTTPConnection
    connection = make(parts.hostname or "", parts.port or (443 if is_https else 80), timeout=CONNECT_S)
    try:
        try:
            connection.connect()
        except OSError as error:
            raise ProviderDown(f"Janus cannot be reached: {type(error).__name__}") from None
        connection.sock.settimeout(READ_S)
        opened = Talk(connection, parts.path)
        opened.open(with_plugin=with_plugin)
        yield opened
        opened.close()
    finally:
        connection.close()
