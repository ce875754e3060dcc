"""A provider for tests: remembers what it was asked, and is down when it is told to be."""

from datetime import datetime
from typing import Literal

from proctoring.meetings.providers.base import Join, ProviderDown


class ScriptedProvider:
    """What it knows belongs to the class: each use of a provider makes a new one."""

    name = "scripted"
    is_down = False
    meetings: dict[str, set[str]] = {}

    def create_meeting(self, key: str, title: str) -> str:
        self._answer()
        self.meetings.setdefault(key, set())
        return key

    def add_participant(
        self, external_id: str, identity: str, part: Literal["candidate", "proctor"], until: datetime
    ) -> Join:
        self._answer()
        self.meetings[external_id].add(identity)
        return Join(self.name, until, url="wss://video.example", tokens={"join": f"{part}:{identity}"})

    def remove(self, external_id: str, identity: str) -> None:
        self._answer()
        self.meetings.get(external_id, set()).discard(identity)

    def end(self, external_id: str) -> None:
        self._answer()
        self.meetings.pop(external_id, None)

    def health(self) -> str:
        return "It is down." if self.is_down else ""

    def _answer(self) -> None:
        if self.is_down:
            raise ProviderDown("the scripted provider is down")
