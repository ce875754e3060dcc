"""What a provider of live video promises, and which one this server uses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from importlib import import_module
from typing import Any, Literal, Protocol, runtime_checkable

SHIPPED: Mapping[str, str] = {
    "janus": "proctoring.meetings.providers.janus.JanusProvider",
    "livekit": "proctoring.meetings.providers.livekit.LiveKitProvider",
    "peer": "proctoring.meetings.providers.peer.PeerProvider",
    "realtimekit": "proctoring.meetings.providers.realtimekit.RealtimeKitProvider",
    "scripted": "proctoring.meetings.providers.scripted.ScriptedProvider",
}
OFF = "off"
Part = Literal["candidate", "proctor"]


class ProviderDown(Exception):
    """The provider does not answer or refuses its service; the exam goes on without live video."""


class UnknownProvider(Exception):
    """The settings name a provider that there is not."""


class NoWebhooks(Exception):
    """This provider reports nothing by itself, or is not set up to."""


class WrongSignature(Exception):
    """A report that the provider did not sign; it is not read."""


class UnreadableReport(Exception):
    """A signed report whose content cannot be read."""


class Happened(StrEnum):
    """What a provider reports by itself. `PUBLISHED`: somebody sends pictures or sound; `ENDED`: the room."""

    JOINED = "joined"
    LEFT = "left"
    PUBLISHED = "published"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class LiveEvent:
    """One thing that a provider reports. `id` is the same when it is reported again; `identity` is "" where
    it is about a whole room, whose name for the provider is `meeting`. `room`: the attempt's, as it was named
    in `add_participant`, where each has one of its own; it is the begin of `id` then, up to a colon."""

    id: str
    kind: Happened
    meeting: str
    identity: str
    at: datetime
    room: str = ""


@dataclass(frozen=True, slots=True)
class Join:
    """What a browser needs to take part, until `expires_at`. `url`, `tokens`: empty where none is needed."""

    provider: str
    expires_at: datetime
    url: str = ""
    tokens: Mapping[str, str] = field(default_factory=dict, repr=False)
    ice_servers: Sequence[Mapping[str, Any]] = field(default=(), repr=False)
    relay_only: bool = False

    def to_json(self) -> dict[str, Any]:
        """As the page receives it; only for the participant it was made for."""
        return {
            "provider": self.provider,
            "url": self.url,
            "tokens": dict(self.tokens),
            "ice_servers": [dict(each) for each in self.ice_servers],
            "relay_only": self.relay_only,
            "expires_at": self.expires_at.isoformat(),
        }


@runtime_checkable
class LiveProvider(Protocol):
    """Carries pictures and sound, and decides nothing: rights and consent are checked before it is asked.

    A meeting belongs to a sitting; in it each attempt has a room of its own, so that nobody who is let in for
    one attempt can see another one. A provider without rooms keeps them apart by its tokens. `room` names
    the attempt; `identity` a candidate, or one page of a proctor, and says nothing about the person.
    Every call may block (at most seconds) and raises ProviderDown when the service does not answer.
    """

    name: str

    def create_meeting(self, key: str, title: str) -> str:
        """The provider's id of the meeting, "" where it needs none. The same key again: the same meeting."""

    def add_participant(
        self, external_id: str, room: str, identity: str, part: Part, until: datetime
    ) -> Join:
        """Lets somebody into a room, at least until then; made anew where the service has lost it.

        What the join holds may end earlier where it is needed for coming in alone: pages ask for another one.
        A candidate may only send, a proctor only receive.
        """

    def remove(self, external_id: str, room: str, identity: str) -> None:
        """Puts somebody out of a room, who cannot come back without being let in again.

        Who is not there, or a room that is not there, is no error.
        """

    def end(self, external_id: str) -> None:
        """Ends the meeting. One that has ended, or is gone, is no error."""

    def health(self) -> str:
        """ "" when all is well, else what is wrong in one sentence."""

    def parse_webhook(self, headers: Mapping[str, str], raw: bytes) -> list[LiveEvent]:
        """What the provider reports in that request; names of headers in lower case, the body as it came.

        Checks the signature before anything else, in constant time. Raises NoWebhooks, WrongSignature and
        UnreadableReport. What is of no interest here is left out.
        """


class SilentProvider:
    """For providers that report nothing by themselves."""

    def parse_webhook(self, headers: Mapping[str, str], raw: bytes) -> list[LiveEvent]:
        """There are none."""
        raise NoWebhooks


@runtime_checkable
class Recorder(Protocol):
    """A provider that can record what is sent."""

    def record(self, external_id: str, room: str, is_on: bool) -> None:
        """Records all that is sent in the room from now on, or no more. Asked again, nothing changes.

        Raises ProviderDown.
        """


@runtime_checkable
class Configured(Protocol):
    """A provider that needs settings."""

    def problems(self) -> Sequence[str]:
        """What is missing or wrong in them, one sentence each; for the system check; nobody is asked."""


def load_provider(choice: str) -> LiveProvider | None:
    """The provider of that name or dotted path, None for "off". Raises UnknownProvider."""
    if choice == OFF:
        return None
    path = SHIPPED.get(choice, choice)
    module_name, _, class_name = path.rpartition(".")
    try:
        made = getattr(import_module(module_name), class_name)()
    except (ImportError, AttributeError, ValueError, TypeError) as error:
        raise UnknownProvider(f"there is no provider of live video {choice!r}: {error}") from error
    if not isinstance(made, LiveProvider):
        raise UnknownProvider(f"{path} is not a provider of live video")
    return made
