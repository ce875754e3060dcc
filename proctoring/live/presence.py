"""Who is connected and how well, and the newest small picture of each attempt: in the cache, by attempt."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.core.cache import cache

from proctor_site.kernel import clock

TTL_S = 120
COUNTS_TTL_S = 6 * 60 * 60
THUMBNAIL_TTL_S = 30
SOUND_TTL_S = 5 * 60
STALE_AFTER_S = 20
"""Seconds without a sign of life after which a page counts as gone, though no disconnect was seen."""


@dataclass(frozen=True, slots=True)
class Presence:
    """What the server knows of a candidate's page. `last_seen`: seconds since the epoch; 0: never.

    `microphone` is "" where nothing is recorded; `microphone_since`: since when it is in that state. `screen`
    is "" where it is not shared, else ok, window, ended or none; `screen_label`: what is shared.
    `loss`: percent of the page's last signs of life that were not answered in time; None: not said yet.
    `battery`: `(percent, charging)` of the device, where the browser says it and the notice named it.
    """

    connection: str = ""
    connected: bool = False
    last_seen: float = 0.0
    rtt_ms: float | None = None
    loss: float | None = None
    battery: tuple[int, bool] | None = None
    camera: str = "none"
    camera_label: str = ""
    microphone: str = ""
    microphone_label: str = ""
    microphone_since: float = 0.0
    screen: str = ""
    screen_label: str = ""
    screen_since: float = 0.0
    screen_at: float = 0.0
    screens: int = 0
    screens_unchanged: int = 0
    screens_missing: int = 0
    sound: str = ""
    sound_missing: int = 0
    analysed: int = 0
    shed: int = 0
    frame_sequence: int = -1
    frame_due: float = 0.0

    def to_pulse(self, now: float) -> dict[str, Any]:
        """The shape sent to proctors. `picture_late_s`: how long the next picture is overdue, 0 when it is
        not; None before the first."""
        seen = None if not self.last_seen else round(max(0.0, now - self.last_seen), 1)
        return {
            "connected": self.connected and seen is not None and seen <= STALE_AFTER_S,
            "last_seen_s": seen,
            "rtt_ms": None if self.rtt_ms is None else round(self.rtt_ms),
            "loss": None if self.loss is None else round(self.loss),
            "battery": None
            if self.battery is None
            else {"level": self.battery[0], "charging": self.battery[1]},
            "camera": self.camera,
            "microphone": self.microphone,
            "microphone_since": round(self.microphone_since) or None,
            "screen": self.screen,
            "screen_since": round(self.screen_since) or None,
            "screen_at": round(self.screen_at) or None,
            "sound": self.sound,
            "sound_missing": self.sound_missing,
            "analysed": self.analysed,
            "shed": self.shed,
            "frame_sequence": self.frame_sequence,
            "picture_late_s": round(max(0.0, now - self.frame_due), 1) if self.frame_due else None,
        }


NOBODY = Presence()


def read(attempt_id: int) -> Presence:
    """What is known of the attempt's page; `NOBODY` when nothing is."""
    return read_many([attempt_id])[attempt_id]


def read_many(attempt_ids: Iterable[int]) -> dict[int, Presence]:
    """The same for many attempts in one trip to the cache; each id asked for is in the answer."""
    ids = list(attempt_ids)
    keys = (_page_key, _frames_key, _sound_key, _screen_key)
    found = cache.get_many([key(each) for key in keys for each in ids])
    return {each: _merge(*(found.get(key(each)) for key in keys)) for each in ids}


def update(attempt_id: int, **changes: Any) -> None:
    """Sets fields of the page (not the frame counts) and the moment of its last sign of life."""
    before = cache.get(_page_key(attempt_id)) or {}
    cache.set(_page_key(attempt_id), before | changes | {"last_seen": clock.now().timestamp()}, TTL_S)


