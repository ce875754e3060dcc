"""Recordings for tests: pure tones, each of which the scripted diarizer takes for somebody's voice."""

import io
import wave
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from proctor_site.kernel import clock
from proctoring.analysis import context, sound_pool
from proctoring.models import Consent, MonitoringSession, Policy
from proctoring.observations import SOUND_KINDS
from tests.capture import give_consent

ANNA, BEN, CLEO = 300, 500, 700
RATE = 16_000
Part = tuple[float, float, int]


@pytest.fixture
def listening(settings: Any) -> Iterator[None]:
    """The scripted diarizer inside this process."""
    sound_pool.close()
    settings.DIARIZER, settings.SOUND_WORKERS = "scripted", 0
    context._known.clear()
    yield
    sound_pool.close()
    context._known.clear()


def recording(*parts: Part, seconds: float = 30.0) -> bytes:
    """A WAV file with tones: `(start, end, hertz)`; without any, nothing but silence."""
    samples = np.zeros(int(seconds * RATE))
    for start, end, tone in parts:
        at = np.arange(int(start * RATE), int(end * RATE))
        samples[at] += 0.3 * np.sin(2 * np.pi * tone * at / RATE)
    out = io.BytesIO()
    with wave.open(out, "wb") as target:
        target.setnchannels(1)
        target.setsampwidth(2)
        target.setframerate(RATE)
        target.writeframes((samples * 32_767).astype("<i2").tobytes())
    return out.getvalue()


def agree_to_sound(session: MonitoringSession, **more: Any) -> Consent:
    """A policy that listens, and a consent to it; `more`: of the consent."""
    Policy.objects.get_or_create(
        institution=session.institution,
        name="Listening",
        defaults={"is_default": True, "sound": True, "speech": "off", "voice_enrolment": "optional"},
    )
    Consent.objects.filter(session=session).delete()
    named = [kind.value for kind in SOUND_KINDS]
    return give_consent(session, **{"microphone": True, "looked_for": named, **more})


class ClipFeed:
    """Sends recordings one after the other, as a browser would."""

    def __init__(self, session: MonitoringSession, *, seconds: float = 30.0) -> None:
        self.session, self.seconds = session, seconds
        self.sequence, self.began = 0, session.started_at

    def send(self, *parts: Part, sequence: int | None = None) -> Any:
        """The next recording, or one with that number and its place in time."""
        from proctoring.ingest.clips import accept_clip

        number = self.sequence if sequence is None else sequence
        self.sequence = max(self.sequence, number + 1)
        begin = self.began + timedelta(seconds=number * self.seconds)
        arrives = self.began + timedelta(seconds=self.sequence * self.seconds)
        with clock.at(arrives):
            data = recording(*parts, seconds=self.seconds)
            return accept_clip(self.session, data, sequence=number, captured_at=begin.timestamp())
