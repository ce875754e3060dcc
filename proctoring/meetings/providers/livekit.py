"""LiveKit: a media server of the operator's own, or LiveKit's cloud. A room for each attempt; decision 0111.

Tested against a stub that checks what the official SDK sends, not against a real server.
"""

import asyncio
import base64
import hashlib
import hmac
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from asgiref.sync import async_to_sync
from django.conf import settings

from proctor_site.kernel import clock
from proctoring.meetings.providers.base import (
    Happened,
    Join,
    LiveEvent,
    Part,
    ProviderDown,
    UnreadableReport,
    WrongSignature,
)
from proctoring.meetings.turn import ice_servers

if TYPE_CHECKING:
    from livekit.api import LiveKitAPI, VideoGrants

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")
ANSWER_S = 5.0
"""For connecting and answering together; the end of a meeting, which asks for each room, has it for all."""
COME_IN_FOR = timedelta(minutes=2)
"""A token only opens the door, and pages ask for a new one each time; who is in stays in without it."""
EMPTY_ROOM_S = 300
_SHORTEST_SECRET = 32
_SOURCES = ["camera", "microphone", "screen_share"]
_KINDS = {
    "participant_joined": Happened.JOINED,
    "participant_left": Happened.LEFT,
    "participant_connection_aborted": Happened.LEFT,
    "track_published": Happened.PUBLISHED,
    "room_finished": Happened.ENDED,
}


class LiveKitProvider:
    """Tokens say who may do what in which room; who is put out has all tokens of before taken back."""

    name = "livekit"

    def create_meeting(self, key: str, title: str) -> str:
        """A name only: rooms are made when somebody is let in. Two installations may share one LiveKit."""
        return f"{key}-{hashlib.sha256(f'{settings.BASE_URL} {key}'.encode()).hexdigest()[:12]}"

    def add_participant(
        self, external_id: str, room: str, identity: str, part: Part, until: datetime
    ) -> Join:
        """Makes the room where it is not there, and signs a token for it."""
        from livekit import api

        name = room_name(external_id, room)
        wanted = api.CreateRoomRequest(name=name, empty_timeout=EMPTY_ROOM_S)
        _ask(lambda service: service.room.create_room(wanted))
        token = api.AccessToken(settings.LIVEKIT_KEY, settings.LIVEKIT_SECRET)
        token = token.with_identity(identity).with_ttl(COME_IN_FOR).with_grants(_grants(name, part))
        servers = ice_servers(identity, until)
        tokens = {"join": token.to_jwt(), "name": identity}
        return Join(
            self.name, clock.now() + COME_IN_FOR, settings.LIVEKIT_URL, tokens, servers, settings.RELAY_ONLY
        )

    def remove(self, external_id: str, room: str, identity: str) -> None:
        """Puts out, and takes back what was signed for that name until now."""
        from livekit import api

        wanted = api.RoomParticipantIdentity(
            room=room_name(external_id, room),
            identity=identity,
            revoke_token_ts=int(clock.now().timestamp()),
        )
        _ask(lambda service: service.room.remove_participant(wanted), gone_is_fine=True)

    def end(self, external_id: str) -> None:
        """Deletes the rooms of all attempts of the meeting."""
        from livekit import api

        async def delete_all(service: "LiveKitAPI") -> None:
            found = await service.room.list_rooms(api.ListRoomsRequest())
            for each in found.rooms:
                if each.name.startswith(f"{external_id}."):
                    await _unless_gone(service.room.delete_room(api.DeleteRoomRequest(room=each.name)))

        _ask(delete_all)

    def health(self) -> str:
        """Reached, and our key is known there."""
        from livekit import api

        wanted = api.ListRoomsRequest(names=["is-anybody-there"])
        try:
            _ask(lambda service: service.room.list_rooms(wanted))
        except ProviderDown as down:
            return f"{down}."
        return ""

    def parse_webhook(self, headers: Mapping[str, str], raw: bytes) -> list[LiveEvent]:
        """A report carries a token of our own key with the digest of its body."""
        from livekit import api

        verifier = api.TokenVerifier(settings.LIVEKIT_KEY, settings.LIVEKIT_SECRET)
        signed = headers.get("authorization", "").removeprefix("Bearer ").strip()
        try:
            body = raw.decode()
            told = verifier.verify(signed).sha256
        except Exception as error:  # noqa: BLE001  (PyJWT has many ways to say that a token is none)
            raise WrongSignature from error
        if not told or not _same_digest(told, raw):
            raise WrongSignature
        try:
            event = api.WebhookReceiver(verifier).receive(body, signed)
            at = datetime.fromtimestamp(event.created_at, UTC)
        except Exception as error:  # noqa: BLE001  (signed, but of another form than the SDK knows)
            raise UnreadableReport(type(error).__name__) from error
        kind = _KINDS.get(event.event)
        if kind is None:
            return []
        name = event.id or hashlib.sha256(raw).hexdigest()
        return [LiveEvent(name, kind, event.room.name, event.participant.identity, at)]

    def problems(self) -> Sequence[str]:
        """What is missing or wrong in the settings, in words; for the system check."""
        needed = {
            "PROCTOR_LIVEKIT_URL": settings.LIVEKIT_URL,
            "PROCTOR_LIVEKIT_KEY": settings.LIVEKIT_KEY,
            "PROCTOR_LIVEKIT_SECRET": settings.LIVEKIT_SECRET,
        }
        found = [
            f"PROCTOR_LIVE_PROVIDER=livekit needs {each}." for each, value in needed.items() if not value
        ]
        if settings.LIVEKIT_SECRET and len(settings.LIVEKIT_SECRET) < _SHORTEST_SECRET:
            found.append(f"PROCTOR_LIVEKIT_SECRET has at least {_SHORTEST_SECRET} characters.")
        if settings.LIVEKIT_URL and not settings.LIVEKIT_URL.startswith(("ws://", "wss://")):
            found.append("PROCTOR_LIVEKIT_URL begins with wss:// (or ws:// for trials on one machine).")
        if settings.BASE_URL.startswith("https") and settings.LIVEKIT_URL.startswith("ws://"):
            found.append(
                "PROCTOR_LIVEKIT_URL begins with wss://: browsers refuse ws:// on pages that came by https."
            )
        return found


