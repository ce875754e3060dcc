"""Joins the pieces of a recorded call to one recording that plays and can be searched: Opus in WebM."""

import io
from collections.abc import Iterator
from dataclasses import replace

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.stream import AudioStream

from proctoring.audio.call_sound import CallPieces, CallSound
from proctoring.audio.clips import decode
from proctoring.audio.containers import ClipLimits
from proctoring.audio.diarizers.base import SAMPLE_RATE, Samples
from proctoring.audio.exchange import ClipError, Span
from proctoring.audio.levels import outline

LONGEST_PIECE_S = 60.0
LEAST_GAP_S, LEAST_FIRST_GAP_S = 1.0, 3.0
"""Shorter ones are the start of a recorder; before the first piece the two sides are being connected."""
_BITS_PER_SECOND = 24_000
_BLOCK = SAMPLE_RATE  # whole steps of `outline`
_MIME = "audio/webm"


class _Writer:
    """Encodes samples as they come, so that a long call is never in memory as samples."""

    def __init__(self) -> None:
        self.out = io.BytesIO()
        self.container = av.open(self.out, "w", format="webm")
        stream = self.container.add_stream("libopus", rate=SAMPLE_RATE, layout="mono")
        assert isinstance(stream, AudioStream) and isinstance(stream.codec_context, AudioCodecContext)
        stream.codec_context.bit_rate = _BITS_PER_SECOND
        self.stream = stream
        self.count = 0
        self.encoded = 0
        self.rest: Samples = np.zeros(0, np.float32)
        self.waveform = bytearray()

    def write(self, samples: Samples) -> None:
        """The next samples; what does not fill a block waits."""
        self.count += len(samples)
        waiting = np.concatenate([self.rest, samples])
        whole = len(waiting) - len(waiting) % _BLOCK
        for start in range(0, whole, _BLOCK):
            self._encode(waiting[start : start + _BLOCK])
        self.rest = waiting[whole:]

    def be_silent(self, samples: int) -> None:
        """Silence of that length."""
        for start in range(0, samples, _BLOCK):
            self.write(np.zeros(min(_BLOCK, samples - start), np.float32))

    def finish(self) -> bytes:
        """The whole recording."""
        if len(self.rest):
            self._encode(self.rest)
        self.container.mux(self.stream.encode(None))
        self.container.close()
        return self.out.getvalue()

    def _encode(self, block: Samples) -> None:
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block[None, :]), format="fltp", layout="mono")
        frame.sample_rate, frame.pts = SAMPLE_RATE, self.encoded
        self.encoded += len(block)
        self.waveform += outline(block)
        self.container.mux(self.stream.encode(frame))


def join(pieces: CallPieces, longest_s: float, limits: ClipLimits) -> CallSound:
    """One recording whose seconds are those of the call: where a piece is missing there is silence.

    Pieces overlap by a moment; of two, the earlier is heard. What cannot be read is left out and counted.
    """
    writer = _Writer()
    gaps: list[Span] = []
    unreadable = 0
    most = int(longest_s * SAMPLE_RATE)
    for begin, samples in _decoded(pieces, replace(limits, max_seconds=LONGEST_PIECE_S)):
        if samples is None:
            unreadable += 1
            continue
        first = min(int(max(0.0, begin) * SAMPLE_RATE), most)
        if first > writer.count:
            least_s = LEAST_GAP_S if writer.count else LEAST_FIRST_GAP_S
            if first - writer.count >= least_s * SAMPLE_RATE:
                gaps.append((round(writer.count / SAMPLE_RATE, 1), round(first / SAMPLE_RATE, 1)))
            writer.be_silent(first - writer.count)
        writer.write(samples[writer.count - first : most - first])
    if not writer.count:
        return CallSound(_MIME, b"", 0.0, b"", (), unreadable)
    seconds = writer.count / SAMPLE_RATE
    return CallSound(_MIME, writer.finish(), seconds, bytes(writer.waveform), tuple(gaps), unreadable)


def _decoded(pieces: CallPieces, limits: ClipLimits) -> Iterator[tuple[float, Samples | None]]:
    for begin, data in pieces:
        try:
            yield begin, decode(data, limits).samples
        except ClipError:
            yield begin, None
