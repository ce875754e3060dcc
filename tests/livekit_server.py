"""LiveKit's server API as its documentation describes it: Twirp calls in protobuf, each with its grant."""

from typing import Any

import jwt
from livekit import api

from tests.hosted_server import Answer, Asked, HostedServer, as_json

KEY, SECRET = "APIkey", "a-livekit-secret-that-nobody-may-read-0"
_CALLS: dict[str, tuple[type[Any], str]] = {
    "CreateRoom": (api.CreateRoomRequest, "roomCreate"),
    "ListRooms": (api.ListRoomsRequest, "roomList"),
    "DeleteRoom": (api.DeleteRoomRequest, "roomCreate"),
    "RemoveParticipant": (api.RoomParticipantIdentity, "roomAdmin"),
}


class LiveKitServer(HostedServer):
    """Knows its rooms, and from when on which names' tokens are taken back."""

    def __init__(self) -> None:
        super().__init__()
        self.rooms: set[str] = set()
        self.revoked: dict[tuple[str, str], int] = {}

    @property
    def url(self) -> str:
        return f"ws://{self.address}"

    def choose(self, settings: Any) -> None:
        """Lets the site use this server."""
        settings.LIVE_PROVIDER = "livekit"
        settings.LIVEKIT_URL, settings.LIVEKIT_KEY, settings.LIVEKIT_SECRET = self.url, KEY, SECRET

    def answer(self, asked: Asked) -> Answer:
        method = asked.path.removeprefix("/twirp/livekit.RoomService/")
        if asked.method != "POST" or method not in _CALLS:
            self.wrong.append(f"{asked.method} {asked.path}")
            return as_json({"code": "bad_route", "msg": ""}, 404)
        if asked.headers.get("content-type") != "application/protobuf":
            self.wrong.append(asked.headers.get("content-type", "no content type"))
        form, grant = _CALLS[method]
        wanted = form.FromString(asked.body)
        try:
            claims = jwt.decode(
                asked.headers.get("authorization", "").removeprefix("Bearer "),
                SECRET,
                algorithms=["HS256"],
                issuer=KEY,
            )
        except jwt.InvalidTokenError:
            return as_json({"code": "unauthenticated", "msg": "invalid token"}, 401)
        video = claims.get("video", {})
        if not video.get(grant) or (grant == "roomAdmin" and video.get("room") != wanted.room):
            return as_json({"code": "permission_denied", "msg": "no grant"}, 403)
        return self._do(method, wanted)

    def _do(self, method: str, wanted: Any) -> Answer:
        if method == "CreateRoom":
            self.rooms.add(wanted.name)
            return _protobuf(api.Room(name=wanted.name, sid="RM_1"))
        if method == "ListRooms":
            names = [each for each in sorted(self.rooms) if not wanted.names or each in wanted.names]
            return _protobuf(api.ListRoomsResponse(rooms=[api.Room(name=each) for each in names]))
        if wanted.room not in self.rooms:
            return as_json({"code": "not_found", "msg": "requested room does not exist"}, 404)
        if method == "DeleteRoom":
            self.rooms.discard(wanted.room)
            return _protobuf(api.DeleteRoomResponse())
        self.revoked[(wanted.room, wanted.identity)] = wanted.revoke_token_ts
        return _protobuf(api.RemoveParticipantResponse())


def _protobuf(message: Any) -> Answer:
    return Answer(200, message.SerializeToString(), "application/protobuf")
