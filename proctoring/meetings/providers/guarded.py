"""Asks a provider of live video with care: after failures in a row it is left alone for a while."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar

from django.conf import settings

from proctoring.breaker import Breaker
from proctoring.meetings.providers.base import (
    Join,
    LiveEvent,
    LiveProvider,
    Part,
    ProviderDown,
    Recorder,
    load_provider,
)

Answer = TypeVar("Answer")
REST_S = 30.0

_breakers: dict[str, Breaker] = {}


class GuardedProvider:
    """The provider itself, but for what is raised while it is left alone: ProviderDown, at once."""

    def __init__(self, inner: LiveProvider) -> None:
        self.inner = inner
        self.name = inner.name
        self._breaker = _breakers.setdefault(inner.name, Breaker(rest_s=REST_S))

    def create_meeting(self, key: str, title: str) -> str:
        """As promised by LiveProvider; so are all others."""
        return self._ask(lambda: self.inner.create_meeting(key, title))

    def add_participant(
        self, external_id: str, room: str, identity: str, part: Part, until: datetime
    ) -> Join:
        return self._ask(lambda: self.inner.add_participant(external_id, room, identity, part, until))

    def remove(self, external_id: str, room: str, identity: str) -> None:
        self._ask(lambda: self.inner.remove(external_id, room, identity))

    def record(self, external_id: str, room: str, is_on: bool) -> None:
        """For a provider that cannot record, a recording that is wanted fails."""
        inner = self.inner
        if isinstance(inner, Recorder):
            self._ask(lambda: inner.record(external_id, room, is_on))
        elif is_on:
            raise ProviderDown("this provider does not record")

    def end(self, external_id: str) -> None:
        self._ask(lambda: self.inner.end(external_id))

    def health(self) -> str:
        """Asked even while it is left alone: an operator wants to know."""
        return self.inner.health()

    def parse_webhook(self, headers: Mapping[str, str], raw: bytes) -> list[LiveEvent]:
        return self.inner.parse_webhook(headers, raw)

    def seconds_left(self) -> float:
        """How long it is left alone from now on; 0 when it is not."""
        return self._breaker.seconds_left()

    def _ask(self, work: Callable[[], Answer]) -> Answer:
        if not self._breaker.lets_through():
            raise ProviderDown(f"left alone after failures, for {self._breaker.seconds_left():.0f} s more")
        try:
            answer = work()
        except ProviderDown:
            self._breaker.fail()
            raise
        self._breaker.worked()
        return answer


def provider() -> GuardedProvider | None:
    """The provider that the settings choose, None when live video is off."""
    chosen = load_provider(settings.LIVE_PROVIDER)
    return GuardedProvider(chosen) if chosen is not None else None


def state() -> str:
    """How it went when this process last needed the provider: off, works, or left_alone after failures."""
    chosen = provider()
    if chosen is None:
        return "off"
    return "left_alone" if chosen.seconds_left() else "works"


def reset() -> None:
    """As if no provider had ever failed; for tests."""
    for each in _breakers.values():
        each.reset()