def count_frame(attempt_id: int, sequence: int, *, analysed: bool, next_ms: int) -> None:
    """One more frame, analysed or shed, and when the next one is due; frames of one attempt come one at a
    time."""
    before = cache.get(_frames_key(attempt_id)) or {}
    now = clock.now().timestamp()
    counts = {
        "analysed": before.get("analysed", 0) + analysed,
        "shed": before.get("shed", 0) + (not analysed),
        "frame_sequence": sequence,
        "frame_due": now + next_ms / 1000,
        "last_seen": now,
    }
    cache.set(_frames_key(attempt_id), counts, COUNTS_TTL_S)


def put_off_frame(attempt_id: int, next_ms: int) -> None:
    """None is missed before then: the exam is paused, and pictures are not counted."""
    before = cache.get(_frames_key(attempt_id)) or {}
    now = clock.now().timestamp()
    cache.set(
        _frames_key(attempt_id), before | {"frame_due": now + next_ms / 1000, "last_seen": now}, COUNTS_TTL_S
    )


def note_sound(attempt_id: int, state: str, *, missing: int) -> None:
    """What became of the newest recording: ok, silent or unheard; and how many have not come so far."""
    cache.set(_sound_key(attempt_id), {"sound": state, "sound_missing": missing}, SOUND_TTL_S)


def note_screen(attempt_id: int, captured_at: float, *, taken: int, unchanged: int, missing: int) -> None:
    """One more picture of the screen, and the counts so far. `captured_at`: seconds since the epoch."""
    before = cache.get(_screen_key(attempt_id)) or {}
    counts = {
        "screen_at": max(captured_at, before.get("screen_at", 0.0)),
        "screens": taken,
        "screens_unchanged": unchanged,
        "screens_missing": missing,
    }
    cache.set(_screen_key(attempt_id), counts, COUNTS_TTL_S)


def disconnect(attempt_id: int, connection: str) -> None:
    """Marks the page as gone, unless a newer connection has taken its place."""
    before = cache.get(_page_key(attempt_id)) or {}
    if before.get("connection") == connection:
        cache.set(_page_key(attempt_id), before | {"connected": False}, TTL_S)


def keep_thumbnail(attempt_id: int, sequence: int, jpeg: bytes) -> None:
    """Keeps the newest small picture for `THUMBNAIL_TTL_S` seconds."""
    cache.set(_thumbnail_key(attempt_id), (sequence, jpeg), THUMBNAIL_TTL_S)


def thumbnails(attempt_ids: Iterable[int]) -> dict[int, tuple[int, bytes]]:
    """Sequence and JPEG of the newest small pictures of those attempts that have one."""
    keys = {_thumbnail_key(each): each for each in attempt_ids}
    found: Mapping[str, tuple[int, bytes]] = cache.get_many(keys)
    return {keys[key]: value for key, value in found.items()}


def forget(attempt_id: int) -> None:
    """Drops the small picture, when capture ends or consent is withdrawn."""
    cache.delete(_thumbnail_key(attempt_id))


def _merge(
    page: Mapping[str, Any] | None,
    frames: Mapping[str, Any] | None,
    sound: Mapping[str, Any] | None,
    screen: Mapping[str, Any] | None,
) -> Presence:
    page, frames = page or {}, frames or {}
    seen = max(page.get("last_seen", 0.0), frames.get("last_seen", 0.0))
    return replace(NOBODY, **{**page, **frames, **(sound or {}), **(screen or {}), "last_seen": seen})


# An entry for each: socket, frames, recordings and screen write their own; none overwrites another's news.
def _page_key(attempt_id: int) -> str:
    return f"presence:{attempt_id}"


def _frames_key(attempt_id: int) -> str:
    return f"frames:{attempt_id}"


def _sound_key(attempt_id: int) -> str:
    return f"sound:{attempt_id}"


def _screen_key(attempt_id: int) -> str:
    return f"screen:{attempt_id}"


def _thumbnail_key(attempt_id: int) -> str:
    return f"thumbnail:{attempt_id}"
