"""Films for tests: painted people, by second; with a tone where it is asked for."""

import io
from typing import Any

import av
import cv2
import numpy as np

from tests.capture import frame


def film(
    *seconds: tuple[Any, ...], fps: int = 5, size: tuple[int, int] = (640, 480), with_tone: bool = False
) -> bytes:
    """A WebM film: each argument is one second with these people in the picture."""
    out = io.BytesIO()
    with av.open(out, "w", format="webm") as container:
        video = container.add_stream("libvpx", rate=fps)
        video.width, video.height, video.pix_fmt = *size, "yuv420p"
        video.bit_rate, video.options = 2_000_000, {"deadline": "realtime", "cpu-used": "8"}
        sound = container.add_stream("libopus", rate=48_000) if with_tone else None
        for number, people in enumerate(seconds):
            picture = frame(*people, size=size, seed=number)
            pixels = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
            for _ in range(fps):
                container.mux(video.encode(av.VideoFrame.from_ndarray(pixels, format="bgr24")))
        container.mux(video.encode())
        if sound is not None:
            _add_tone(container, sound, len(seconds))
    return out.getvalue()


def _add_tone(container: Any, sound: Any, seconds: int) -> None:
    wave = (8_000 * np.sin(np.arange(48_000 * seconds) * 0.05)).astype(np.int16)
    whole = av.AudioFrame.from_ndarray(wave.reshape(1, -1), format="s16", layout="mono")
    whole.sample_rate, whole.pts = 48_000, 0
    container.mux(sound.encode(whole))
    container.mux(sound.encode())