def room_name(external_id: str, room: str) -> str:
    """LiveKit's name of an attempt's room."""
    return f"{external_id}.{room}"


def _grants(room: str, part: Part) -> "VideoGrants":
    from livekit import api

    if part == "candidate":
        return api.VideoGrants(
            room_join=True,
            room=room,
            can_publish=True,
            can_publish_sources=_SOURCES,
            can_subscribe=False,
            can_publish_data=False,
        )
    return api.VideoGrants(
        room_join=True, room=room, hidden=True, can_subscribe=True, can_publish=False, can_publish_data=False
    )


def _ask(work: "Callable[[LiveKitAPI], Awaitable[Answer]]", *, gone_is_fine: bool = False) -> Answer | None:
    """What the service answers; None for what is not there, where that is fine. Raises ProviderDown."""
    return async_to_sync(_asked)(work, gone_is_fine)


async def _asked(work: Callable[[Any], Awaitable[Answer]], gone_is_fine: bool) -> Answer | None:
    from livekit import api

    try:
        # Not the SDK's own timeout: it hands None to aiohttp with each request, which means none at all.
        async with (
            asyncio.timeout(ANSWER_S),
            api.LiveKitAPI(
                settings.LIVEKIT_URL,
                settings.LIVEKIT_KEY,
                settings.LIVEKIT_SECRET,
                failover=False,  # it would try three times; we try again later
            ) as service,
        ):
            if gone_is_fine:
                return await _unless_gone(work(service))
            return await work(service)
    except api.ServerError as refusal:
        # Its message may name what we sent; code and status say enough.
        raise ProviderDown(f"LiveKit refuses ({refusal.status}, {_plain(refusal.code)})") from None
    except Exception as error:  # noqa: BLE001  (sockets, time, junk: the SDK lets through what it met)
        log.debug("LiveKit does not answer: %s", type(error).__name__)
        raise ProviderDown(f"LiveKit does not answer ({type(error).__name__})") from None


async def _unless_gone(asked: Awaitable[Answer]) -> Answer | None:
    from livekit import api

    try:
        return await asked
    except api.ServerError as refusal:
        if refusal.code == "not_found" or refusal.status == 404:
            return None
        raise


def _plain(code: object) -> str:
    return "".join(each for each in str(code) if each.isalnum() or each == "_")[:40]


def _same_digest(told: str, raw: bytes) -> bool:
    return hmac.compare_digest(told, base64.b64encode(hashlib.sha256(raw).digest()).decode())
