"""A provider for tests: remembers what it was asked, and is down when it is told to be."""

import hmac
import json
from collections.abc import Mapping
from datetime import datetime

from proctoring.meetings.providers.base import (
    Happened,
    Join,
    LiveEvent,
    Part,
    ProviderDown,
    UnreadableReport,
    WrongSignature,
)

SIGNATURE = "x-scripted-signature"
SECRET = "a-secret-of-tests"  # noqa: S105  (opens nothing: this provider carries no video)


class ScriptedProvider:
    """What it knows belongs to the class: each use of a provider makes a new one."""

    name = "scripted"
    is_down = False
    meetings: dict[str, set[tuple[str, str]]] = {}
    """By meeting: who is in which room."""

    def create_meeting(self, key: str, title: str) -> str:
        self._answer()
        self.meetings.setdefault(key, set())
        return key

    def add_participant(
        self, external_id: str, room: str, identity: str, part: Part, until: datetime
    ) -> Join:
        self._answer()
        self.meetings[external_id].add((room, identity))
        return Join(self.name, until, url="wss://video.example", tokens={"join": f"{part}:{identity}"})

    def remove(self, external_id: str, room: str, identity: str) -> None:
        self._answer()
        self.meetings.get(external_id, set()).discard((room, identity))

    def end(self, external_id: str) -> None:
        self._answer()
        self.meetings.pop(external_id, None)

    def health(self) -> str:
        return "It is down." if self.is_down else ""

    def parse_webhook(self, headers: Mapping[str, str], raw: bytes) -> list[LiveEvent]:
        if not hmac.compare_digest(headers.get(SIGNATURE, ""), self.sign(raw)):
            raise WrongSignature
        try:
            told = json.loads(raw)
            return [
                LiveEvent(
                    each["id"],
                    Happened(each["kind"]),
                    each["meeting"],
                    each["identity"],
                    datetime.fromisoformat(each["at"]),
                )
                for each in told
            ]
        except (ValueError, TypeError, KeyError) as error:
            raise UnreadableReport(str(error)) from error

    @staticmethod
    def sign(raw: bytes) -> str:
        """The signature of a report."""
        return hmac.new(SECRET.encode(), raw, "sha256").hexdigest()

    def _answer(self) -> None:
        if self.is_down:
            raise ProviderDown("the scripted provider is down")
