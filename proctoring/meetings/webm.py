"""Puts the streams of a recording into one WebM file, as they are: nothing is decoded or encoded."""

import io
import struct
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import av

from proctoring.meetings.mjr import SOUND_HZ, Media

_Timed = tuple[float, "av.Packet[Any]"]
# Two channels, no samples to skip, 48 kHz: as browsers send Opus (RFC 7845).
_OPUS_HEAD = struct.pack("<8sBBHIhB", b"OpusHead", 1, 2, 0, SOUND_HZ, 0, 0)


def write(media: Sequence[Media]) -> tuple[bytes, float]:
    """The file and its length in seconds. Streams without a frame are left out; b"" when none is left."""
    streams = [each for each in media if each.frames]
    if not streams:
        return b"", 0.0
    began = min(each.began for each in streams)
    out = io.BytesIO()
    packets: list[_Timed] = []
    with av.open(out, "w", format="webm") as container:
        for each in streams:
            packets += _packets(container, each, each.began - began)
        for _, packet in sorted(packets, key=lambda one: one[0]):
            container.mux(packet)
    return out.getvalue(), max(at for at, _ in packets)


def _packets(container: av.container.OutputContainer, media: Media, late_by: float) -> list[_Timed]:
    hz = media.hz
    if media.codec == "vp8":
        width, height = media.size
        stream = container.add_mux_stream("vp8", rate=30, width=width, height=height)
    else:
        stream = container.add_mux_stream("opus", rate=SOUND_HZ, layout="stereo")
        stream.extradata = _OPUS_HEAD  # type: ignore[attr-defined]  # the stubs do not know it
    base = Fraction(1, hz)
    stream.time_base = base
    made = []
    for ticks, data, is_key in media.frames:
        packet = av.Packet(data)
        packet.stream, packet.time_base = stream, base
        packet.pts = packet.dts = ticks + round(late_by * hz)
        packet.is_keyframe = is_key
        made.append((packet.pts / hz, packet))
    return made
