"""Janus: a media server of the operator's own. One video room for each attempt; decision 0109."""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from django.conf import settings

from proctoring.meetings.providers import janus_events
from proctoring.meetings.providers.base import Join, LiveEvent, Part, ProviderDown
from proctoring.meetings.providers.janus_api import NO_SUCH_ROOM, ROOM_EXISTS, Refused, Talk, talk
from proctoring.meetings.turn import ice_servers

_MOST_SENDING = 3
"""A reloaded page's old sending counts until Janus misses it, some ten seconds."""
_MOST_BITS, _MOST_BITS_OF_SCREEN = 1_200_000, 600_000


class JanusProvider:
    """Who is on a room's list may come in; taking a name off the list, and putting out, ends it.

    VideoRoom tells no parts apart. That a candidate can receive nothing follows from the room: nobody else
    sends there. Proctors' pages show only what the candidate's page named to them, through our own sockets.
    """

    name = "janus"

    def create_meeting(self, key: str, title: str) -> str:
        """Nothing is created yet: rooms are made when somebody is let in. The name cannot be guessed."""
        return f"{key}-{_digest('meeting', key)[:12]}"

    def add_participant(
        self, external_id: str, room: str, identity: str, part: Part, until: datetime
    ) -> Join:
        """Makes the rooms where Janus does not have them (any more), and puts the name on their lists."""
        name, screen = _rooms(external_id, room)
        entry, screen_entry = entry_of(name, identity), entry_of(screen, identity)
        with talk() as janus:
            self._enlist(janus, _terms(name), entry)
            self._enlist(janus, _terms_of_screen(screen), screen_entry)
        tokens = {"api": _api_token(until), "room": name, "entry": entry, "name": identity}
        tokens |= {"screen_room": screen, "screen_entry": screen_entry}
        servers = ice_servers(identity, until)
        return Join(self.name, until, settings.JANUS_WS_URL, tokens, servers, settings.RELAY_ONLY)

    def record(self, external_id: str, room: str, is_on: bool) -> None:
        """Into the folder of the settings: a file for the picture and one for the sound of each sending.

        Never the shared screen: consent to being recorded is to camera and sound.
        """
        if not settings.JANUS_RECORDINGS:
            return  # no room was ever told to record
        name = room_name(external_id, room)
        with talk() as janus:
            janus.ask("enable_recording", room=name, secret=_room_secret(name), record=is_on)

    def remove(self, external_id: str, room: str, identity: str) -> None:
        """Off the list, then out; and out goes whoever is in under a name that is not on the list."""
        with talk() as janus:
            for name in _rooms(external_id, room):
                _put_out(janus, name, identity)

    def end(self, external_id: str) -> None:
        """Destroys the rooms of all attempts of the meeting."""
        with talk() as janus:
            for each in janus.ask("list", admin_key=settings.JANUS_ADMIN_KEY)["list"]:
                name = str(each["room"])
                if name.startswith(f"{external_id}."):
                    _destroy(janus, name)

    def health(self) -> str:
        """Reached, and our secret is the right one."""
        try:
            with talk(with_plugin=False):
                return ""
        except ProviderDown as down:
            return f"{down}."

    def parse_webhook(self, headers: Mapping[str, str], raw: bytes) -> list[LiveEvent]:
        """Janus signs nothing; it gives a password that only it and this server know."""
        return janus_events.read(headers, raw, settings.JANUS_EVENTS_SECRET)

    def problems(self) -> Sequence[str]:
        """What is missing or wrong in the settings, in words; for the system check."""
        needed = {
            "PROCTOR_JANUS_WS_URL": settings.JANUS_WS_URL,
            "PROCTOR_JANUS_API_SECRET": settings.JANUS_API_SECRET,
            "PROCTOR_JANUS_TOKEN_SECRET": settings.JANUS_TOKEN_SECRET,
            "PROCTOR_JANUS_ADMIN_KEY": settings.JANUS_ADMIN_KEY,
        }
        found = [f"PROCTOR_LIVE_PROVIDER=janus needs {each}." for each, value in needed.items() if not value]
        if settings.JANUS_WS_URL and not settings.JANUS_WS_URL.startswith(("ws://", "wss://")):
            found.append("PROCTOR_JANUS_WS_URL begins with wss:// (or ws:// for trials on one machine).")
        if settings.BASE_URL.startswith("https") and settings.JANUS_WS_URL.startswith("ws://"):
            found.append(
                "PROCTOR_JANUS_WS_URL begins with wss://: browsers refuse ws:// on pages that came by https."
            )
        if not settings.JANUS_URL.startswith(("http://", "https://")):
            found.append("PROCTOR_JANUS_URL begins with http:// or https://.")
        if settings.JANUS_RECORDINGS and not Path(settings.JANUS_RECORDINGS).is_dir():
            found.append("PROCTOR_JANUS_RECORDINGS names a folder that is not there.")
        return found

    def _enlist(self, janus: Talk, terms: Mapping[str, object], entry: str) -> None:
        name = str(terms["room"])
        try:
            _allow(janus, name, entry)
            return
        except Refused as refusal:
            if refusal.code != NO_SUCH_ROOM:
                raise
        try:
            janus.ask("create", **terms, allowed=[entry])
        except Refused as refusal:
            if refusal.code != ROOM_EXISTS:  # another page made it at the same moment
                raise
            _allow(janus, name, entry)


