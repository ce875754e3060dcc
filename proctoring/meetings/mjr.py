"""Reads what Janus records (.mjr): RTP packets as they came, made into frames of VP8 and of Opus (pure).

A file that was cut off, by a crash or a full disk, is read as far as it goes.
"""

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass

MAGIC, PACKET = b"MJR00002", b"MEET"
VIDEO_HZ, SOUND_HZ = 90_000, 48_000
_MOST_INFO = 10_000
_HALF_TURN = 1 << 31


class NotARecording(Exception):
    """The file does not begin as Janus's recordings do, or holds another codec than ours."""


@dataclass(frozen=True, slots=True)
class Media:
    """One stream. `began`: its first packet, seconds since 1970; `frames`: (ticks since then, data, key)."""

    codec: str
    began: float
    frames: list[tuple[int, bytes, bool]]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the first frame of VP8, which is a key frame."""
        width, height = struct.unpack_from("<HH", self.frames[0][1], 6)
        return width & 0x3FFF, height & 0x3FFF

    @property
    def hz(self) -> int:
        """Ticks of a second."""
        return VIDEO_HZ if self.codec == "vp8" else SOUND_HZ

    @property
    def seconds(self) -> float:
        """From the first frame to the last."""
        return self.frames[-1][0] / self.hz if self.frames else 0.0


@dataclass(frozen=True, slots=True)
class _Rtp:
    number: int
    ticks: int
    is_last: bool
    payload: bytes


def read(data: bytes) -> Media:
    """Raises NotARecording. Without any whole frame the media is empty."""
    if not data.startswith(MAGIC) or len(data) < 10:
        raise NotARecording("it does not begin with MJR00002")
    (length,) = struct.unpack_from(">H", data, 8)
    try:
        info = json.loads(data[10 : 10 + min(length, _MOST_INFO)])
        codec, began = str(info["c"]), int(info["u"]) / 1_000_000
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise NotARecording("its head cannot be read") from error
    packets = _in_order(_packets(data, 10 + length))
    if codec == "vp8":
        return Media(codec, began, _frames(packets))
    if codec == "opus":
        return Media(codec, began, [(each.ticks, each.payload, True) for each in packets if each.payload])
    raise NotARecording(f"it holds {codec[:20]}")


def cut(media: Media, begin: float, end: float) -> Media:
    """What lies between two moments (seconds since 1970), from the key frame before the first on."""
    first, last = (round((each - media.began) * media.hz) for each in (begin, end))
    keys = [ticks for ticks, _, is_key in media.frames if is_key and ticks <= first]
    start = max(keys, default=first)
    frames = [each for each in media.frames if start <= each[0] <= last]
    if not frames or frames[-1][0] < first:
        return Media(media.codec, media.began, [])
    shift = frames[0][0]
    moved = [(ticks - shift, data, is_key) for ticks, data, is_key in frames]
    return Media(media.codec, media.began + shift / media.hz, moved)


def _packets(data: bytes, at: int) -> Iterator[_Rtp]:
    while at + 10 <= len(data) and data[at : at + 4] == PACKET:
        (length,) = struct.unpack_from(">H", data, at + 8)
        raw = data[at + 10 : at + 10 + length]
        at += 10 + length
        if len(raw) == length and (packet := _packet(raw)):
            yield packet


def _packet(raw: bytes) -> _Rtp | None:
    if len(raw) < 12 or raw[0] >> 6 != 2:
        return None
    number, ticks = struct.unpack_from(">HI", raw, 2)
    start = 12 + 4 * (raw[0] & 0x0F)
    if raw[0] & 0x10:
        if len(raw) < start + 4:
            return None
        start += 4 + 4 * struct.unpack_from(">H", raw, start + 2)[0]
    end = len(raw) - (raw[-1] if raw[0] & 0x20 else 0)
    return _Rtp(number, ticks, bool(raw[1] & 0x80), raw[start:end])


def _in_order(packets: Iterator[_Rtp]) -> list[_Rtp]:
    """By number, each once, with numbers and ticks that go on where those of RTP begin again at 0."""
    found: dict[int, _Rtp] = {}
    first: _Rtp | None = None
    number = ticks = 0
    for each in packets:
        if first is None:
            first, number, ticks = each, each.number, each.ticks
        number += (each.number - number + 0x8000) % 0x10000 - 0x8000
        ticks += (each.ticks - ticks + _HALF_TURN) % (2 * _HALF_TURN) - _HALF_TURN
        found.setdefault(number, _Rtp(number, ticks - first.ticks, each.is_last, each.payload))
    return [found[each] for each in sorted(found) if found[each].ticks >= 0]


def _frames(packets: list[_Rtp]) -> list[tuple[int, bytes, bool]]:
    """Whole frames, from the first key frame on; after a lost packet, from the next key frame on."""
    frames: list[tuple[int, bytes, bool]] = []
    parts: list[bytes] = []
    before: _Rtp | None = None
    is_whole = has_key = False
    for each in packets:
        starts, body = _vp8(each.payload)
        if before is None or each.number != before.number + 1:
            is_whole = has_key = False
        if starts:
            parts, is_whole = [], True
        parts.append(body)
        if each.is_last and is_whole:
            frame = b"".join(parts)
            is_key = len(frame) > 10 and not frame[0] & 1
            has_key = has_key or is_key
            if has_key and frame:
                frames.append((each.ticks, frame, is_key))
            is_whole = False
        before = each
    return frames


def _vp8(payload: bytes) -> tuple[bool, bytes]:
    """Whether a frame begins here, and the packet without its descriptor (RFC 7741)."""
    if not payload:
        return False, b""
    start = 1
    if payload[0] & 0x80 and len(payload) > 1:
        more = payload[1]
        start = 2
        if more & 0x80 and len(payload) > start:
            start += 2 if payload[start] & 0x80 else 1
        start += bool(more & 0x40) + bool(more & 0x30)
    return bool(payload[0] & 0x10) and not payload[0] & 0x0F, payload[start:]
