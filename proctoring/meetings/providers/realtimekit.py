"""Cloudflare RealtimeKit, the successor of Dyte: a meeting there for each attempt; decision 0112.

Tested against a stub that checks what the official SDK sends, not against the real service.
"""

import base64
import binascii
import hashlib
import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.conf import settings
from django.core.cache import cache

from proctor_site.kernel import clock
from proctoring.meetings.providers.base import (
    Happened,
    Join,
    LiveEvent,
    NoWebhooks,
    Part,
    ProviderDown,
    UnreadableReport,
    WrongSignature,
)

if TYPE_CHECKING:
    from cloudflare import Cloudflare

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")
CONNECT_S, READ_S = 2.0, 5.0
_REMEMBERED_S = 12 * 60 * 60
_PAGE = 50
_MOST_PAGES = 100
SIGNATURE = "rtk-signature"
_KINDS = {
    "meeting.participantJoined": (Happened.JOINED, "joinedAt"),
    "meeting.participantLeft": (Happened.LEFT, "leftAt"),
    "meeting.ended": (Happened.ENDED, "endedAt"),
}


class Gone(ProviderDown):
    """The service does not know what is asked about."""


class RealtimeKitProvider:
    """Presets say who may do what, meetings keep attempts apart. The service itself remembers both: what is
    kept here in the cache only saves asking."""

    name = "realtimekit"

    def create_meeting(self, key: str, title: str) -> str:
        """A name only, by which the meetings of the attempts are found there again."""
        return f"{key}-{hashlib.sha256(f'{settings.BASE_URL} {key}'.encode()).hexdigest()[:12]}"

    def add_participant(
        self, external_id: str, room: str, identity: str, part: Part, until: datetime
    ) -> Join:
        """Makes the meeting where it is not there, and adds or renews the participant."""
        try:
            token = self._token(external_id, room, identity, part)
        except Gone:  # remembered here, and deleted there
            cache.delete_many([_place(external_id, room), _place(external_id, room, identity)])
            token = self._token(external_id, room, identity, part)
        return Join(self.name, until, tokens={"auth": token, "name": identity})

    def remove(self, external_id: str, room: str, identity: str) -> None:
        """Puts out and deletes. Whether that ends a token already given out is not documented: our own
        sockets tell both pages to stop as well, and nobody is given another one."""
        meeting = cache.get(_place(external_id, room)) or self._find(_title(external_id, room))
        if meeting is None:
            return
        _ask(
            lambda service: service.realtime_kit.active_session.kick_participants(
                meeting, **_app(), custom_participant_ids=[identity], participant_ids=[]
            ),
            gone_is_fine=True,
        )
        known = cache.get(_place(external_id, room, identity)) or self._participant(meeting, identity)
        if known is not None:
            _ask(
                lambda service: service.realtime_kit.meetings.delete_meeting_participant(
                    known, **_app(), meeting_id=meeting
                ),
                gone_is_fine=True,
            )
        cache.delete(_place(external_id, room, identity))

    def end(self, external_id: str) -> None:
        """Closes the meetings of all attempts to newcomers, then puts everybody out."""
        for found, title in list(self._meetings(external_id)):
            if title.startswith(f"{external_id}."):
                self._close(found)

    def health(self) -> str:
        """Reached, and our token is good there."""
        try:
            _ask(lambda service: service.realtime_kit.meetings.get(settings.REALTIMEKIT_APP, **_account()))
        except ProviderDown as down:
            return f"{down}."
        return ""

    def parse_webhook(self, headers: Mapping[str, str], raw: bytes) -> list[LiveEvent]:
        """Cloudflare signs the body as it is: RSA with SHA-256, base64, one key for all its customers."""
        if not settings.REALTIMEKIT_REPORT_KEY:
            raise NoWebhooks
        try:
            signature = base64.b64decode(headers.get(SIGNATURE, ""), validate=True)
            _report_key().verify(signature, raw, padding.PKCS1v15(), hashes.SHA256())
        except (InvalidSignature, binascii.Error, ValueError) as error:
            raise WrongSignature from error
        try:
            told = json.loads(raw)
            if told["event"] not in _KINDS:
                return []
            kind, when = _KINDS[told["event"]]
            meeting, person = told["meeting"], told.get("participant") or {}
            identity = str(person.get("customParticipantId") or "")
            moment = person.get(when) or meeting.get(when)
            at = datetime.fromisoformat(moment) if moment else clock.now()
            if at.tzinfo is None or (kind is not Happened.ENDED and not identity):
                raise ValueError("no zone, or nobody")
            # A delivery that is tried again has another rtk-uuid; its body is the same.
            return [
                LiveEvent(hashlib.sha256(raw).hexdigest(), kind, str(meeting.get("id", "")), identity, at)
            ]
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise UnreadableReport(type(error).__name__) from error

    def problems(self) -> Sequence[str]:
        """What is missing or wrong in the settings, in words; for the system check."""
        needed = {
            "PROCTOR_REALTIMEKIT_ACCOUNT": settings.REALTIMEKIT_ACCOUNT,
            "PROCTOR_REALTIMEKIT_APP": settings.REALTIMEKIT_APP,
            "PROCTOR_REALTIMEKIT_TOKEN": settings.REALTIMEKIT_TOKEN,
        }
        found = [
            f"PROCTOR_LIVE_PROVIDER=realtimekit needs {each}." for each, value in needed.items() if not value
        ]
        presets = (settings.REALTIMEKIT_CANDIDATE_PRESET, settings.REALTIMEKIT_PROCTOR_PRESET)
        if presets[0] == presets[1] or "group_call_host" in presets:
            found.append("Candidates and proctors need different presets of RealtimeKit, and no host's.")
        if settings.REALTIMEKIT_REPORT_KEY:
            try:
                _report_key()
            except ValueError:
                found.append("PROCTOR_REALTIMEKIT_REPORT_KEY is a public RSA key in PEM.")
        return found

    def _token(self, external_id: str, room: str, identity: str, part: Part) -> str:
        meeting = self._meeting(external_id, room)
        place = _place(external_id, room, identity)
        known = cache.get(place)
        if known is not None:
            renewed = _ask(
                lambda service: service.realtime_kit.meetings.refresh_participant_token(
                    known, **_app(), meeting_id=meeting
                )
            )
            return _text(renewed, "token")
        preset = (
            settings.REALTIMEKIT_CANDIDATE_PRESET
            if part == "candidate"
            else settings.REALTIMEKIT_PROCTOR_PRESET
        )
        added = _ask(
            lambda service: service.realtime_kit.meetings.add_participant(
                meeting, **_app(), custom_participant_id=identity, preset_name=preset, name=part
            )
        )
        token = _text(added, "token")
        cache.set(place, _text(added, "id"), _REMEMBERED_S)
        return token

    def _meeting(self, external_id: str, room: str) -> str:
        place, title = _place(external_id, room), _title(external_id, room)
        meeting: str | None = cache.get(place) or self._find(title)
        if meeting is None:
            made = _text(
                _ask(
                    lambda service: service.realtime_kit.meetings.create(
                        settings.REALTIMEKIT_APP,
                        **_account(),
                        title=title,
                        record_on_start=False,
                        persist_chat=False,
                    )
                ),
                "id",
            )
            if cache.add(place, made, _REMEMBERED_S):
                return made
            meeting = cache.get(place) or made  # another page was quicker: both must meet in one
            if meeting != made:
                self._close(made)
            return meeting
        cache.set(place, meeting, _REMEMBERED_S)
        return meeting

    def _find(self, title: str) -> str | None:
        found = [meeting for meeting, named in self._meetings(title) if named == title]
        return min(found) if found else None

    def _meetings(self, search: str) -> Iterator[tuple[str, str]]:
        for number in range(1, _MOST_PAGES + 1):
            page = _ask(partial(_page_of_meetings, search=search, number=number))
            rows = getattr(page, "data", None) or []
            for each in rows:
                yield str(getattr(each, "id", "")), str(getattr(each, "title", "") or "")
            if len(rows) < _PAGE:
                return

    def _participant(self, meeting: str, identity: str) -> str | None:
        listed = _ask(
            lambda service: service.realtime_kit.meetings.get_meeting_participants(meeting, **_app()),
            gone_is_fine=True,
        )
        for each in getattr(listed, "data", None) or []:
            if getattr(each, "custom_participant_id", None) == identity:
                return str(each.id)
        return None

    def _close(self, meeting: str) -> None:
        _ask(
            lambda service: service.realtime_kit.meetings.update_meeting_by_id(
                meeting, **_app(), status="INACTIVE"
            ),
            gone_is_fine=True,
        )
        _ask(
            lambda service: service.realtime_kit.active_session.kick_all_participants(meeting, **_app()),
            gone_is_fine=True,
        )


