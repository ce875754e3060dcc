"""Decodes an uploaded recording within bounds: mono samples at 16 kHz, whatever the browser sent."""

import io
import itertools

import av
import numpy as np
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer

from proctoring.audio.containers import DEFAULT_LIMITS, DEMUXERS, ClipLimits, check_bytes, has_ogg_end
from proctoring.audio.diarizers.base import SAMPLE_RATE, Clip, Samples
from proctoring.audio.exchange import ClipCode, ClipError

_CODECS = frozenset(
    {"opus", "vorbis", "aac", "mp3", "mp3float", "flac", "alac"}
    | {"pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_f64le", "pcm_alaw", "pcm_mulaw"}
)
_MOST_BAD_PACKETS = 50
_MOST_PACKETS = 200_000
_CANCELLED = 1e-4
_MISSING_S = 0.1  # a recording that is this much shorter than it says has lost its end


class _Reader:
    """Collects samples until the limit; knows what was wrong on the way."""

    def __init__(self, limits: ClipLimits, layout: str) -> None:
        self.layout = layout
        self.channels = 1
        self.declared_s = 0.0
        self.most = int(limits.max_seconds * SAMPLE_RATE)
        self.parts: list[Samples] = []
        self.count = 0
        self.is_damaged = False
        self._resampler = self._new_resampler()

    @property
    def is_full(self) -> bool:
        return self.count >= self.most

    def read(self, recording: InputContainer, stream: AudioStream) -> None:
        """All packets up to the limit; damaged ones are left out."""
        bad = 0
        for packet in itertools.islice(recording.demux(stream), _MOST_PACKETS):
            self.is_damaged |= packet.is_corrupt
            try:
                frames = packet.decode()
            except av.FFmpegError:
                bad += 1
                self.is_damaged = True
                if bad > _MOST_BAD_PACKETS:
                    return
                continue
            for frame in frames:
                self._take(self._resample(frame))
                if self.is_full:
                    return
        self._take(self._resampler.resample(None))

    def _new_resampler(self) -> AudioResampler:
        return AudioResampler("fltp", self.layout, SAMPLE_RATE)

    def _resample(self, frame: av.AudioFrame) -> list[av.AudioFrame]:
        try:
            return self._resampler.resample(frame)
        except ValueError:  # rate or channels changed in the middle of the recording
            self._resampler = self._new_resampler()
            return self._resampler.resample(frame)

    def _take(self, frames: list[av.AudioFrame]) -> None:
        for frame in frames:
            samples = frame.to_ndarray()[0]
            self.parts.append(samples)
            self.count += len(samples)

    def samples(self) -> Samples:
        """What was read; NaN and infinity are silence."""
        joined = np.concatenate(self.parts)[: self.most]
        np.nan_to_num(joined, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
        return np.clip(joined, -1.0, 1.0, out=joined).astype(np.float32, copy=False)


def decode(data: bytes, limits: ClipLimits = DEFAULT_LIMITS) -> Clip:
    """The recording as samples, at most ``limits.max_seconds`` of it; ClipError when nothing can be heard.

    A recording whose end is missing is used as far as it goes and marked as truncated.
    """
    container = check_bytes(data, limits)
    found = _read(data, container, limits, "mono")
    samples = found.samples()
    if found.channels > 1 and np.abs(samples).max() < _CANCELLED:
        # Both channels of some microphones are each other's opposite, and their mean is silence.
        samples = _read(data, container, limits, "stereo").samples()
    is_short = found.count / SAMPLE_RATE < found.declared_s - _MISSING_S
    has_no_end = container == "ogg" and not has_ogg_end(data)
    truncated = found.is_full or found.is_damaged or is_short or has_no_end
    return Clip(samples, container, found.channels, truncated, data)


def _read(data: bytes, container: str, limits: ClipLimits, layout: str) -> _Reader:
    """What the recording holds: the mean of all channels, or of stereo the left one."""
    reader = _Reader(limits, layout)
    try:
        with av.open(
            io.BytesIO(data), "r", format=DEMUXERS[container], metadata_errors="ignore"
        ) as recording:
            stream = _audio_stream(list(recording.streams.audio), limits)
            reader.channels = stream.codec_context.layout.nb_channels
            reader.declared_s = (recording.duration or 0) / av.time_base
            reader.read(recording, stream)
    except ClipError:
        raise
    except (av.FFmpegError, ValueError, IndexError, MemoryError) as error:  # PyAV raises all of them
        if not reader.count:
            raise ClipError(ClipCode.UNREADABLE, f"cannot be decoded: {type(error).__name__}") from error
        reader.is_damaged = True
    if not reader.count:
        raise ClipError(ClipCode.NO_SOUND, "the recording holds no sound")
    return reader


def _audio_stream(streams: list[AudioStream], limits: ClipLimits) -> AudioStream:
    """The first stream of sound, when codec, rate and channels are acceptable."""
    if not streams:
        raise ClipError(ClipCode.NO_SOUND, "the recording holds no sound")
    context = streams[0].codec_context
    if context is None or context.name not in _CODECS:
        raise ClipError(ClipCode.UNREADABLE, "recorded with a codec that is not accepted")
    if not limits.min_rate <= context.sample_rate <= limits.max_rate:
        raise ClipError(ClipCode.BAD_SAMPLE_RATE, f"{context.sample_rate} samples a second")
    if not 1 <= context.layout.nb_channels <= limits.max_channels:
        raise ClipError(ClipCode.TOO_MANY_CHANNELS, f"{context.layout.nb_channels} channels")
    return streams[0]