def room_name(external_id: str, room: str) -> str:
    """Janus's name of a room. It cannot be guessed, as anybody with a token may ask who is in a room."""
    name = f"{external_id}.{room}"
    return f"{name}.{_digest('room', name)[:16]}"


def _rooms(external_id: str, room: str) -> tuple[str, str]:
    """That of camera and sound, and that of the screen."""
    return room_name(external_id, room), room_name(external_id, f"{room}{janus_events.OF_SCREEN}")


def entry_of(name: str, identity: str) -> str:
    """What opens the room to one participant: always the same, so that it can be taken off the list."""
    return _digest("entry", name, identity)


def _terms(name: str) -> dict[str, object]:
    return {
        "room": name,
        "secret": _room_secret(name),
        "admin_key": settings.JANUS_ADMIN_KEY,
        "is_private": True,
        "publishers": _MOST_SENDING,
        "bitrate": _MOST_BITS,
        "bitrate_cap": True,
        "audiocodec": "opus",
        "videocodec": "vp8",
        # Who receives does so as somebody who is in the room, so that putting out ends receiving as well.
        "require_pvtid": True,
        "lock_record": True,
        "record": False,
        # Where there may be recordings: into that folder, with a whole picture at least every ten seconds.
        **({"rec_dir": settings.JANUS_RECORDINGS, "fir_freq": 10} if settings.JANUS_RECORDINGS else {}),
        "permanent": False,
    }


def _terms_of_screen(name: str) -> dict[str, object]:
    """No folder for recordings, and locked: nobody but this server could begin one, and it never does."""
    terms = {**_terms(name), "bitrate": _MOST_BITS_OF_SCREEN}
    return {key: value for key, value in terms.items() if key not in ("rec_dir", "fir_freq")}


def _put_out(janus: Talk, name: str, identity: str) -> None:
    secret = _room_secret(name)
    try:
        entries = janus.ask(
            "allowed", action="remove", room=name, secret=secret, allowed=[entry_of(name, identity)]
        )["allowed"]
        for each in janus.ask("listparticipants", room=name)["participants"]:
            if entry_of(name, str(each["id"]).partition(".")[0]) not in entries:
                _kick(janus, name, secret, str(each["id"]))
    except Refused as refusal:
        if refusal.code != NO_SUCH_ROOM:
            raise


def _allow(janus: Talk, name: str, entry: str) -> None:
    janus.ask("allowed", action="add", room=name, secret=_room_secret(name), allowed=[entry])


def _kick(janus: Talk, name: str, secret: str, identity: str) -> None:
    try:
        janus.ask("kick", room=name, secret=secret, id=identity)
    except Refused as refusal:
        if refusal.code != 428:  # has just left
            raise


def _destroy(janus: Talk, name: str) -> None:
    try:
        janus.ask("destroy", room=name, secret=_room_secret(name), permanent=False)
    except Refused as refusal:
        if refusal.code != NO_SUCH_ROOM:
            raise


def _room_secret(name: str) -> str:
    return _digest("secret", name)


def _digest(*parts: str) -> str:
    text = "\n".join(("proctoring.janus", *parts))
    return hmac.new(settings.JANUS_TOKEN_SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()[:40]


def _api_token(until: datetime) -> str:
    """Opens Janus's interface to a browser, for the video room alone. The form is Janus's own."""
    said = f"{int(until.timestamp())},janus,janus.plugin.videoroom"
    digest = hmac.new(settings.JANUS_TOKEN_SECRET.encode(), said.encode(), hashlib.sha1).digest()
    return f"{said}:{base64.b64encode(digest).decode()}"
