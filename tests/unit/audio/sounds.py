"""Sounds made by the tests themselves: tones, a buzz like a voice, silence; and clips encoded from them."""

import io
from collections.abc import Sequence

import av
import numpy as np
from numpy.typing import NDArray

RATE = 16_000
Samples = NDArray[np.float32]
CODECS = {
    "webm": ("webm", "libopus"),
    "ogg": ("ogg", "libopus"),
    "mp4": ("mp4", "aac"),
    "mp3": ("mp3", "libmp3lame"),
    "wav": ("wav", "pcm_s16le"),
    "flac": ("flac", "flac"),
}


def silence(seconds: float) -> Samples:
    return np.zeros(int(seconds * RATE), np.float32)


def tone(hz: float, seconds: float, amplitude: float = 0.3) -> Samples:
    time = np.arange(int(seconds * RATE)) / RATE
    return (amplitude * np.sin(2 * np.pi * hz * time)).astype(np.float32)


def noise(seconds: float, amplitude: float = 0.01, seed: int = 1) -> Samples:
    drawn = np.random.default_rng(seed).standard_normal(int(seconds * RATE))
    return (amplitude * drawn).astype(np.float32)


def joined(*parts: Samples) -> Samples:
    return np.concatenate(parts)


def encode(samples: Samples, container: str = "webm", *, rate: int = 48_000, channels: int = 1) -> bytes:
    """The samples as a recording; formats with losses keep length and loudness nearly."""
    format_name, codec = CODECS[container]
    out = io.BytesIO()
    layout = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}[channels]
    with av.open(out, "w", format=format_name) as target:
        stream = target.add_stream(codec, rate=rate, layout=layout)
        resampler = av.AudioResampler(stream.format, layout, rate, frame_size=stream.frame_size or 0)
        for start in range(0, len(samples), RATE):
            frame = av.AudioFrame.from_ndarray(samples[None, start : start + RATE], "fltp", "mono")
            frame.sample_rate, frame.pts = RATE, start
            for each in resampler.resample(frame):
                target.mux(stream.encode(each))
        for each in resampler.resample(None):
            target.mux(stream.encode(each))
        target.mux(stream.encode(None))
    return out.getvalue()


def voices(turns: Sequence[tuple[float, float]]) -> Samples:
    """Turns (tone in Hz, seconds; 0 Hz is a pause) one after the other."""
    return joined(*[tone(hz, seconds) if hz else silence(seconds) for hz, seconds in turns])