def _account() -> dict[str, Any]:
    return {"account_id": settings.REALTIMEKIT_ACCOUNT}


def _app() -> dict[str, Any]:
    return {**_account(), "app_id": settings.REALTIMEKIT_APP}


def _page_of_meetings(service: "Cloudflare", search: str, number: int) -> Any:
    return service.realtime_kit.meetings.get(
        settings.REALTIMEKIT_APP,
        **_account(),
        search=search,
        status="ACTIVE",
        page_no=number,
        per_page=_PAGE,
    )


def _title(external_id: str, room: str) -> str:
    return f"{external_id}.{room}"


def _place(*parts: str) -> str:
    return "realtimekit:" + ":".join(parts)


def _ask(work: "Callable[[Cloudflare], Answer]", *, gone_is_fine: bool = False) -> Answer | None:
    """What the service answers; None for what is not there, where that is fine. Raises ProviderDown, Gone."""
    import cloudflare

    try:
        return work(_client(settings.REALTIMEKIT_URL, settings.REALTIMEKIT_TOKEN, CONNECT_S, READ_S))
    except cloudflare.APIStatusError as refusal:
        # Its message holds what was sent and answered; the status says enough.
        if refusal.status_code == 404:
            if gone_is_fine:
                return None
            raise Gone("RealtimeKit does not know it (404)") from None
        raise ProviderDown(f"RealtimeKit refuses ({refusal.status_code})") from None
    except Exception as error:  # noqa: BLE001  (sockets, time, junk: the SDK lets through what it met)
        log.debug("RealtimeKit does not answer: %s", type(error).__name__)
        raise ProviderDown(f"RealtimeKit does not answer ({type(error).__name__})") from None


@lru_cache(maxsize=2)
def _client(url: str, token: str, connect_s: float, read_s: float) -> "Cloudflare":
    """Made once: making it takes 50 ms, and it keeps its connection. For many threads."""
    import cloudflare
    import httpx

    return cloudflare.Cloudflare(
        api_token=token,
        base_url=url,
        timeout=httpx.Timeout(read_s, connect=connect_s),
        max_retries=0,  # we try again later, and leave it alone after failures
    )


def _text(answer: Any, name: str) -> str:
    value = getattr(getattr(answer, "data", None), name, None)
    if not isinstance(value, str) or not value:
        raise ProviderDown(f"RealtimeKit's answer has no {name}")
    return value


def _report_key() -> rsa.RSAPublicKey:
    key = serialization.load_pem_public_key(settings.REALTIMEKIT_REPORT_KEY.encode())
    if not isinstance(key, rsa.RSAPublicKey):
        raise ValueError("not an RSA key")
    return key
